"""Why a date is what it is: every day from the start to the date, counted or not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from portal.workdays.calendar import PROVISIONAL_NOTE, WEEKDAYS, OutsideCalendar, WorkCalendar
from portal.workdays.deadlines import Pause, Settled, Unit, due, latest_start

ROLLED = "期间最后一日是休息日，顺延至其后第一个工作日（《中华人民共和国民事诉讼法》第八十五条）"

NOT_ROLLED = "法律写明的截止日期，是休息日也不顺延"

BY_DATE = "按自然日计算"
PLAIN = ("工作日", BY_DATE)


class DayState(StrEnum):
    START = "start"
    COUNTED = "counted"
    SKIPPED = "skipped"
    PAUSED = "paused"
    ROLLED = "rolled"


STATE_WORDS = {
    DayState.START: "起算",
    DayState.COUNTED: "计入",
    DayState.SKIPPED: "不计",
    DayState.PAUSED: "中止",
    DayState.ROLLED: "顺延",
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day: whether it counts, as which number, and why."""

    day: date
    counts: bool
    number: int | None
    why: str
    state: DayState
    is_due: bool = False
    is_again: bool = False  # the same reason as the day before: said once where room is short

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]

    @property
    def is_plain(self) -> bool:
        """An ordinary working day, which needs no reason where room is short."""
        return self.counts and not self.is_due and self.why.startswith(PLAIN)

    @property
    def word(self) -> str:
        return STATE_WORDS[self.state]


@dataclass(slots=True)
class Explanation:
    """All that the page "为什么是这一天" shows; the clock's fields are empty for a bare calculation."""

    start: date
    due_on: date
    unit: Unit
    limit: int
    extended: int = 0
    paused: int = 0
    provisional: bool = False
    stopped_on: date | None = None
    left: int | None = None
    closed_on: date | None = None
    backwards: bool = False
    basis: str = ""
    title: str = ""
    lines: list[DayLine] = field(default_factory=list)
    segments: list[object] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.limit + self.extended

    @property
    def unit_word(self) -> str:
        return "个工作日" if self.unit == Unit.WORKING else "个自然日"

    @property
    def is_late(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def months(self) -> list[tuple[date, list[DayLine]]]:
        """The lines by month, each month named by its first day."""
        by_month = groupby(self.lines, key=lambda line: line.day.replace(day=1))
        return [(month, _marked(list(lines))) for month, lines in by_month]

    @property
    def due_weekday(self) -> str:
        return WEEKDAYS[self.due_on.weekday()]

    @property
    def skipped(self) -> int:
        return sum(line.state == DayState.SKIPPED for line in self.lines)

    @property
    def provisional_note(self) -> str:
        if not self.provisional:
            return ""
        return (
            f"{max(self.start, self.due_on).year}年放假安排尚未公布，{PROVISIONAL_NOTE}；公布后将自动重算。"
        )


def explain_count(
    start: date, days: int, unit: Unit, calendar: WorkCalendar, *, backwards: bool = False
) -> Explanation:
    """A bare calculation, forwards from ``start`` or backwards to the latest start before it.

    Raises ``OutsideCalendar``, naming the field, where the calendar has no rows.
    """
    try:
        calendar.day(start)
    except OutsideCalendar as refusal:
        raise OutsideCalendar(refusal.message, field="start") from None
    try:
        end = (latest_start if backwards else due)(start, days, unit, calendar)
    except OutsideCalendar as refusal:
        raise OutsideCalendar(refusal.message, field="days") from None
    told = Explanation(start, end, unit, days, backwards=backwards)
    told.lines = list(
        _backward_lines(told, calendar) if backwards else _forward_lines(told, end, (), calendar)
    )
    told.provisional = calendar.is_provisional(max(start, end))
    return told


def explain_settled(settled: Settled, calendar: WorkCalendar) -> Explanation:
    """A clock's date, its pauses and extensions with it.

    While the clock stands still the lines end with the day it stopped.
    """
    stopped_on = settled.stopped_on if settled.pauses and settled.pauses[-1].counts else None
    told = Explanation(
        start=settled.started_on,
        due_on=settled.due_on,
        unit=settled.unit,
        limit=settled.limit,
        extended=settled.extended,
        paused=settled.paused,
        provisional=calendar.is_provisional(settled.due_on),
        stopped_on=stopped_on,
        closed_on=settled.closed_on,
    )
    told.lines = list(_forward_lines(told, stopped_on or settled.due_on, settled.pauses, calendar))
    return told


def _forward_lines(
    told: Explanation, until: date, pauses: tuple[Pause, ...] | list[Pause], calendar: WorkCalendar
) -> Iterator[DayLine]:
    number = 0
    is_due = until == told.due_on and told.stopped_on is None
    yield DayLine(
        told.start, False, None, "起算当日不计", DayState.START, is_due=is_due and told.start == until
    )
    for entry in calendar.days(told.start, until)[1:]:
        day = entry.day
        last = is_due and day == until
        pause = next((pause for pause in pauses if pause.covers(day)), None)
        if number == told.total:
            why = ROLLED if last else calendar.why(day)
            yield DayLine(day, False, None, why, DayState.ROLLED if last else DayState.SKIPPED, last)
        elif pause is not None:
            yield DayLine(day, False, None, _why_paused(pause), DayState.PAUSED, last)
        elif told.unit != Unit.WORKING or entry.works:
            number += 1
            why = calendar.why(day) if told.unit == Unit.WORKING else BY_DATE
            if told.unit == Unit.FIXED and last and not entry.works:
                why = NOT_ROLLED
            if number > told.limit:
                why += "，在延长的期限内"
            yield DayLine(day, True, number, why, DayState.COUNTED, last)
        else:
            yield DayLine(day, False, None, calendar.why(day), DayState.SKIPPED, last)


def _backward_lines(told: Explanation, calendar: WorkCalendar) -> Iterator[DayLine]:
    number = told.limit + 1
    for entry in calendar.days(told.due_on, told.start - timedelta(days=1)):
        counts = told.unit != Unit.WORKING or entry.works
        number -= counts
        why = calendar.why(entry.day) if told.unit == Unit.WORKING else BY_DATE
        state = DayState.COUNTED if counts else DayState.SKIPPED
        yield DayLine(
            entry.day, counts, number if counts else None, why, state, is_due=entry.day == told.due_on
        )
    yield DayLine(
        told.start, False, None, "倒推的起点，当日不计", DayState.START, is_due=told.start == told.due_on
    )


def _marked(lines: list[DayLine]) -> list[DayLine]:
    """The lines of one month, each knowing whether it repeats the reason above it."""
    pairs = zip(lines, [None, *lines], strict=False)
    return [
        replace(line, is_again=before is not None and line.why == before.why and not line.is_due)
        for line, before in pairs
    ]


def _why_paused(pause: Pause) -> str:
    basis = f"（{pause.basis}）" if pause.basis else ""
    return f"{pause.ground or '期限中止'}期间不计{basis}"
