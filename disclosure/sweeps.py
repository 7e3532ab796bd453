"""What comes about by itself when a time passes. Each picks what is not yet done."""

from datetime import datetime

from django.utils.timezone import localdate

from disclosure.models import BatchState, Document, DocumentState, DocumentVersion, ImportBatch, Validity
from disclosure.workflow import batches, documents, links, loading, review
from portal.refusals import RuleBroken


def publish_due(*, at: datetime) -> int:
    """Publish what was approved for a time that has come. Returns how many; who is refused is told once."""
    published = 0
    for version in DocumentVersion.objects.due(at).select_related("author", "approver").order_by("pk"):
        try:
            published += review.publish_scheduled(version, at=at)
        except RuleBroken as refusal:
            review.tell_not_published(version, reason=str(refusal), at=at)
    return published


def end_limited(*, at: datetime) -> int:
    """Take down what was public for a limited time that has passed. Returns how many."""
    over = Document.objects.filter(state=DocumentState.PUBLISHED, public_until__lt=localdate(at))
    return sum(documents.end_limited(document, at=at) for document in over.order_by("pk"))


def lapse(*, at: datetime) -> int:
    """Mark as 失效 what was valid until a day that has passed. Returns how many."""
    over = Document.objects.filter(validity=Validity.IN_FORCE, expires_on__lt=localdate(at))
    return sum(links.lapse(document, at=at) for document in over.order_by("pk"))


def work_batches(*, at: datetime) -> int:
    """Check tables that have come in, load those begun. Returns how many were worked on."""
    waiting = ImportBatch.objects.filter(state__in=(BatchState.RECEIVED, BatchState.LOADING)).order_by("pk")
    for batch in waiting:
        if batch.state == BatchState.RECEIVED:
            batches.check(batch, at=at)
        else:
            loading.load(batch, at=at)
    return len(waiting)
