"""Every open clock computed afresh, in batches and without a query a clock. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from portal.workdays import deadlines
from portal.workdays.calendar import OutsideCalendar, WorkCalendar
from portal.workdays.deadlines import Move, Step, Unit
from portal.workdays.models import Clock

BATCH = 5000
DERIVED = (
    "started_on",
    "due_on",
    "warn_on",
    "stopped_on",
    "closed_on",
    "due_ordinal",
    "left_at_stop",
)
Stored = tuple[Any, ...]

_STORIES = """
SELECT clock_id, move, "on", days FROM workdays_clocksegment WHERE clock_id = ANY(%s) ORDER BY clock_id, seq
"""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One clock: the columns that follow from its segments, as stored and as they should be.

    ``fresh`` is None where the calendar does not reach far enough to say.
    """

    clock_id: int
    stored: Stored
    fresh: Stored | None

    @property
    def agrees(self) -> bool:
        return self.stored == self.fresh

    @property
    def differing(self) -> list[str]:
        """Names of the columns that are not as they should be."""
        fresh = self.fresh or self.stored
        return [name for name, was, now in zip(DERIVED, self.stored, fresh, strict=True) if was != now]

    @property
    def old_due_on(self) -> date:
        return self.stored[1]

    @property
    def new_due_on(self) -> date:
        return self.fresh[1] if self.fresh else self.stored[1]


def derive(
    steps: list[Step] | tuple[Step, ...], calendar: WorkCalendar, *, unit: str, warn_days: int | None
) -> Stored:
    """The columns ``DERIVED`` as these steps and this calendar give them."""
    settled = deadlines.settle(steps, calendar, unit=Unit(unit), warn_days=warn_days)
    working = settled.unit == Unit.WORKING
    stands = settled.stopped_on is not None and settled.stopped_on <= settled.due_on
    return (
        settled.started_on,
        settled.due_on,
        settled.warn_on,
        settled.stopped_on,
        settled.closed_on,
        calendar.ordinal(settled.due_on) if working else settled.due_on.toordinal(),
        deadlines.days_left(settled, settled.due_on, calendar) if stands else None,
    )


def batches(calendar: WorkCalendar, *, lock: bool = False, size: int = BATCH) -> Iterator[list[Recomputed]]:
    """All running clocks by id. With ``lock`` (inside a transaction a batch) the rows are held.

    Clocks with the same story share one computation: most open clocks of a day do.
    """
    last = 0
    shared: dict[Any, Stored | None] = {}
    while True:
        batch, last_seen = one_batch(calendar, shared, after=last, lock=lock, size=size)
        if last_seen is None:
            return
        yield batch
        last = last_seen


def one_batch(
    calendar: WorkCalendar, shared: dict[Any, Stored | None], *, after: int, lock: bool, size: int = BATCH
) -> tuple[list[Recomputed], int | None]:
    """The next running clocks after id ``after``, and the last id seen (None: no more)."""
    rows = Clock.objects.running().filter(pk__gt=after).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    stored = list(rows.values_list("pk", "unit", "warn_days", *DERIVED)[:size])
    if not stored:
        return [], None
    last = stored[-1][0]
    stories = _stories([row[0] for row in stored])
    batch = []
    for pk, unit, warn_days, *columns in stored:
        told = (unit, warn_days, stories[pk])
        if told not in shared:
            shared[told] = _derive_or_none(told, calendar)
        batch.append(Recomputed(pk, tuple(columns), shared[told]))
    return batch, last


def _derive_or_none(told: tuple[Any, ...], calendar: WorkCalendar) -> Stored | None:
    unit, warn_days, story = told
    steps = [Step(Move(move), on, days) for move, on, days in story]
    try:
        return derive(steps, calendar, unit=unit, warn_days=warn_days)
    except OutsideCalendar:
        return None


def _stories(clock_ids: list[int]) -> dict[int, tuple[tuple[str, date, int], ...]]:
    with connection.cursor() as cursor:  # an array of ids is parsed once; a list of 5,000 placeholders is not
        cursor.execute(_STORIES, [clock_ids])
        segments = cursor.fetchall()
    return {pk: tuple(segment[1:] for segment in story) for pk, story in groupby(segments, key=itemgetter(0))}
