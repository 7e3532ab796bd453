"""The calendar and the clocks watched over: a nightly recompute, and the year that is missing."""

from datetime import date, datetime

from django.db import transaction

from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.models import AdminRole, User, UserKind
from portal.workdays.calendar import spoken
from portal.workdays.models import CalendarNotice, Clock, ShadowRun, current_calendar
from portal.workdays.recomputing import Recomputed, batches

SHOWN = 200
ALARM_MONTH = 12


def recompute_all(*, day: date, at: datetime) -> ShadowRun:
    """Every open clock computed afresh against what is stored; nothing is corrected.

    Each disagreement goes on its subject's record and the system administrators are told: a stored
    date that does not follow from its segments was written around the workflow. Run again on the
    same day it replaces that day's result and tells nobody twice.
    """
    checked = 0
    faulty: list[Recomputed] = []
    for batch in batches(current_calendar()):
        checked += len(batch)
        faulty.extend(found for found in batch if found.fresh is not None and not found.agrees)
    return _report(day, at, checked, faulty)


@transaction.atomic
def _report(day: date, at: datetime, checked: int, faulty: list[Recomputed]) -> ShadowRun:
    by_clock = {found.clock_id: found for found in faulty}
    clocks = Clock.objects.filter(pk__in=by_clock).order_by("pk")
    run, is_new = ShadowRun.objects.update_or_create(
        day=day,
        defaults={
            "at": at,
            "checked": checked,
            "faults": len(faulty),
            "first_faults": [_told(clock, by_clock[clock.pk]) for clock in clocks[:SHOWN]],
        },
    )
    if faulty and is_new:
        for clock in clocks:
            audit.record(
                "workdays.clock.disagreed",
                subject=clock.subject_key,
                actor=None,
                at=at,
                **_told(clock, by_clock[clock.pk]),
            )
        values = {"day": spoken(day), "count": len(faulty), "first": str(clocks[0])}
        notices.queue_all(
            "clocks_disagree",
            [notices.Errand(to=one, key=str(day), values=values) for one in _keepers()],
            at=at,
        )
    return run


def _told(clock: Clock, found: Recomputed) -> dict[str, str]:
    return {
        "clock": str(clock),
        "stored": found.old_due_on.isoformat(),
        "computed": found.new_due_on.isoformat(),
    }


@transaction.atomic
def warn_of_missing_year(*, on: date, at: datetime) -> str:
    """From 1 December: next year's notice is not registered. Returns what is wrong, empty if nothing.

    The system administrators are told once a week until it is.
    """
    year = on.year + 1
    if on.month < ALARM_MONTH or CalendarNotice.objects.official().filter(year=year).exists():
        return ""
    key = f"{year}-{on:%G-%V}"
    notices.queue_all(
        "calendar_missing",
        [notices.Errand(to=one, key=key, values={"year": year}) for one in _keepers()],
        at=at,
    )
    return f"{year}年放假安排尚未登记"


def _keepers() -> list[User]:
    """Those who keep the calendar: the system administrators."""
    return list(
        User.objects.filter(
            kind=UserKind.ADMINISTRATOR, admin_role=AdminRole.SYSTEM, is_active=True
        ).order_by("pk")
    )
