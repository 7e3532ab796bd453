from datetime import timedelta

from django.utils import timezone

from portal.audit import workflow
from portal.audit.jobs import job


@job("audit.make_day_digests", every=timedelta(hours=1))
def make_day_digests() -> str:
    """Hourly; seals yesterday once. A missed night is made up by the next hour that runs."""
    now = timezone.now()
    digest = workflow.make_day_digest(timezone.localdate(now) - timedelta(days=1), at=now)
    return f"{digest.day} {digest.leaf_count}"
