"""The files of a version in the making."""

from datetime import datetime

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import file_text
from disclosure.models import DocumentFile, DocumentVersion
from disclosure.workflow import duties, scans
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.people.models import User
from portal.refusals import RuleBroken

MOST_FILES = 20


@transaction.atomic
def attach(
    version: DocumentVersion,
    *,
    file: UploadedFile,
    by: User | None,
    at: datetime,
    title: str = "",
    is_public_copy: bool = True,
) -> DocumentFile:
    """Add a file to a draft; its text is read, scanned and, of a public copy, searched."""
    version = _editable(version, by=by, at=at)
    if version.files.count() >= MOST_FILES:
        raise RuleBroken(f"一份文件最多{MOST_FILES}个附件。", field="file")
    attachment = papers.store_upload(file, by=by, at=at)
    with default_storage.open(attachment.stored_as, "rb") as stored:
        text = file_text.read(stored.read(), attachment.mime)
    last = version.files.order_by("-position").values_list("position", flat=True).first() or 0
    row = DocumentFile.objects.create(
        version=version, attachment=attachment, title=(title.strip() or attachment.name)[:120],
        is_public_copy=is_public_copy, text=text, position=last + 1,
    )  # fmt: skip
    scans.rescan(version, at=at)
    audit.record(
        "disclosure.document.file_attached", subject=version.document, actor=by, at=at, title=row.title,
        sha256=attachment.sha256, public=is_public_copy,
    )  # fmt: skip
    return row


@transaction.atomic
def detach(row: DocumentFile, *, by: User | None, at: datetime) -> DocumentVersion:
    """Take a file off a draft."""
    version = _editable(row.version, by=by, at=at)
    title = row.title
    DocumentFile.objects.filter(pk=row.pk, version=version).delete()
    scans.rescan(version, at=at)
    audit.record("disclosure.document.file_detached", subject=version.document, actor=by, at=at, title=title)
    return version


def _editable(version: DocumentVersion, *, by: User | None, at: datetime) -> DocumentVersion:
    version = DocumentVersion.objects.locked(version)
    duties.may_edit(by, version, localdate(at))
    if not version.is_editable:
        raise RuleBroken("只有起草中的文件才能增减附件，请先收回或者退回。")
    return version
