from datetime import timedelta

from portal.audit.jobs import job
from portal.site import findable


@job("site.reconcile_search", every=timedelta(days=1))
def reconcile_search() -> str:
    """Each night; mends what drifted from what is public, so a second run finds nothing to mend."""
    mended = {
        kind: len(d.added) + len(d.changed) + len(d.removed) for kind, d in findable.reconcile().items()
    }
    return "，".join(f"{kind} {count}" for kind, count in mended.items())
