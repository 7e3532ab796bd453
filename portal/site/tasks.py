from datetime import timedelta

from django.utils import timezone

from portal.audit.jobs import job
from portal.site import exits, findable


@job("site.reconcile_search", every=timedelta(days=1))
def reconcile_search() -> str:
    """Each night; mends what drifted from what is public, so a second run finds nothing to mend."""
    found = findable.reconcile()
    return "，".join(f"{kind} {each.mended}/{each.checked}" for kind, each in found.items())


@job("site.check_exits", every=timedelta(minutes=5))
def check_exits() -> int:
    """Every five minutes: what was withdrawn and not yet seen closed from outside; daily for a month after.

    It only looks and notes what it saw, so twice is harmless.
    """
    return exits.check_all(at=timezone.now())
