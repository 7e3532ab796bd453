"""Re-dating: a notice that moves every open clock, with its record, against the bare UPDATE."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from portal.audit.models import Entry
from portal.people.models import Department
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.workdays import workflow as clocks
from portal.workdays.calendar import WorkCalendar
from portal.workdays.deadlines import Move, Step
from portal.workdays.models import (
    CalendarNotice,
    Clock,
    ClockKind,
    ClockMove,
    ClockSegment,
    NoticeKind,
    current_calendar,
)
from portal.workdays.recomputing import DERIVED, derive
from portal.workdays.schedules import Festival, Schedule

REDATING = Row(
    "redating", "放假通知后重新计算期限", "one UPDATE of the same columns, without history or record",
    "redate(): recompute, move, keep old and new, one entry a subject", Sense.SLOWER, None,
    pace=20_000, things="clocks",
)  # fmt: skip
SUBJECT = "bench.redated"
FIRST, STARTS = date(2026, 10, 12), 40  # starts on so many days from then
DAYS_OFF = Festival("测试放假", (date(2026, 10, 13), date(2026, 11, 30)), ())
KINDS = ((ClockKind.CASE_PROMISE, 5), (ClockKind.CASE_STATUTORY, 10), (ClockKind.CASE_STAGE, 3))
BATCH = 5_000
COLUMNS = ("started_on", "due_on", "warn_on", "due_ordinal", "left_at_stop")
SAMPLE = 300


def redating(places: Places, size: Size) -> Pair:
    if not Clock.objects.filter(subject_type=SUBJECT).exists():
        _fill(size.clocks)
    at = timezone.now()
    with connection.cursor() as cursor:
        kept = ", ".join(("id", *COLUMNS))
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS bench_dates AS SELECT {kept} FROM workdays_clock WHERE closed_on IS NULL"  # noqa: S608
        )
    paper = Schedule(
        year=2026, title="测试放假通知", doc_no="测试〔2026〕1号", issued_on=date(2026, 10, 10), url="",
        provisional=False, festivals=(DAYS_OFF,),
    )  # fmt: skip
    notice = clocks.publish(clocks.register(paper, kind=NoticeKind.AMENDMENT, by=None, at=at), by=None, at=at)
    running = Clock.objects.running().count()

    def ready() -> None:
        """Every date as it was before the notice."""
        back = ", ".join(f"{column} = kept.{column}" for column in COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE workdays_clock c SET {back} FROM bench_dates kept WHERE c.id = kept.id")  # noqa: S608
            cursor.execute("DELETE FROM workdays_clockmove")
            CalendarNotice.objects.filter(pk=notice.pk).update(redated_at=None, moved=0)
            for table in ("workdays_clock", "workdays_clockmove", "audit_chain", "audit_entry"):
                cursor.execute(f"VACUUM ANALYZE {table}" if not connection.in_atomic_block else "SELECT 1")

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workdays_clock SET due_on = due_on + 30, warn_on = warn_on + 30,"
                " due_ordinal = due_ordinal + 20 WHERE closed_on IS NULL"
            )

    def check() -> str:
        ready()
        before = Entry.objects.filter(action="workdays.clock.redated").count()
        moved = clocks.redate(notice, at=at)
        entries = Entry.objects.filter(action="workdays.clock.redated").count() - before
        ours = Clock.objects.filter(subject_type=SUBJECT)
        assert ClockMove.objects.filter(clock__in=ours).count() == size.clocks, "not all moved"  # noqa: S101
        assert ClockMove.objects.count() == moved  # noqa: S101
        assert moved / len(KINDS) <= entries <= moved, f"{entries} entries"  # noqa: S101
        calendar, step = current_calendar(), max(size.clocks // SAMPLE, 1)
        for clock in ours.order_by("pk").values_list("pk", flat=True)[::step]:
            _check_one(Clock.objects.get(pk=clock), calendar)
        return f"{moved:,} of {running:,} moved, {entries:,} entries; {SAMPLE} computed one by one agree"

    return Pair(
        reference=bare, candidate=lambda: clocks.redate(notice, at=at), check=check, ready=ready,
        things=running,
    )  # fmt: skip


def _check_one(clock: Clock, calendar: WorkCalendar) -> None:
    fresh = derive(clock.steps(), calendar, unit=clock.unit, warn_days=clock.warn_days)
    assert fresh == tuple(getattr(clock, name) for name in DERIVED), str(clock)  # noqa: S101


@transaction.atomic
def _fill(total: int) -> None:
    """Three clocks a subject; a fifth of the subjects stood still for some days."""
    at, office, calendar = timezone.now(), Department.objects.earliest("pk"), current_calendar()
    for first in range(0, total, BATCH):
        made = []
        for number, kind, limit, story in _stories(range(first, min(first + BATCH, total))):
            dates = dict(zip(DERIVED, derive(story, calendar, unit="working", warn_days=None), strict=True))
            made.append((story, Clock(
                kind=kind, subject_type=SUBJECT, subject_id=str(number), subject_label=f"测试{number}",
                department=office, limit=limit, basis="测试", **dates,
            )))  # fmt: skip
        Clock.objects.bulk_create([clock for _, clock in made])
        ClockSegment.objects.bulk_create(
            ClockSegment(clock=clock, seq=seq, move=step.move.value, on=step.on, days=step.days, at=at)
            for story, clock in made
            for seq, step in enumerate(story, start=1)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _stories(numbers: range) -> Iterator[tuple[int, ClockKind, int, list[Step]]]:
    for clock in numbers:
        number, (kind, limit) = clock // len(KINDS), KINDS[clock % len(KINDS)]
        start = FIRST + timedelta(days=number % STARTS)
        story = [Step(Move.START, start, limit)]
        if number % 5 == 0:
            stood = timedelta(days=1 + number // 5 % 9)
            story += [Step(Move.PAUSE, start), Step(Move.RESUME, start + stood)]
        yield number, kind, limit, story


ROWS = ((REDATING, redating),)
