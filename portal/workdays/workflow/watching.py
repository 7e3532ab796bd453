"""The calendar and the clocks watched over: a nightly recompute, and the year that is missing."""

from datetime import date, datetime

from django.db import transaction

from portal.audit import workflow as audit
from portal.days import spoken
from portal.notices import workflow as notices
from portal.people.models import Post, PostRole, User
from portal.workdays.models import CalendarNotice, Clock, ShadowRun, current_calendar
from portal.workdays.recomputing import Recomputed, batches

SHOWN = 200
COLUMNS = {field.name: str(field.verbose_name) for field in Clock._meta.fields}
ALARM_MONTH = 12


def recompute_all(*, day: date, at: datetime) -> ShadowRun:
    """Every open clock computed afresh against what is stored; nothing is corrected.

    Each disagreement goes on its subject's record and the supervisors are told: a stored
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
            [
                notices.Errand(to=one, key=str(day), values=values)
                for one in _holders(PostRole.SUPERVISOR, day)
            ],
            at=at,
        )
    return run


def _told(clock: Clock, found: Recomputed) -> dict[str, str]:
    return {
        "clock": str(clock),
        "stored": found.old_due_on.isoformat(),
        "computed": found.new_due_on.isoformat(),
        "columns": "、".join(COLUMNS[name] for name in found.differing),
    }


@transaction.atomic
def warn_of_missing_year(*, on: date, at: datetime) -> str:
    """From 1 December: next year's notice is not registered. Returns what is wrong, empty if nothing.

    The heads of the departments, who may register it, are told once a week until it is.
    """
    year = on.year + 1
    if on.month < ALARM_MONTH or CalendarNotice.objects.official().filter(year=year).exists():
        return ""
    key = f"{year}-{on:%G-%V}"
    notices.queue_all(
        "calendar_missing",
        [notices.Errand(to=one, key=key, values={"year": year}) for one in _holders(PostRole.HEAD, on)],
        at=at,
    )
    return f"{year}年放假安排尚未登记"


def _holders(role: str, on: date) -> list[User]:
    posts = Post.objects.in_force(on).filter(role=role)
    return list(User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk"))
