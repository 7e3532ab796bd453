from datetime import timedelta

from portal.audit.jobs import job
from portal.site import findable


@job("site.reconcile_search", every=timedelta(days=1))
def reconcile_search() -> str:
    """Each night; mends what drifted from what is public, so a second run finds nothing to mend."""
    found = findable.reconcile()
    return "，".join(f"{kind} {each.mended}/{each.checked}" for kind, each in found.items())
