"""Re-dating: what a calendar notice moves, the job that moves it, and who is told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from portal.audit import workflow as audit
from portal.days import spoken
from portal.notices import workflow as notices
from portal.workdays.calendar import WorkCalendar
from portal.workdays.models import CalendarNotice, Clock, ClockKind, ClockMove, current_calendar
from portal.workdays.recomputing import BATCH, Recomputed, Stored, batches, one_batch
from portal.workdays.workflow.calendar import calendar_after, hold_calendar

if TYPE_CHECKING:
    from portal.people.models import Party, User

# What a party is told of, most urgent first; its own duty comes before the office's.
TOLD_TO_PARTY = (
    ClockKind.CASE_SUPPLEMENT,
    ClockKind.FOI_CORRECTION,
    ClockKind.FOI_REASONS,
    ClockKind.RENEWAL,
    ClockKind.CASE_ACCEPTANCE,
    ClockKind.CASE_PROMISE,
    ClockKind.CASE_STATUTORY,
    ClockKind.CASE_DELIVERY,
    ClockKind.FOI_REPLY,
    ClockKind.CORRECTION,
    ClockKind.LETTER_REPLY,
)
NAMED_IN_ONE_MESSAGE = 2
LABELS = {kind.value: str(kind.label) for kind in ClockKind}

# One statement: the clocks as they should be, and a line for each whose date was another. Most clocks of a
# batch share one of few outcomes, so these are sent once each.
_MOVE = """
WITH outcome AS (
    SELECT * FROM unnest(%s::date[], %s::date[], %s::date[], %s::int[], %s::int[])
                  WITH ORDINALITY AS given (started_on, due_on, warn_on, due_ordinal, left_at_stop, place)
), new AS (
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::date[]) AS given (id, place, old_due_on)
), moved AS (
    UPDATE workdays_clock c
    SET started_on = outcome.started_on, due_on = outcome.due_on, warn_on = outcome.warn_on,
        due_ordinal = outcome.due_ordinal, left_at_stop = outcome.left_at_stop
    FROM new JOIN outcome USING (place) WHERE c.id = new.id
    RETURNING new.id, new.old_due_on, outcome.due_on
)
INSERT INTO workdays_clockmove (notice_id, clock_id, old_due_on, new_due_on, moved_at)
SELECT %s, id, old_due_on, due_on, %s FROM moved WHERE old_due_on <> due_on ORDER BY id
"""


@dataclass(slots=True)
class Preview:
    """What publishing would do: which days change, how many clocks run and move, and the first of those.

    ``days`` holds each day that becomes or stops being a working day, with the reason before and after.
    """

    days: list[tuple[date, str, str]] = field(default_factory=list)
    running: int = 0
    moved: int = 0
    beyond: int = 0
    first: list[tuple[Clock, date]] = field(default_factory=list)


def preview(notice: CalendarNotice, *, show: int = 200) -> Preview:
    """Every open clock against the calendar as it would be. Writes nothing.

    ``beyond`` counts clocks whose date would lie outside the calendar; they stay as they are.
    """
    calendar, now = calendar_after(notice), current_calendar()
    seen = Preview(days=_changed_days(now, calendar))
    shown: dict[int, date] = {}
    for batch in batches(calendar):
        seen.running += len(batch)
        for found in batch:
            seen.beyond += found.fresh is None
            if found.old_due_on != found.new_due_on:
                seen.moved += 1
                if len(shown) < show:
                    shown[found.clock_id] = found.new_due_on
    clocks = (
        Clock.objects.filter(pk__in=shown).select_related("department", "handler").order_by("due_on", "pk")
    )
    seen.first = [(clock, shown[clock.pk]) for clock in clocks]
    return seen


def _changed_days(now: WorkCalendar, then: WorkCalendar) -> list[tuple[date, str, str]]:
    return [
        (entry.day, now.why(entry.day) if now.covers(entry.day) else "没有日历", then.why(entry.day))
        for entry in then.all_days()
        if not now.covers(entry.day) or now.is_workday(entry.day) != entry.works
    ]


def redate(notice: CalendarNotice, *, at: datetime, size: int = BATCH) -> int:
    """Move every open clock to the calendar in force; returns how many dates changed.

    Each batch is one transaction with its audit entries, so a run that is killed is taken up
    where it stopped, and a second run finds nothing to do. Who is told follows in ``tell_moved``.
    """
    notice.refresh_from_db()
    if notice.published_at is None:
        raise ValueError("Only a published notice moves clocks.")
    calendar, after, moved = current_calendar(), 0, 0
    shared: dict[Any, Stored | None] = {}
    while True:
        with transaction.atomic():
            hold_calendar()
            batch, last = one_batch(calendar, shared, after=after, lock=True, size=size)
            moved += _move(notice, [found for found in batch if not found.agrees and found.fresh], at)
        if last is None:
            break
        after = last
    total = ClockMove.objects.filter(notice=notice).count()
    if notice.redated_at is None or total != notice.moved:
        with transaction.atomic():
            CalendarNotice.objects.filter(pk=notice.pk).update(redated_at=at, moved=total)
            audit.record("workdays.calendarnotice.redated", subject=notice, actor=None, at=at, moved=total)
    return moved


def _move(notice: CalendarNotice, changed: list[Recomputed], at: datetime) -> int:
    if not changed:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [*_columns(changed), notice.pk, at])
    moves = [found for found in changed if found.old_due_on != found.new_due_on]
    audit.record_all("workdays.clock.redated", _deeds(notice, moves), actor=None, at=at)
    return len(moves)


def _columns(changed: list[Recomputed]) -> list[str]:
    places: dict[Stored, int] = {}
    for found in changed:
        if found.fresh:
            places.setdefault(found.fresh, len(places) + 1)
    started_on, due_on, warn_on, _stopped, _closed, ordinal, left = zip(*places, strict=True)
    outcomes = [_array(column) for column in (started_on, due_on, warn_on, ordinal, left)]
    clocks = [(found.clock_id, places[found.fresh], found.old_due_on) for found in changed if found.fresh]
    return outcomes + [_array(column) for column in zip(*clocks, strict=True)]


def _array(values: Iterable[Any]) -> str:
    """As PostgreSQL writes one: quicker to make and to read than thousands of literals."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _deeds(notice: CalendarNotice, moves: list[Recomputed]) -> list[audit.Deed]:
    """One entry a subject: each of its clocks with its date before and after, and the paper."""
    by_subject: dict[tuple[str, str], list[dict[str, str]]] = {}
    for found in moves:
        moved = {
            "clock": LABELS[found.kind],
            "old": found.old_due_on.isoformat(),
            "new": found.new_due_on.isoformat(),
        }
        by_subject.setdefault(found.subject, []).append(moved)
    return [
        audit.Deed(subject, {"moved": moved, "notice": notice.doc_no})
        for subject, moved in by_subject.items()
    ]


def tell_moved(*, at: datetime, limit: int = 1000) -> int:
    """Tell those whose date moved, each once a subject; returns how many moves were settled.

    Run until it returns 0. A clock closed since is not told of.
    """
    told = 0
    while batch := _tell_batch(at, limit):
        told += batch
    return told


@transaction.atomic
def _tell_batch(at: datetime, limit: int) -> int:
    untold = ClockMove.objects.untold().select_for_update(of=("self",), skip_locked=True).order_by("pk")
    first = list(untold.values_list("pk", flat=True)[:limit])
    moves = list(
        ClockMove.objects.filter(pk__in=first)
        .select_related("clock__party__user", "clock__handler", "notice")
        .order_by("notice_id", "clock__subject_type", "clock__subject_id", "pk")
    )
    open_moves = [move for move in moves if not move.clock.is_closed]
    notices.queue_all("deadline_moved", _errands(open_moves), at=at)
    ClockMove.objects.filter(pk__in=first).update(told_at=at)
    return len(first)


def _errands(moves: Iterable[ClockMove]) -> Iterator[notices.Errand]:
    def subject_of(move: ClockMove) -> tuple[int, tuple[str, str]]:
        return move.notice_id, move.clock.subject_key

    for _, group in groupby(moves, key=subject_of):
        of_subject = list(group)
        handlers = {move.clock.handler for move in of_subject if move.clock.handler}
        parties = {move.clock.party for move in of_subject if move.clock.party}
        for handler in sorted(handlers, key=lambda user: user.pk):
            own = [move for move in of_subject if move.clock.handler_id == handler.pk]
            yield _errand(handler, own, channels=("in_site",))
        for party in sorted(parties, key=lambda party: party.pk):
            own = [move for move in of_subject if move.clock.party_id == party.pk]
            if public := _public(own):
                yield _errand(party, public)


def _public(moves: list[ClockMove]) -> list[ClockMove]:
    """What a party is told: the promise stands for the statute when both moved."""
    ranked = [move for move in moves if move.clock.kind in TOLD_TO_PARTY]
    if any(move.clock.kind == ClockKind.CASE_PROMISE for move in ranked):
        ranked = [move for move in ranked if move.clock.kind != ClockKind.CASE_STATUTORY]
    return sorted(ranked, key=lambda move: TOLD_TO_PARTY.index(ClockKind(move.clock.kind)))


def _errand(
    to: "User | Party", moves: list[ClockMove], channels: tuple[str, ...] | None = None
) -> notices.Errand:
    first = moves[0]
    changes = "，".join(
        f"{move.clock.get_kind_display()}由{spoken(move.old_due_on)}改为{spoken(move.new_due_on)}"
        for move in moves[:NAMED_IN_ONE_MESSAGE]
    )
    if len(moves) > NAMED_IN_ONE_MESSAGE:
        changes += f"，另有{len(moves) - NAMED_IN_ONE_MESSAGE}个时限变动"
    return notices.Errand(
        to=to,
        key=f"{':'.join(first.clock.subject_key)}:{first.notice_id}",
        subject=first.clock.subject_key,
        department_id=first.clock.department_id,
        channels=channels,
        values={"what": first.clock.subject_label, "year": first.notice.year, "changes": changes},
    )
