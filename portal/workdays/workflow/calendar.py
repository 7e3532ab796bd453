"""Calendar notices: registering, publishing, and the schedules that ship with the portal."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from portal.refusals import RuleBroken
from portal.workdays import schedules
from portal.workdays.calendar import Day, spoken
from portal.workdays.models import CalendarDay, CalendarNotice, NoticeKind
from portal.workdays.schedules import Festival, Schedule


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


@transaction.atomic
def publish(notice: CalendarNotice, *, by: Any, at: datetime) -> CalendarNotice:
    """Put the notice's days in force; the rows they replace stay readable.

    Open clocks are moved by the job that follows, which finds the notice by its
    empty ``redated_at``.
    """
    notice = CalendarNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.is_published:
        raise RuleBroken(
            f"《{notice.title}》已于{spoken(localdate(notice.published_at))}发布，不能重复发布。"
        )
    days = days_in_force()
    settled = schedules.revise(days, schedule_of(notice), whole_year=notice.kind != NoticeKind.AMENDMENT)
    schedules.calendar_with(days, settled)
    CalendarDay.objects.current().filter(day__in=settled).update(superseded_by=notice)
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, kind=entry.kind, name=entry.name, notice=notice)
        for day, entry in settled.items()
    )
    notice.published_at, notice.published_by = at, by
    try:
        with transaction.atomic():
            notice.save(update_fields=["published_at", "published_by"])
    except IntegrityError as clash:
        raise RuleBroken(f"{notice.doc_no}已经发布过，请核对文号。", field="doc_no") from clash
    return notice


@transaction.atomic
def load_shipped(*, at: datetime) -> int:
    """Publish the shipped schedules this database has not seen; returns how many.

    Runs after every migrate. A provisional year is loaded only while nothing else
    speaks of that year.
    """
    loaded = 0
    for schedule in schedules.shipped():
        known = CalendarNotice.objects.filter(year=schedule.year)
        if schedule.provisional:
            kind = NoticeKind.PROVISIONAL
        else:
            kind, known = NoticeKind.YEAR, known.filter(doc_no=schedule.doc_no)
        if known.exists():
            continue
        notice = CalendarNotice.objects.create(
            year=schedule.year,
            kind=kind,
            title=schedule.title,
            doc_no=schedule.doc_no,
            issued_on=schedule.issued_on,
            url=schedule.url,
            festivals=as_rows(schedule),
            created_at=at,
        )
        publish(notice, by=None, at=at)
        loaded += 1
    return loaded
