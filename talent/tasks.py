"""Time triggers. Each selects what is not yet done, so a missed run is made up by the next."""

from datetime import timedelta

from django.utils import timezone

from portal.audit.jobs import job
from talent import sweeps


@job("talent.work_batches", every=timedelta(seconds=30))
def work_batches() -> int:
    """Every half minute: tables waiting to be checked or loaded; a step is taken under lock, so twice is harmless."""
    return sweeps.work_batches(at=timezone.now())
