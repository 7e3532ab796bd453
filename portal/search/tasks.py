from datetime import timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from portal.audit.jobs import job
from portal.search import workflow


@job("search.tell_saved", every=timedelta(hours=1))
def tell_saved() -> int:
    """Each hour; what somebody was told of is kept by thing, so a second run tells nothing twice."""
    return workflow.tell_all(at=timezone.now())


@job("search.forget_unfound", every=timedelta(days=1))
def forget_unfound() -> int:
    """Each night; forgotten is forgotten, a second run finds nothing."""
    return workflow.forget_unfound(on=localdate())
