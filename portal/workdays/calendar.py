"""Working-day arithmetic over a calendar held in memory.

Pure: no query, no clock, no settings. The law counts administrative limits in
working days without holidays (行政许可法 第八十二条), and a make-up Saturday or
Sunday is a working day. The day something is received is day 0; counting begins
on the day after (民事诉讼法 第八十五条).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.days import spoken
from portal.refusals import RuleBroken

WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
PROVISIONAL_NOTE = "暂按周末推算"


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


WORKING = frozenset({DayKind.WORKDAY, DayKind.MAKE_UP})


class OutsideCalendar(RuleBroken):
    """A date, or the end of a count, lies where no calendar row exists."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: what it is, which festival made it so, and on what paper."""

    day: date
    kind: DayKind
    name: str = ""
    source: str = ""
    source_year: int = 0
    provisional: bool = False

    @property
    def works(self) -> bool:
        return self.kind in WORKING


class WorkCalendar:
    """An unbroken run of days, with every count answered by two look-ups.

    Raises ``OutsideCalendar`` (a ``RuleBroken``) whenever an answer would need a
    day outside ``first``…``last``; it never guesses.
    """

    def __init__(self, days: Iterable[Day]) -> None:
        self._days = tuple(days)
        if not self._days:
            raise ValueError("A calendar needs at least one day.")
        self.first = self._days[0].day
        self.last = self._days[-1].day
        self._origin = self.first.toordinal()
        self._workdays: list[date] = []
        self._upto: list[int] = []
        for position, entry in enumerate(self._days):
            if entry.day.toordinal() != self._origin + position:
                raise ValueError(f"The calendar breaks before {entry.day}.")
            if entry.works:
                self._workdays.append(entry.day)
            self._upto.append(len(self._workdays))

    def add(self, start: date, n: int) -> date:
        """The ``n``-th working day after ``start``, which is day 0; ``n=0`` is ``start`` itself."""
        position = start.toordinal() - self._origin
        if n > 0 and position >= 0:
            try:
                return self._workdays[self._upto[position] + n - 1]
            except IndexError:
                self._position(start)
                raise self._outside(f"从{spoken(start)}起算{n}个工作日") from None
        if n < 0:
            raise ValueError("Use subtract() to count backwards.")
        self._position(start)
        return start

    def subtract(self, end: date, n: int) -> date:
        """The ``n``-th working day before ``end``; ``n=0`` is ``end`` itself."""
        if n < 0:
            raise ValueError("Use add() to count forwards.")
        position = self._position(end)
        if n == 0:
            return end
        index = self._upto[position] - self._days[position].works - n
        if index < 0:
            raise self._outside(f"从{spoken(end)}倒推{n}个工作日")
        return self._workdays[index]

    def between(self, a: date, b: date) -> int:
        """Working days in ``(a, b]``; negative when ``b`` is before ``a``."""
        return self._upto[self._position(b)] - self._upto[self._position(a)]

    def ordinal(self, day: date) -> int:
        """Working days from the calendar's first day to ``day``, both included."""
        return self._upto[self._position(day)]

    def roll(self, day: date) -> date:
        """``day`` if it is a working day, else the first one after it."""
        return day if self.is_workday(day) else self.add(day, 1)

    def is_workday(self, day: date) -> bool:
        return self._days[self._position(day)].works

    def is_provisional(self, day: date) -> bool:
        """Whether no official notice has settled this day yet."""
        return self._days[self._position(day)].provisional

    def day(self, day: date) -> Day:
        return self._days[self._position(day)]

    def all_days(self) -> tuple[Day, ...]:
        return self._days

    def days(self, a: date, b: date) -> tuple[Day, ...]:
        """Every day from ``a`` to ``b``, both included, oldest first."""
        return self._days[self._position(a) : self._position(b) + 1]

    def why(self, day: date) -> str:
        """Why this day is or is not a working day, in Chinese, with the paper that says so."""
        entry = self.day(day)
        weekday = WEEKDAYS[day.weekday()]
        paper = f"（{entry.source}）" if entry.source and not entry.provisional else ""
        reason = {
            DayKind.WORKDAY: "工作日",
            DayKind.WEEKEND: f"{weekday}，休息日",
            DayKind.HOLIDAY: f"{entry.name}放假{paper}",
            DayKind.MAKE_UP: f"{weekday}，{entry.name}调休上班{paper}",
        }[entry.kind]
        return f"{reason}（{PROVISIONAL_NOTE}）" if entry.provisional else reason

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def _position(self, day: date) -> int:
        position = day.toordinal() - self._origin
        if 0 <= position < len(self._days):
            return position
        raise self._outside(spoken(day))

    def _outside(self, what: str) -> OutsideCalendar:
        return OutsideCalendar(
            f"{what}超出工作日历的范围：现有{spoken(self.first)}至{spoken(self.last)}的安排。"
        )
