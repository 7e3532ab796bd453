from datetime import timedelta

from django.utils import timezone

from portal.audit.jobs import job
from portal.people import workflow


@job("people.disable_idle_accounts", every=timedelta(days=1))
def disable_idle_accounts() -> str:
    """Nightly; selects who is still enabled after ninety idle days, so twice changes nothing."""
    return str(workflow.disable_idle_accounts(at=timezone.now()))


@job("people.discard_unverified_accounts", every=timedelta(days=1))
def discard_unverified_accounts() -> str:
    """Nightly; what is discarded is gone, so twice changes nothing."""
    return str(workflow.discard_unverified_accounts(at=timezone.now()))


@job("people.put_groups_in_step", every=timedelta(days=1))
def put_groups_in_step() -> str:
    """Nightly, after midnight; posts that began or ended today. Compares, so twice changes nothing."""
    return str(workflow.put_groups_in_step(on=timezone.localdate()))
