"""Every open clock computed afresh, in batches and without a query a clock. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from portal.workdays import deadlines
from portal.workdays.calendar import OutsideCalendar, WorkCalendar
from portal.workdays.deadlines import Move, Step, Unit

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

# Every column and the whole story in one row: a look-up a clock in the index, no second round.
_RUNNING = f"""
SELECT c.id, c.kind, c.subject_type, c.subject_id, c.unit, c.warn_days,
       (SELECT string_agg(concat_ws(' ', s.move, s."on", s.days), '|' ORDER BY s.seq)
        FROM workdays_clocksegment s WHERE s.clock_id = c.id),
       {", ".join(f"c.{column}" for column in DERIVED)}
FROM workdays_clock c WHERE c.closed_on IS NULL AND c.id > %s ORDER BY c.id LIMIT %s
"""  # noqa: S608 (columns of our own)
_HELD = _RUNNING + "FOR UPDATE OF c"


@dataclass(slots=True)
class Recomputed:
    """One clock: the columns that follow from its segments, as stored and as they should be.

    ``fresh`` is None where the calendar does not reach far enough to say.
    """

    clock_id: int
    kind: str
    subject: tuple[str, str]
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
    with connection.cursor() as cursor:
        cursor.execute(_HELD if lock else _RUNNING, [after, size])
        rows = cursor.fetchall()
    batch = []
    for pk, kind, subject_type, subject_id, unit, warn_days, story, *stored in rows:
        told = (unit, warn_days, story)
        if told not in shared:
            shared[told] = _derive_or_none(unit, warn_days, story, calendar)
        batch.append(Recomputed(pk, kind, (subject_type, subject_id), tuple(stored), shared[told]))
    return batch, rows[-1][0] if rows else None


def _derive_or_none(unit: str, warn_days: int | None, story: str, calendar: WorkCalendar) -> Stored | None:
    steps = []
    for step in story.split("|"):
        move, on, days = step.split()
        steps.append(Step(Move(move), date.fromisoformat(on), int(days)))
    try:
        return derive(steps, calendar, unit=unit, warn_days=warn_days)
    except OutsideCalendar:
        return None
