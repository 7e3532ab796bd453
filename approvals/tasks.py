"""Time triggers. Each selects what is not yet done, so a missed night is made up by the next run."""

from datetime import timedelta

from django.utils import timezone

from approvals import reminders, sweeps
from approvals.workflow import commit_seed, draw_undrawn, reveal_seeds
from portal.audit.jobs import job


@job("approvals.deem_accepted_cases", every=timedelta(hours=1))
def deem_accepted_cases() -> int:
    """Hourly: silence past five working days accepts. Looked at again under lock, so twice is harmless."""
    return sweeps.deem_accepted_cases(at=timezone.now())


@job("approvals.expire_supplements", every=timedelta(hours=1))
def expire_supplements() -> int:
    """Hourly: an overdue supplement withdraws the application. Looked at again under lock."""
    return sweeps.expire_supplements(at=timezone.now())


@job("approvals.end_statement_periods", every=timedelta(hours=1))
def end_statement_periods() -> int:
    """Hourly: a holder who did not speak in time lets the decision follow. Looked at again under lock."""
    return sweeps.end_statement_periods(at=timezone.now())


@job("approvals.remind_due_clocks", every=timedelta(hours=1))
def remind_due_clocks() -> int:
    """Hourly: tell handler and head what is near or past its date; once for each date of each clock."""
    return reminders.remind_due_clocks(at=timezone.now())


@job("approvals.keep_duty_seeds", every=timedelta(hours=1))
def keep_duty_seeds() -> str:
    """Hourly: commit tomorrow's seed, reveal those of past days; both only where not done yet."""
    at = timezone.now()
    commit_seed(timezone.localdate(at) + timedelta(days=1), at=at)
    return f"公布{reveal_seeds(at=at)}个"


@job("approvals.draw_undrawn_cases", every=timedelta(minutes=30))
def draw_undrawn_cases() -> int:
    """Half-hourly: draw for cases that found nobody on duty; a case with a handler is passed over."""
    return draw_undrawn(at=timezone.now())
