"""Time triggers. Each selects what is not yet done, so a missed run is made up by the next."""

from datetime import timedelta

from django.utils import timezone

from disclosure import reminders, sweeps
from portal.audit.jobs import job


@job("disclosure.publish_due_documents", every=timedelta(minutes=1))
def publish_due_documents() -> int:
    """Each minute: what was approved for a time that has come; looked at again under lock, so twice is harmless."""
    return sweeps.publish_due(at=timezone.now())


@job("disclosure.end_limited_documents", every=timedelta(minutes=5))
def end_limited_documents() -> str:
    """Every five minutes: what was public or valid until a day that has passed. Looked at again under lock."""
    at = timezone.now()
    return f"撤下{sweeps.end_limited(at=at)}件，失效{sweeps.lapse(at=at)}件"


@job("disclosure.remind_due_documents", every=timedelta(hours=1))
def remind_due_documents() -> int:
    """Hourly: whose date of publishing, take-down or late approval is near or past; each date told once."""
    return reminders.remind_due_documents(at=timezone.now())
