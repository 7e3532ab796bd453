"""From the recorded steps of a clock and the calendar to its date. Pure.

The day a limit starts from is day 0 (民事诉讼法 第八十五条). A pause from ``a`` to
``b`` moves the date by the working days in ``(a, b]`` (行政许可法 第四十五条；政府信息
公开条例 第三十三条). A last day that is no working day gives way to the first one
after it (民事诉讼法 第八十五条), which only limits in calendar days and limits of
nothing can meet. A date the law names itself (每年1月31日前) is no period: it stays
where it is, working day or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from portal.workdays.calendar import OutsideCalendar, WorkCalendar


class Unit(StrEnum):
    WORKING = "working"
    CALENDAR = "calendar"
    FIXED = "fixed"  # calendar days up to a date that the law names, which gives way to no other


class Move(StrEnum):
    """What can happen to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    RESTART = "restart"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded move; ``days`` is the limit of a start and the addition of an extension."""

    move: Move
    on: date
    days: int = 0
    ground: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Days ``(began_on, ended_on]`` do not count; an open pause has no end.

    A pause that began when the date had already passed shifts nothing: what is
    overdue stays overdue.
    """

    began_on: date
    ended_on: date | None
    ground: str = ""
    basis: str = ""
    counts: bool = True
    days: int = 0

    def covers(self, day: date) -> bool:
        return self.counts and self.began_on < day and (self.ended_on is None or day <= self.ended_on)


@dataclass(slots=True)
class Settled:
    """Where a clock stands; every field follows from its steps and the calendar.

    ``remaining`` days are counted from ``anchor``: the start, or the end of the last pause.
    """

    unit: Unit
    started_on: date
    limit: int
    due_on: date
    warn_on: date
    warn_days: int | None = None
    extended: int = 0
    paused: int = 0
    pauses: list[Pause] = field(default_factory=list)
    stopped_on: date | None = None
    closed_on: date | None = None
    anchor: date = date.min
    remaining: int = 0

    @property
    def total(self) -> int:
        """Days promised, extensions included, pauses not."""
        return self.limit + self.extended


def due(start: date, days: int, unit: Unit, calendar: WorkCalendar) -> date:
    """The last day of ``days`` counted from the day after ``start``.

    Raises ``OutsideCalendar`` where the calendar has no rows.
    """
    last = calendar.add(start, days) if unit == Unit.WORKING else start + timedelta(days=days)
    if unit == Unit.FIXED:
        calendar.day(last)
        return last
    return calendar.roll(last)


def latest_start(end: date, days: int, unit: Unit, calendar: WorkCalendar) -> date:
    """The last day on which something may begin so that ``days`` pass before ``end``.

    Counted backwards a day off does not move: a step due "30 days before" is due then
    or earlier, never later.
    """
    first = calendar.subtract(end, days) if unit == Unit.WORKING else end - timedelta(days=days)
    calendar.day(first)
    return first


def warn_on(settled: Settled, calendar: WorkCalendar) -> date:
    """The first day of the yellow light: nine tenths used, or one working day left."""
    try:
        if settled.warn_days is not None:
            warned = _back(settled, settled.warn_days, calendar)
        else:
            tenth = _back(settled, settled.total // 10, calendar)
            warned = min(tenth, calendar.subtract(settled.due_on, 1))
    except OutsideCalendar:
        return settled.started_on
    return max(settled.started_on, warned)


def _back(settled: Settled, days: int, calendar: WorkCalendar) -> date:
    if settled.unit == Unit.WORKING:
        return calendar.subtract(settled.due_on, days)
    return settled.due_on - timedelta(days=days)


def settle(
    steps: Sequence[Step], calendar: WorkCalendar, *, unit: Unit, warn_days: int | None = None
) -> Settled:
    """Where the clock stands after ``steps``, which begin with a start, oldest first.

    An open pause is not yet counted: the date moves when the pause ends.
    """
    first = steps[0]
    if first.move != Move.START:
        raise ValueError("A clock begins with a start.")
    settled = Settled(unit, first.on, first.days, first.on, first.on, warn_days)
    _count_from(settled, first.on, first.days, calendar)
    for step in steps[1:]:
        _apply(settled, step, calendar)
    settled.warn_on = warn_on(settled, calendar)
    return settled


def _apply(settled: Settled, step: Step, calendar: WorkCalendar) -> None:
    match step.move:
        case Move.PAUSE:
            _begin_pause(settled, step, calendar)
        case Move.RESUME:
            _end_pause(settled, step.on, calendar)
        case Move.EXTEND:
            settled.extended += step.days
            _count_from(settled, settled.anchor, settled.remaining + step.days, calendar)
        case Move.RESTART:
            settled.started_on, settled.stopped_on = step.on, None
            settled.extended = settled.paused = 0
            settled.pauses = []
            _count_from(settled, step.on, settled.limit, calendar)
        case Move.CLOSE:
            settled.closed_on = step.on
        case Move.START:
            raise ValueError("A clock starts once.")


def _begin_pause(settled: Settled, step: Step, calendar: WorkCalendar) -> None:
    in_time = step.on <= settled.due_on
    if in_time:
        used = days_between(settled.anchor, step.on, settled.unit, calendar)
        settled.anchor, settled.remaining = step.on, max(0, settled.remaining - used)
    settled.stopped_on = step.on
    settled.pauses.append(Pause(step.on, None, step.ground, step.basis, in_time))


def _end_pause(settled: Settled, on: date, calendar: WorkCalendar) -> None:
    pause = settled.pauses[-1]
    settled.stopped_on = None
    days = days_between(pause.began_on, on, settled.unit, calendar) if pause.counts else 0
    settled.pauses[-1] = Pause(pause.began_on, on, pause.ground, pause.basis, pause.counts, days)
    settled.paused += days
    if pause.counts:
        _count_from(settled, on, settled.remaining, calendar)


def _count_from(settled: Settled, anchor: date, remaining: int, calendar: WorkCalendar) -> None:
    settled.anchor, settled.remaining = anchor, remaining
    settled.due_on = due(anchor, remaining, settled.unit, calendar)


def days_between(a: date, b: date, unit: Unit, calendar: WorkCalendar) -> int:
    """Days in ``(a, b]``, counted in the unit of the limit; negative when ``b`` is before ``a``."""
    return calendar.between(a, b) if unit == Unit.WORKING else (b - a).days


def days_left(settled: Settled, on: date, calendar: WorkCalendar) -> int:
    """Days of the limit's unit after ``on`` up to the due date; negative when past. Frozen while paused."""
    return days_between(settled.stopped_on or on, settled.due_on, settled.unit, calendar)
