"""What the law does by itself when a date passes. Each picks what is not yet done."""

from datetime import datetime

from django.utils.timezone import localdate

from disclosure.models import Consultation, InformationRequest
from disclosure.models.requests import RequestStatus
from disclosure.workflow import requests as workflow
from disclosure.workflow.requests import drop_stale_files


def expire_corrections(*, at: datetime) -> int:
    """Give up what was not corrected in time. Returns how many."""
    late = InformationRequest.objects.filter(
        status=RequestStatus.CORRECTION, correction__clock__due_on__lt=localdate(at)
    )
    return sum(not workflow.expire_correction(request, at=at).is_running for request in late.order_by("pk"))


def expire_payments(*, at: datetime) -> int:
    """Give up what was not paid in time. Returns how many."""
    late = InformationRequest.objects.filter(
        status=RequestStatus.PAYMENT, fee_notices__paid_on=None, fee_notices__clock__due_on__lt=localdate(at)
    )
    return sum(not workflow.expire_payment(request, at=at).is_running for request in late.order_by("pk"))


def expire_reasons(*, at: datetime) -> int:
    """Go on where nobody said why. Returns how many."""
    late = InformationRequest.objects.filter(
        status=RequestStatus.REASONS, reasons__clock__due_on__lt=localdate(at)
    )
    return sum(
        workflow.expire_reasons(request, at=at).status == RequestStatus.OPEN
        for request in late.order_by("pk")
    )


def expire_consultations(*, at: datetime) -> int:
    """Go on where those asked kept silent. Returns how many letters."""
    late = Consultation.objects.filter(
        opinion="", clock__due_on__lt=localdate(at), request__status=RequestStatus.CONSULTING
    )
    rows = list(late.select_related("request").order_by("clock__due_on", "pk"))
    for row in rows:
        workflow.expire_consultation(row, at=at)
    return len(rows)


__all__ = [
    "drop_stale_files",
    "expire_consultations",
    "expire_corrections",
    "expire_payments",
    "expire_reasons",
]
