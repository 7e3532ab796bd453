"""Every change of a document, from draft to tombstone. Nothing else writes to one."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines, rich_text
from disclosure.models import (
    Attribute,
    Column,
    Document,
    DocumentFile,
    DocumentState,
    DocumentVersion,
)
from disclosure.models import VersionStatus as Status
from disclosure.numbering import document_number
from disclosure.workflow import duties, finding, publishing, review, scans
from portal.audit import workflow as audit
from portal.days import spoken
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.workdays import workflow as clocks
from portal.workdays.calendar import OutsideCalendar
from portal.workdays.models import Clock, ClockKind

CONTENT = (
    "title", "summary", "body", "formed_on", "doc_no", "topic", "genre", "group", "audience", "keywords",
    "attribute", "withheld_reason", "methods", "scope", "public_until", "effective_on", "expires_on",
    "statutory_item", "source", "editor", "office", "no_interpretation_reason", "change_note",
)  # fmt: skip


@transaction.atomic
def draft(
    *,
    column: Column,
    publisher: Department,
    title: str,
    by: User | None,
    at: datetime,
    joint_publishers: Iterable[Department] = (),
    **content: Any,
) -> DocumentVersion:
    """A new document with its first version in the making. ``content``: any of CONTENT."""
    on = localdate(at)
    duties.may_draft(by, publisher, on)
    document = Document.objects.create(column=column, publisher=publisher, created_at=at)
    document.joint_publishers.set(each for each in joint_publishers if each.pk != publisher.pk)
    version = DocumentVersion(document=document, number=1, author=by, created_at=at, title=title)
    _take(version, {"title": title, **content})
    version.source = version.source or publisher.name
    version.save()
    scans.rescan(version, at=at)
    _keep_clock(document, version, by=by, at=at)
    audit.record(
        "disclosure.document.drafted", subject=document, actor=by, at=at, title=version.title,
        column=column.name,
    )  # fmt: skip
    return version


@transaction.atomic
def edit(
    version: DocumentVersion,
    *,
    by: User | None,
    at: datetime,
    column: Column | None = None,
    joint_publishers: Iterable[Department] | None = None,
    seen: str = "",
    **content: Any,
) -> DocumentVersion:
    """Change a draft. Raises RuleBroken once it has been handed in, or when it is no longer as ``seen``."""
    version = DocumentVersion.objects.locked(version)
    if seen and seen != fingerprint(version):
        raise RuleBroken("您打开之后，有人改过这份文件。请把您的修改另存后刷新页面，再合并保存。")
    duties.may_edit(by, version, localdate(at))
    if not version.is_editable:
        raise RuleBroken(f"《{version.title}》现为“{version.get_status_display()}”，收回或者退回后才能修改。")
    document = version.document
    before = {name: getattr(version, name) for name in CONTENT}
    _take(version, content)
    changed = sorted(name for name in CONTENT if getattr(version, name) != before[name])
    if column is not None and column.pk != document.column_id:
        document.column = column
        document.save(update_fields=["column"])
        changed.append("column")
    if joint_publishers is not None:
        wanted = {each.pk for each in joint_publishers}
        if wanted != set(document.joint_publishers.values_list("pk", flat=True)):
            document.joint_publishers.set(wanted)
            changed.append("joint_publishers")
    if not changed:
        return version
    version.save(update_fields=[*CONTENT, "text"])
    scans.rescan(version, at=at)
    _keep_clock(document, version, by=by, at=at)
    audit.record("disclosure.document.edited", subject=document, actor=by, at=at, fields=changed)
    return version


@transaction.atomic
def discard(version: DocumentVersion, *, by: User | None, at: datetime) -> DocumentVersion:
    """Throw a draft away; the record of it stays."""
    version = DocumentVersion.objects.locked(version)
    duties.may_edit(by, version, localdate(at))
    version.move_to(Status.DISCARDED)
    version.save(update_fields=["status"])
    document = version.document
    outcome = "不再公开" if document.state == DocumentState.UNPUBLISHED else "不再修改"
    _end_clock(document, outcome=outcome, by=by, at=at)
    audit.record("disclosure.document.discarded", subject=document, actor=by, at=at, version=version.number)
    return version


@transaction.atomic
def revise(document: Document, *, by: User | None, at: datetime, change_note: str = "") -> DocumentVersion:
    """A new version to work on, copied from the latest; the one there is when one is open.

    A change of public information owes its own publication within twenty working days (第二十六条).
    """
    document = Document.objects.locked(document)
    duties.may_draft(by, document.publisher, localdate(at))
    if found := document.open_version:
        return found
    latest = document.versions.order_by("-number").first()
    if latest is None:
        raise LookupError("a document has a version from the start")
    version = DocumentVersion(
        document=document, number=latest.number + 1, author=by, created_at=at, text=latest.text,
        **{name: getattr(latest, name) for name in CONTENT},
    )  # fmt: skip
    version.change_note = change_note.strip()
    version.save()
    DocumentFile.objects.bulk_create(
        DocumentFile(
            version=version, title=each.title, attachment_id=each.attachment_id, text=each.text,
            is_public_copy=each.is_public_copy, position=each.position,
        )
        for each in latest.files.in_order()
    )  # fmt: skip
    scans.rescan(version, at=at)
    if document.state == DocumentState.PUBLISHED:
        document.publication_clock = _start_clock(document, version, localdate(at), by=by, at=at)
        document.save(update_fields=["publication_clock"])
    audit.record(
        "disclosure.document.revised", subject=document, actor=by, at=at, version=version.number,
        note=version.change_note,
    )  # fmt: skip
    return version


@transaction.atomic
def withdraw(document: Document, *, reason: str, by: User | None, at: datetime) -> Document:
    """Take a public document down; the record stays, a tombstone gives the reason. Gone from search at once.

    A new version that waits for its hour goes back to its author: it would put up again what was taken down.
    """
    document = Document.objects.locked(document)
    duties.require_post(by, document, duties.APPROVING, localdate(at), office=True)
    reason = duties.opinion_of(reason, field="reason", what="撤下原因", most=300)
    if document.state != DocumentState.PUBLISHED:
        raise RuleBroken("只有已公开的文件才能撤下。")
    document.state = DocumentState.WITHDRAWN
    document.withdrawn_at, document.withdrawn_reason, document.withdrawn_by = at, reason, by
    clock = document.takedown_clock
    if clock is not None and not clock.is_closed:
        document.takedown_clock = clocks.close(clock, on=localdate(at), outcome="已撤下", by=by, at=at)
    document.save(
        update_fields=["state", "withdrawn_at", "withdrawn_reason", "withdrawn_by", "takedown_clock"]
    )
    search.remove(finding.KIND, str(document.key))
    review.end_with(document, by=by, at=at)
    audit.record("disclosure.document.withdrawn", subject=document, actor=by, at=at, reason=reason)
    return document


@transaction.atomic
def end_limited(document: Document, *, at: datetime) -> bool:
    """A publication limited in time is taken down when its last day has passed. Looked at again under lock."""
    document = Document.objects.locked(document)
    until = document.public_until
    if document.state != DocumentState.PUBLISHED or until is None or until >= localdate(at):
        return False
    withdraw(document, reason=f"限时公开已于{spoken(until)}期满。", by=None, at=at)
    return True


@transaction.atomic
def order_takedown(
    document: Document, *, reason: str, changed_on: date, by: User | None, at: datetime
) -> Document:
    """A penalty decision was changed, revoked or annulled: three working days to take it down (第四十八条)."""
    document = Document.objects.locked(document)
    duties.require_post(by, document, (*duties.DRAFTING, *duties.APPROVING), localdate(at), office=True)
    reason = duties.opinion_of(reason, field="reason", what="撤下原因", most=300)
    if document.state != DocumentState.PUBLISHED:
        raise RuleBroken("只有已公开的文件才需要撤下。")
    if document.takedown_clock is not None and not document.takedown_clock.is_closed:
        raise RuleBroken("已经登记过撤下时限。")
    if changed_on > localdate(at):
        raise RuleBroken("变更、撤销的日期不能晚于今天。", field="changed_on")
    formed_on = document.current.formed_on if document.current else None
    if formed_on and changed_on < formed_on:
        raise RuleBroken(f"变更、撤销的日期不能早于成文日期（{spoken(formed_on)}）。", field="changed_on")
    document.takedown_clock = clocks.start(
        ClockKind.TAKEDOWN, subject=document, on=changed_on, limit=deadlines.TAKEDOWN_WORKDAYS,
        basis=deadlines.TAKEDOWN_BASIS, department=document.publisher, handler=by,
        label=f"公开文件{document.index_no}", by=by, at=at,
    )  # fmt: skip
    document.save(update_fields=["takedown_clock"])
    audit.record(
        "disclosure.document.takedown_ordered", subject=document, actor=by, at=at, reason=reason,
        changed_on=changed_on.isoformat(), due_on=document.takedown_clock.due_on.isoformat(),
    )  # fmt: skip
    return document


@transaction.atomic
def move(document: Document, *, column: Column, by: User | None, at: datetime) -> Document:
    """Hang a public document under another column; its address and number stay."""
    document = Document.objects.locked(document)
    duties.require_post(by, document, (*duties.DRAFTING, *duties.APPROVING), localdate(at), office=True)
    former, document.column = document.column, column
    publishing.require_column(document)
    document.save(update_fields=["column"])
    if document.state == DocumentState.PUBLISHED:
        finding.make_findable(document)
    audit.record(
        "disclosure.document.moved", subject=document, actor=by, at=at, before=former.name, after=column.name
    )
    return document


def fingerprint(version: DocumentVersion) -> str:
    """What the draft says now, in short: a page that was made from something else is out of date."""
    said = [str(getattr(version, name)) for name in CONTENT]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def _take(version: DocumentVersion, content: dict[str, Any]) -> None:
    """Put what was given on the row in memory, in its normal form."""
    if unknown := set(content) - set(CONTENT):
        raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
    for name, value in content.items():
        setattr(version, name, value.strip() if isinstance(value, str) else value)
    if not version.title:
        raise RuleBroken("请填写标题。", field="title")
    if "doc_no" in content:
        version.doc_no = document_number(version.doc_no)
    if "body" in content:
        version.body = rich_text.clean(version.body)
        version.text = rich_text.text_of(version.body)
    if version.attribute == Attribute.WITHHELD and not version.withheld_reason:
        raise RuleBroken("不予公开的，请写明理由。", field="withheld_reason")
    if version.effective_on and version.expires_on and version.expires_on < version.effective_on:
        raise RuleBroken("有效期至不能早于施行日期。", field="expires_on")


def _keep_clock(document: Document, version: DocumentVersion, *, by: User | None, at: datetime) -> None:
    """A document not yet public owes its publication from the day it was formed (第二十六条)."""
    if document.state != DocumentState.UNPUBLISHED:
        return
    clock, formed_on = document.publication_clock, version.formed_on
    if clock is not None and (formed_on == clock.started_on or clock.is_closed):
        return
    if clock is not None:
        _end_clock(document, outcome="更正成文日期", by=by, at=at)
    document.publication_clock = (
        _start_clock(document, version, formed_on, by=by, at=at) if formed_on else None
    )
    document.save(update_fields=["publication_clock"])


def _start_clock(
    document: Document, version: DocumentVersion, on: date, *, by: User | None, at: datetime
) -> Clock | None:
    """None for a day before the calendar begins: what was formed then is no longer owed in time."""
    try:
        with transaction.atomic():
            return clocks.start(
                ClockKind.DISCLOSURE, subject=document, on=on, limit=deadlines.PUBLICATION_WORKDAYS,
                basis=deadlines.PUBLICATION_BASIS, department=document.publisher, handler=version.author,
                label=f"公开《{version.title}》"[:120], by=by, at=at,
            )  # fmt: skip
    except OutsideCalendar:
        return None


def _end_clock(document: Document, *, outcome: str, by: User | None, at: datetime) -> None:
    clock = document.publication_clock
    if clock is not None and not clock.is_closed:
        clocks.close(clock, on=max(localdate(at), clock.started_on), outcome=outcome, by=by, at=at)
