"""What is told of a document that was public and is no longer: why and since when, never what it said."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from disclosure.models import Document


@dataclass(frozen=True)
class Tombstone:
    reason: str
    on: date


def tombstone(at: datetime, **which: object) -> Tombstone | None:
    """``which`` names one document by a unique field. None: it is public, never was, or is unknown."""
    document = Document.objects.filter(published_at__lte=at, **which).first()
    if document is None or document.is_visible_to(None, at):
        return None
    if document.is_withdrawn and document.withdrawn_at is not None:
        return Tombstone(document.withdrawn_reason, localdate(document.withdrawn_at))
    if document.public_until is not None:
        return Tombstone("公开期限已满，不再公开。", document.public_until)
    return None
