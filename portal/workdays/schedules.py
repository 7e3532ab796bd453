"""Holiday schedules as values: which days are off, which weekends work, on what paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import yaml

from portal.refusals import RuleBroken
from portal.workdays.calendar import Day, DayKind, WorkCalendar

PROVISIONAL_TITLE = "{year}年暂行日历（《全国年节及纪念日放假办法》法定节日与周末）"
STATUTE = {
    "New Year's Day": "元旦",
    "Chinese New Year's Eve": "春节",
    "Chinese New Year (Spring Festival)": "春节",
    "Tomb-Sweeping Day": "清明节",
    "Labor Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-Autumn Festival": "中秋节",
    "National Day": "国庆节",
}
SHIPPED = Path(__file__).with_name("schedules.yaml")


@dataclass(frozen=True, slots=True)
class Festival:
    """One numbered paragraph of a notice: days off, and the weekend days worked for them."""

    name: str
    rest: tuple[date, date]
    work: tuple[date, ...] = ()

    def days_off(self) -> Iterator[date]:
        first, last = self.rest
        for offset in range((last - first).days + 1):
            yield first + timedelta(days=offset)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one notice, or the statute alone while there is none, says of one year."""

    year: int
    title: str
    festivals: tuple[Festival, ...]
    doc_no: str = ""
    issued_on: date | None = None
    url: str = ""
    provisional: bool = False
    text: str = field(default="", repr=False)

    def said(self) -> dict[date, tuple[DayKind, str]]:
        """The days the paper itself names, some perhaps in the years beside its own."""
        named: dict[date, tuple[DayKind, str]] = {}
        for festival in self.festivals:
            named.update((day, (DayKind.HOLIDAY, festival.name)) for day in festival.days_off())
            named.update((day, (DayKind.MAKE_UP, festival.name)) for day in festival.work)
        return named


def plain_kind(day: date) -> DayKind:
    """What a day is when no paper speaks of it."""
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY


def days_of_year(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def statutory(year: int) -> Schedule:
    """A provisional year: the days of the statute (《全国年节及纪念日放假办法》) and no make-up days."""
    days = holidays.country_holidays("CN", years=[year], observed=False)
    by_name: dict[str, list[date]] = {}
    for day, names in sorted(days.items()):
        for name in names.split("; "):
            if name in STATUTE:
                by_name.setdefault(STATUTE[name], []).append(day)
    return Schedule(
        year=year,
        title=PROVISIONAL_TITLE.format(year=year),
        festivals=tuple(Festival(name, (off[0], off[-1])) for name, off in by_name.items()),
        provisional=True,
    )


def revise(days: Mapping[date, Day], schedule: Schedule, *, whole_year: bool) -> dict[date, Day]:
    """The days this schedule puts in the place of those in force (``days``).

    A whole year settles each of its days, save those the paper of a neighbouring
    year has claimed (2022-12-31 was off by the paper for 2023). An amendment
    settles only the days it names. Days of a year that has no calendar are left.
    """
    named = schedule.said()
    own = list(days_of_year(schedule.year)) if whole_year else []
    settled: dict[date, Day] = {}
    for day in sorted({*own, *(day for day in named if day in days)}):
        if day in named:
            kind, name = named[day]
        elif _claimed_by_neighbour(days.get(day), schedule.year):
            continue
        else:
            kind, name = plain_kind(day), ""
        settled[day] = Day(day, kind, name, schedule.doc_no, schedule.year, schedule.provisional)
    return settled


def calendar_with(days: Mapping[date, Day], settled: Mapping[date, Day]) -> WorkCalendar:
    """The calendar as it would be with ``settled`` in force; raises ``RuleBroken`` if a year is skipped."""
    merged = {**days, **settled}
    first, last = min(merged), max(merged)
    if len(merged) != (last - first).days + 1:
        raise RuleBroken("与现有日历之间缺少整年的安排，请先发布中间年份的通知。", field="text")
    return WorkCalendar(merged[day] for day in sorted(merged))


def _claimed_by_neighbour(day: Day | None, year: int) -> bool:
    if day is None or day.provisional or day.source_year == year:
        return False
    return day.kind in {DayKind.HOLIDAY, DayKind.MAKE_UP}


def shipped() -> list[Schedule]:
    """The schedules that come with the portal, oldest first."""
    return [_schedule(entry) for entry in yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))]


def _schedule(entry: dict[str, Any]) -> Schedule:
    festivals = tuple(
        Festival(name=row["name"], rest=(row["rest"][0], row["rest"][1]), work=tuple(row.get("work", ())))
        for row in entry["festivals"]
    )
    return Schedule(**{**entry, "festivals": festivals})
