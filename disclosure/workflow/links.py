"""What documents say about each other, and the validity that follows."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import Document, DocumentLink, DocumentState, LinkKind, Validity
from disclosure.workflow import duties, finding
from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken

# The strongest word about a document stands.
STRENGTH = (Validity.REPEALED, Validity.LAPSED, Validity.AMENDED)


@transaction.atomic
def add(
    kind: str, *, source: Document, target: Document, by: User | None, at: datetime, note: str = ""
) -> DocumentLink:
    """Say that ``source`` interprets, supersedes, repeals or amends ``target``; acts at once if it is public."""
    if source.pk == target.pk:
        raise RuleBroken("文件不能与自己建立关系。", field="target")
    duties.require_post(by, source, _roles(), localdate(at), office=True)
    source, target = _locked(source, target)
    if DocumentLink.objects.filter(kind=kind, source=source, target=target).exists():
        raise RuleBroken("这两份文件之间已经有这个关系。", field="target")
    link = DocumentLink.objects.create(
        kind=LinkKind(kind), source=source, target=target, by=by, at=at, note=note.strip()
    )
    audit.record(
        "disclosure.document.linked", subject=source, actor=by, at=at, kind=link.get_kind_display(),
        target=str(target),
    )  # fmt: skip
    if source.state == DocumentState.PUBLISHED:
        settle_validity(target, by=by, at=at)
    return link


@transaction.atomic
def remove(link: DocumentLink, *, reason: str, by: User | None, at: datetime) -> None:
    """Take a relation back; the target's validity follows from what is still said about it."""
    duties.require_post(by, link.source, _roles(), localdate(at), office=True)
    reason = duties.opinion_of(reason, field="reason", what="取消关系的理由", most=300)
    source, target = _locked(link.source, link.target)
    DocumentLink.objects.filter(pk=link.pk).delete()
    audit.record(
        "disclosure.document.unlinked", subject=source, actor=by, at=at, kind=link.get_kind_display(),
        target=str(target), reason=reason,
    )  # fmt: skip
    if source.state == DocumentState.PUBLISHED and link.makes:
        settle_validity(target, by=by, at=at)


def settle_validity(target: Document, *, by: User | None, at: datetime) -> None:
    """Store on the locked target what the public documents about it make of it."""
    said = {
        link.makes
        for link in target.links_in.filter(source__state=DocumentState.PUBLISHED)
        if link.kind != LinkKind.INTERPRETS
    }
    strongest = next((word for word in STRENGTH if word in said), "")
    standing = Validity.IN_FORCE if target.validity else ""
    if target.expires_on and target.expires_on < localdate(at) and standing:
        standing = Validity.LAPSED
    wanted = strongest or standing
    if wanted == target.validity:
        return
    before, target.validity = target.validity, wanted
    target.save(update_fields=["validity"])
    finding.renew(target)
    audit.record(
        "disclosure.document.validity_set", subject=target, actor=by, at=at, before=before, after=wanted
    )


def apply_links(document: Document, *, by: User | None, at: datetime) -> None:
    """A document that has just become public acts on what it supersedes, repeals or amends."""
    targets = document.links_out.exclude(kind=LinkKind.INTERPRETS).order_by("target_id").values("target_id")
    for row in targets:
        settle_validity(Document.objects.locked(Document(pk=row["target_id"])), by=by, at=at)


@transaction.atomic
def lapse(document: Document, *, at: datetime) -> bool:
    """A validity whose last day has passed is over. Looked at again under lock."""
    document = Document.objects.locked(document)
    if document.validity != Validity.IN_FORCE or not document.expires_on:
        return False
    if document.expires_on >= localdate(at):
        return False
    document.validity = Validity.LAPSED
    document.save(update_fields=["validity"])
    finding.renew(document)
    audit.record(
        "disclosure.document.lapsed", subject=document, actor=None, at=at,
        expires_on=document.expires_on.isoformat(),
    )  # fmt: skip
    return True


def _roles() -> tuple[str, ...]:
    return (*duties.DRAFTING, *duties.REVIEWING, *duties.APPROVING)


def _locked(source: Document, target: Document) -> tuple[Document, Document]:
    """Both rows, in the order of their keys, so that two such calls never wait for each other."""
    rows = {pk: Document.objects.locked(Document(pk=pk)) for pk in sorted((source.pk, target.pk))}
    return rows[source.pk], rows[target.pk]
