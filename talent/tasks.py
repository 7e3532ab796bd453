"""Time triggers. Each selects what is not yet done, so a missed run is made up by the next."""

from datetime import timedelta

from django.utils import timezone

from portal.audit.jobs import job
from talent import sweeps
from talent.workflow import end_blacklistings, flags, staffing


@job("talent.work_batches", every=timedelta(seconds=30))
def work_batches() -> int:
    """Every half minute: tables waiting to be checked or loaded; a step is taken under lock, so twice is harmless."""
    return sweeps.work_batches(at=timezone.now())


@job("talent.watch_staffing", every=timedelta(days=1))
def watch_staffing() -> str:
    """Nightly: every enterprise against its standards, as certificates run out by themselves; twice is harmless."""
    changed, settled = staffing.watch(at=timezone.now())
    return f"状态变化{changed}项，预警开启或者解除{settled}条"


@job("talent.watch_flags", every=timedelta(days=1))
def watch_flags() -> int:
    """Nightly: everyone whose certificate may only hang at an enterprise; the same rows are flagged once."""
    return flags.look(at=timezone.now())


@job("talent.end_blacklistings", every=timedelta(hours=24))
def end_blacklisted_years() -> int:
    """Nightly: whoever's year on the blacklist is over. Looked at again under lock, so twice is harmless."""
    return end_blacklistings(at=timezone.now())
