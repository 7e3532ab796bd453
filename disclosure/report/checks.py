"""The identities of the annual report's tables, A1 to D1. Pure.

A to C are the form's own and the practice of those who check it; D1 compares with what the portal
itself counts. A published report may break any of them: findings flag, they never reject.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from disclosure.report import cells
from disclosure.report.cells import Figures, Value, count


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``cells`` are the addresses it concerns, the first being the one to look at."""

    id: str
    severity: Severity
    where: str
    expected: Value
    found: Value
    cells: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "where": self.where,
            "expected": plain(self.expected),
            "found": plain(self.found),
        }


def plain(value: Value) -> Any:
    """As JSON writes it: a whole amount as an integer, any other as the shortest number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def check(
    figures: Figures,
    year: int,
    *,
    parts: Mapping[int, str] | None = None,
    previous: Figures | None = None,
    counted: Figures | None = None,
) -> list[Finding]:
    """Every identity that can be asked of what is given; none that needs what is missing.

    ``parts``: the text of parts one and six by number; ``previous``: last year's figures;
    ``counted``: what the portal's own rows give for table 3.
    """
    found = [*_rows(figures, year), *_columns(figures, year), *_outcomes(figures), *_numbers(figures, year)]
    if previous is not None:
        found += [*_carried(figures, previous), *_in_force(figures, previous, year)]
    if parts is not None:
        found += [*_quoted(figures, year, parts.get(1, "")), *_fees_told(figures, parts.get(6))]
    if counted is not None:
        found += _counted(figures, counted, year)
    return found


def errors(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity == Severity.ERROR]


def warnings(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity == Severity.WARNING]


def request_sums(figures: Figures, year: int, column: str) -> tuple[int | Decimal, int | Decimal]:
    """The replies of a column added up, and 一 + 二; what 总计 and 三 + 四 must be."""
    replies = sum(_requests(figures, row.key, column) for row in cells.reply_rows(year))
    taken = _requests(figures, "new", column) + _requests(figures, "carried_in", column)
    return replies, taken


def _requests(figures: Figures, row: str, column: str) -> int | Decimal:
    """A cell of table 3. A row's missing 总计 is what its columns give: A1 alone reports it."""
    value = figures.get(f"t3.{row}.{column}")
    if value is None and column == cells.TOTAL.key:
        return _across(figures, row)
    return count(value)


def _across(figures: Figures, row: str) -> int | Decimal:
    return sum(count(figures.get(f"t3.{row}.{party.key}")) for party in cells.PARTIES)


def _rows(figures: Figures, year: int) -> Iterator[Finding]:
    """A1: the six applicant columns of a row add up to its 总计."""
    for row in cells.request_rows(year):
        address = f"t3.{row.key}.{cells.TOTAL.key}"
        total = figures.get(address)
        expected = _across(figures, row.key)
        if count(total) != expected:
            where = f"表三“{cells.spoken(row)}”行"
            yield Finding("A1", Severity.ERROR, where, expected, total, (address,))


def _columns(figures: Figures, year: int) -> Iterator[Finding]:
    """A2 and A3: printed in the form, 第一项加第二项之和，等于第三项加第四项之和."""
    for column in cells.T3_COLUMNS:
        replies, taken = request_sums(figures, year, column.key)
        total, carried_out = (_requests(figures, row, column.key) for row in ("total", "carried_out"))
        where = f"表三“{column.label}”列"
        if total != replies:
            address = f"t3.total.{column.key}"
            yield Finding("A2", Severity.ERROR, f"{where}办理结果总计", replies, total, (address,))
        if taken != total + carried_out:
            addresses = tuple(
                f"t3.{row}.{column.key}" for row in ("carried_out", "new", "carried_in", "total")
            )
            where += "第三项加第四项之和"
            yield Finding("A3", Severity.ERROR, where, taken, total + carried_out, addresses)


def _outcomes(figures: Figures) -> Iterator[Finding]:
    """A4: the outcomes of each group of table 4 add up to its 总计."""
    for group in cells.T4_GROUPS:
        address = f"t4.{group.key}.{cells.TOTAL.key}"
        expected = sum(count(figures.get(f"t4.{group.key}.{outcome.key}")) for outcome in cells.OUTCOMES)
        if count(figures.get(address)) != expected:
            where = f"表四“{group.group}{group.label}”总计"
            yield Finding("A4", Severity.ERROR, where, expected, figures.get(address), (address,))


def _numbers(figures: Figures, year: int) -> Iterator[Finding]:
    """C3: whole numbers from nought up, amounts in 万元 excepted."""
    for address, name in cells.names(year).items():
        value = figures.get(address)
        if value is None:
            continue
        if isinstance(value, str):
            expected = "数字"
        elif value < 0 and address not in cells.signed(year):
            expected = "不小于0"
        elif address not in cells.money(year) and value != int(value):
            expected = "整数"
        else:
            continue
        yield Finding("C3", Severity.ERROR, name, expected, value, (address,))


def _carried(figures: Figures, previous: Figures) -> Iterator[Finding]:
    """B1: what last year carried out is what this year carries in, column by column."""
    for column in cells.T3_COLUMNS:
        expected = _requests(previous, "carried_out", column.key)
        found = _requests(figures, "carried_in", column.key)
        if expected != found:
            where = f"表三“{column.label}”列上年结转"
            yield Finding("B1", Severity.ERROR, where, expected, found, (f"t3.carried_in.{column.key}",))


def _in_force(figures: Figures, previous: Figures, year: int) -> Iterator[Finding]:
    """B2: 现行有效 = last year's + 制发 − 废止. The scope of a report may change: a warning."""
    if year <= cells.FORM_OF_2021:  # the form before it had no such column
        return
    for row in ("rules", "normative"):
        made, repealed = (count(figures.get(f"t2.{row}.{column}")) for column in ("made", "repealed"))
        expected = count(previous.get(f"t2.{row}.in_force")) + made - repealed
        address = f"t2.{row}.in_force"
        if count(figures.get(address)) != expected:
            name = cells.names(year)[address]
            yield Finding("B2", Severity.WARNING, name, expected, figures.get(address), (address,))


# How part one quotes a figure: the words before it, and the cells it is the sum of.
_GAP = r"[^。；;，,、0-9]{0,16}?"
_QUOTED: tuple[tuple[str, tuple[str, ...] | Callable[[int], tuple[str, ...]]], ...] = (
    (rf"(?:新收|收到|受理){_GAP}申请{_GAP}(\d+)件", ("t3.new.total",)),
    (rf"上年(?:度)?结转{_GAP}(\d+)件", ("t3.carried_in.total",)),
    (rf"结转(?:至|到)?(?:下|次)(?:一)?年(?:度)?{_GAP}(\d+)件", ("t3.carried_out.total",)),
    (rf"(?:办结|答复){_GAP}(\d+)件", ("t3.total.total",)),
    (r"(?<!不)予以公开(\d+)件", ("t3.granted.total",)),
    (r"部分公开(\d+)件", ("t3.partial.total",)),
    (r"不予公开(\d+)件", lambda year: _group("deny", year)),
    (r"无法提供(\d+)件", lambda year: _group("unable", year)),
    (r"不予处理(\d+)件", lambda year: _group("np", year)),
    (r"其他处理(\d+)件", lambda year: _group("oth", year)),
    (rf"行政复议{_GAP}(\d+)件", ("t4.review.total",)),
    (rf"行政诉讼{_GAP}(\d+)件", ("t4.direct.total", "t4.after_review.total")),
)


def _group(stem: str, year: int) -> tuple[str, ...]:
    return tuple(f"t3.{row.key}.total" for row in cells.reply_rows(year) if row.key.startswith(stem))


def _quoted(figures: Figures, year: int, text: str) -> Iterator[Finding]:
    """C1: a number quoted in part one is the number of the table."""
    text = re.sub(r"(?<=\d)[,，](?=\d{3}(?!\d))|\s", "", text)
    for pattern, which in _QUOTED:
        addresses = which if isinstance(which, tuple) else which(year)
        expected = sum(count(figures.get(address)) for address in addresses)
        for match in re.finditer(pattern, text):
            if int(match[1]) != expected:
                where = f"第一部分“{match[0]}”"
                yield Finding("C1", Severity.WARNING, where, expected, int(match[1]), addresses)


def _fees_told(figures: Figures, part_six: str | None) -> Iterator[Finding]:
    """C2: who closed requests for unpaid fees, or charged any, tells of 信息处理费 in part six.

    国办函〔2020〕109号. 信息处理费 is itself among the 行政事业性收费 of table 2, so an amount there asks the same.
    """
    asking = ("t3.oth2.total", "fees.yuan", "t2.charges.amount")
    if any(count(figures.get(address)) for address in asking) and "信息处理费" not in (part_six or ""):
        yield Finding("C2", Severity.WARNING, "第六部分", "说明信息处理费的收取情况", "没有提到信息处理费")


def _counted(figures: Figures, counted: Figures, year: int) -> Iterator[Finding]:
    """D1: the portal's own requests, counted again, reproduce table 3."""
    for address, name in cells.names(year).items():
        if address in counted and count(figures.get(address)) != count(counted[address]):
            yield Finding("D1", Severity.ERROR, name, counted[address], figures.get(address), (address,))
