"""Jobs of the calendar. Each selects what is not yet done, so a missed run is made up by the next."""

from datetime import timedelta

from django.utils import timezone

from portal.audit.jobs import job
from portal.workdays import workflow
from portal.workdays.models import CalendarNotice


@job("workdays.redate_clocks", every=timedelta(seconds=30))
def redate_clocks() -> str:
    """Every half minute: move the clocks of notices published since. Twice finds nothing to move."""
    moved = 0
    for notice in CalendarNotice.objects.awaiting_redating():
        moved += workflow.redate(notice, at=timezone.now())
    told = workflow.tell_moved(at=timezone.now())
    return f"变动{moved}个时限，告知{told}个" if moved or told else ""


@job("workdays.recompute_clocks", every=timedelta(days=1))
def recompute_clocks() -> str:
    """Each night: compute every open clock afresh and report what differs. Twice reports once."""
    now = timezone.localtime()
    run = workflow.recompute_all(day=now.date(), at=now)
    return f"核对{run.checked}个时限，{run.faults}个不一致"


@job("workdays.watch_calendar", every=timedelta(days=1))
def watch_calendar() -> str:
    """Each day: see that next year has a calendar, and from December that it is an official one."""
    now = timezone.localtime()
    workflow.foresee(on=now.date(), at=now)
    return workflow.warn_of_missing_year(on=now.date(), at=now)
