"""Calendar notices: registering, publishing, and the schedules that ship with the portal."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.days import spoken
from portal.refusals import RuleBroken
from portal.workdays import schedules
from portal.workdays.calendar import Day, WorkCalendar
from portal.workdays.models import CalendarDay, CalendarNotice, Clock, NoticeKind
from portal.workdays.schedules import Festival, Schedule

if TYPE_CHECKING:
    from portal.people.models import User

_LOCK = "hashtext('workdays.calendar')"


def hold_calendar() -> None:
    """Until the transaction ends no other calendar comes into force: whoever stores a date holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")


def _change_calendar() -> None:
    """Wait for every date being stored, and make the next ones wait for the new calendar."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


def days_in_force() -> dict[date, Day]:
    return {entry.day: entry for entry in CalendarDay.objects.current().as_days()}


def schedule_of(notice: CalendarNotice) -> Schedule:
    """The stored notice as the value the arithmetic understands."""
    return Schedule(
        year=notice.year,
        title=notice.title,
        doc_no=notice.doc_no,
        issued_on=notice.issued_on,
        url=notice.url,
        provisional=notice.is_provisional,
        festivals=tuple(
            Festival(
                name=row["name"],
                rest=(date.fromisoformat(row["rest"][0]), date.fromisoformat(row["rest"][1])),
                work=tuple(date.fromisoformat(day) for day in row["work"]),
            )
            for row in notice.festivals
        ),
    )


def as_rows(schedule: Schedule) -> list[dict[str, Any]]:
    """Festivals in the shape the notice stores."""
    return [
        {
            "name": festival.name,
            "rest": [day.isoformat() for day in festival.rest],
            "work": [day.isoformat() for day in festival.work],
        }
        for festival in schedule.festivals
    ]


def settled_by(notice: CalendarNotice, days: dict[date, Day]) -> dict[date, Day]:
    """The days this notice puts in the place of ``days``."""
    return schedules.revise(days, schedule_of(notice), whole_year=notice.kind != NoticeKind.AMENDMENT)


def calendar_after(notice: CalendarNotice) -> WorkCalendar:
    """The calendar as it will be once the notice is published. Raises ``RuleBroken`` if a year is skipped."""
    days = days_in_force()
    return schedules.calendar_with(days, settled_by(notice, days))


@transaction.atomic
def register(schedule: Schedule, *, kind: str, by: "User | None", at: datetime) -> CalendarNotice:
    """Keep a notice that was read, unpublished, so that what it moves can be looked at first.

    Raises ``RuleBroken`` when the paper is published already or leaves a year out.
    """
    if CalendarNotice.objects.published().filter(doc_no=schedule.doc_no).exists():
        raise RuleBroken(f"{schedule.doc_no}已经发布过，请核对文号。", field="doc_no")
    notice = CalendarNotice(
        year=schedule.year,
        kind=kind,
        title=schedule.title,
        doc_no=schedule.doc_no,
        issued_on=schedule.issued_on,
        url=schedule.url,
        text=schedule.text,
        festivals=as_rows(schedule),
        created_at=at,
    )
    calendar_after(notice)
    notice.save()
    audit.record("workdays.calendarnotice.registered", subject=notice, actor=by, at=at, doc_no=notice.doc_no)
    return notice


@transaction.atomic
def discard(notice: CalendarNotice, *, by: "User | None", at: datetime) -> None:
    """Throw an unpublished notice away; its history remains."""
    notice = CalendarNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.is_published:
        raise RuleBroken("已经发布的通知不能删除；有更正时请登记新的通知。")
    audit.record("workdays.calendarnotice.discarded", subject=notice, actor=by, at=at, doc_no=notice.doc_no)
    notice.delete()


@transaction.atomic
def publish(notice: CalendarNotice, *, by: "User | None", at: datetime) -> CalendarNotice:
    """Put the notice's days in force; the rows they replace stay readable.

    Open clocks are moved by the job that follows, which finds the notice by its
    empty ``redated_at``.
    """
    notice, days = _put_in_force(notice, by=by, at=at)
    audit.record(
        "workdays.calendarnotice.published",
        subject=notice,
        actor=by,
        at=at,
        doc_no=notice.doc_no,
        title=notice.title,
        days=days,
    )
    return notice


def _put_in_force(notice: CalendarNotice, *, by: "User | None", at: datetime) -> tuple[CalendarNotice, int]:
    _change_calendar()
    notice = CalendarNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.published_at:
        raise RuleBroken(
            f"《{notice.title}》已于{spoken(localdate(notice.published_at))}发布，不能重复发布。"
        )
    days = days_in_force()
    settled = settled_by(notice, days)
    schedules.calendar_with(days, settled)
    CalendarDay.objects.current().filter(day__in=settled).update(superseded_by=notice)
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, kind=entry.kind, name=entry.name, notice=notice)
        for day, entry in settled.items()
    )
    notice.published_at, notice.published_by = at, by
    notice.redated_at = None if Clock.objects.running().exists() else at
    try:
        with transaction.atomic():
            notice.save(update_fields=["published_at", "published_by", "redated_at"])
    except IntegrityError as clash:
        raise RuleBroken(f"{notice.doc_no}已经发布过，请核对文号。", field="doc_no") from clash
    return notice, len(settled)


@transaction.atomic
def load_shipped(*, at: datetime) -> int:
    """Publish the shipped schedules this database has not seen; returns how many.

    Runs after every migrate. A provisional year is loaded only while nothing else
    speaks of that year.
    """
    return sum(_load(schedule, at=at) for schedule in schedules.shipped())


@transaction.atomic
def foresee(*, on: date, at: datetime) -> int:
    """See that the year after ``on`` has a calendar, provisional if need be; returns how many were made."""
    made = 0
    days = CalendarDay.objects.current()
    for year in (on.year, on.year + 1):
        if days.filter(day__year=year).exists() or not days.filter(day__year=year - 1).exists():
            continue
        made += _load(schedules.statutory(year), at=at)
    return made


def _load(schedule: Schedule, *, at: datetime) -> int:
    known = CalendarNotice.objects.filter(year=schedule.year)
    known = known.published() if schedule.provisional else known.filter(doc_no=schedule.doc_no)
    if known.exists():
        return 0
    notice = CalendarNotice.objects.create(
        year=schedule.year,
        kind=NoticeKind.PROVISIONAL if schedule.provisional else NoticeKind.YEAR,
        title=schedule.title,
        doc_no=schedule.doc_no,
        issued_on=schedule.issued_on,
        url=schedule.url,
        festivals=as_rows(schedule),
        created_at=at,
    )
    _put_in_force(notice, by=None, at=at)  # reference data, not a deed: no entry
    return 1
