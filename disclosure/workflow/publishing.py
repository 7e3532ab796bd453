"""A version goes public, and what follows from it in the same transaction."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localdate

from disclosure.models import (
    Document,
    DocumentLink,
    DocumentState,
    DocumentVersion,
    LinkKind,
    Validity,
)
from disclosure.models import VersionStatus as Status
from disclosure.numbering import index_head, index_number, index_period, index_series
from disclosure.workflow import citations, finding, links, scans
from portal.audit import workflow as audit
from portal.papers.numbering import next_number
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks


def put_public(version: DocumentVersion, *, by: User | None, at: datetime) -> DocumentVersion:
    """Make the locked version what the public reads. The caller has moved its status to published."""
    document, on = version.document, localdate(at)
    require_column(document)
    require_interpretation(version, at)
    scans.require_clear(version)
    version.published_at = at
    version.save(
        update_fields=[
            "status", "published_at", "approver", "secrecy_reviewer", "is_urgent", "urgent_reason", "submitted_at",
        ]
    )  # fmt: skip
    former = document.current
    if former is not None and former.pk != version.pk:
        former.move_to(Status.SUPERSEDED)
        former.save(update_fields=["status"])
    if document.index_no is None:
        document.index_no = take_index_no(document, on)
    if document.published_at is None:
        document.published_at, document.published_on = at, on
    document.state, document.current = DocumentState.PUBLISHED, version
    document.withdrawn_at, document.withdrawn_reason, document.withdrawn_by = None, "", None
    document.exits_checked_at = document.exits_clear_at = None
    document.public_until, document.expires_on = version.public_until, version.expires_on
    if version.is_policy and not document.validity:
        document.validity = Validity.IN_FORCE
    close_clock(document, on=on, by=by, at=at)
    document.save()
    links.apply_links(document, at=at, by=by)
    finding.make_findable(document)
    citations.cite_documents([document])
    audit.record(
        "disclosure.document.published", subject=document, actor=by, at=at, version=version.number,
        index_no=document.index_no, title=version.title, urgent=version.is_urgent,
    )  # fmt: skip
    return version


def require_column(document: Document) -> None:
    """Raises RuleBroken for a column that was closed meanwhile: nobody would come upon the document there."""
    if not document.column.is_active:
        raise RuleBroken(f"栏目“{document.column}”已停用，请先将文件改到在用的栏目。", field="column")


def require_interpretation(version: DocumentVersion, at: datetime) -> None:
    """A policy goes out with its interpretation (public, or as far as the policy itself) or a stated reason."""
    if not version.is_policy or version.no_interpretation_reason:
        return
    sources = interpretations_of(version)
    if not (Document.objects.visible_to(None, at).filter(pk__in=sources).exists() or companions(version)):
        raise RuleBroken(
            "规章、行政规范性文件须与政策解读同步发布：请关联已到批准环节或者已公开的解读，或者写明不配解读的理由。",
            field="no_interpretation_reason",
        )


def interpretations_of(version: DocumentVersion) -> QuerySet[DocumentLink, Any]:
    return DocumentLink.objects.filter(kind=LinkKind.INTERPRETS, target=version.document_id).values("source")


def companions(version: DocumentVersion) -> list[DocumentVersion]:
    """Interpretations of a policy that wait where it waits: approved with it, published with it."""
    if not version.is_policy:
        return []
    waiting = DocumentVersion.objects.filter(
        document__in=interpretations_of(version), status__in=(Status.APPROVAL, Status.SCHEDULED)
    )
    return list(waiting.order_by("pk"))


def take_index_no(document: Document, on: date) -> str:
    """The next index number of the publisher; its counter row is held until the transaction ends."""
    form, uscc = settings.DISCLOSURE_INDEX_FORM, document.publisher.uscc
    head = index_head(form, uscc)
    serial = next_number(index_series(head), index_period(form, on))
    return index_number(form, uscc, on, serial)


def close_clock(document: Document, *, on: date, by: User | None, at: datetime) -> None:
    clock = document.publication_clock
    if clock is not None and not clock.is_closed:
        last = clock.segments.order_by("-seq").values_list("on", flat=True)[0]
        document.publication_clock = clocks.close(clock, on=max(on, last), outcome="已公开", by=by, at=at)
