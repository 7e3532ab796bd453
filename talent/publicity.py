"""How long credit information stands. Pure: values in, dates out; the months are dated data.

建筑市场信用管理暂行办法（建市〔2017〕241号）: good three years; bad six months to three years and not shorter
than the penalty. 行政处罚信息公示: counted from the decision, the longest of several penalties. 征信业管理条例
第十六条: bad information no longer than five years.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("credit_items.yaml")


@dataclass(frozen=True)
class Table:
    """Months, as they apply to decisions from ``since`` on."""

    since: date
    basis: str
    penalties: dict[str, int]
    bad_least: int
    bad_most: int
    safety_least: int
    ceiling: int
    good: int
    repair_after: int
    safety_repair_after: int
    blacklist: int


@cache
def source() -> Any:
    return yaml.safe_load(SOURCE.read_text(encoding="utf-8"))


def table(on: date) -> Table:
    """The table in force on the day; the earliest one for days before it."""
    tables = sorted((Table(**row) for row in source()["publicity"]), key=lambda one: one.since)
    return next((one for one in reversed(tables) if one.since <= on), tables[0])


def last_day(start: date, months: int) -> date:
    """The last day of so many months that begin on ``start``, which counts.

    The day before the one of the same number; where that month has none, its own last day.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, start.day) - timedelta(days=1)


def good_until(decided_on: date, months: int) -> date:
    return last_day(decided_on, min(months, table(decided_on).good))


def bad_until(
    decided_on: date, *, months: int, penalties: Iterable[str] = (), is_safety: bool = False,
    penalty_until: date | None = None,
) -> date:  # fmt: skip
    """The last day a bad record is shown and used: item and penalties, the longest of them."""
    rule = table(decided_on)
    least = rule.safety_least if is_safety else rule.bad_least
    longest = max([least, months, *(rule.penalties.get(kind, least) for kind in penalties)])
    until = last_day(decided_on, min(longest, rule.bad_most))
    if penalty_until is not None:
        until = max(until, penalty_until)
    return min(until, last_day(decided_on, rule.ceiling))


def repairable_from(decided_on: date, *, is_safety: bool) -> date:
    """The first day on which an early end may be asked for."""
    rule = table(decided_on)
    months = rule.safety_repair_after if is_safety else rule.repair_after
    return last_day(decided_on, months) + timedelta(days=1)


def blacklisted_until(decided_on: date) -> date:
    return last_day(decided_on, table(decided_on).blacklist)


def base_points() -> int:
    return int(source()["grades"]["base"])


def grade(points: int) -> str:
    """AAA, AA, A, B or C, by the template of the city."""
    levels: dict[str, int] = source()["grades"]["levels"]
    return max((least, name) for name, least in levels.items() if points >= least)[1]
