"""What people upload: checked by content, stripped, kept once."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from portal.audit import workflow as audit
from portal.papers import intake
from portal.papers.models import Attachment
from portal.people.crypto import keyed_hash
from portal.people.models import User
from portal.refusals import RuleBroken


def store_upload(file: UploadedFile, *, by: User | None, at: datetime) -> Attachment:
    """Check, clean and keep one uploaded file.

    PDF, JPEG, PNG, docx, xlsx and ofd by content, at most 20 MB. Raises RuleBroken in Chinese,
    saying what is wrong with the file and how to mend it; then nothing is kept.
    """
    intake.check_size(file.size or 0, file.name or "")
    received = file.read(intake.MAX_BYTES + 1)
    intake.check_size(len(received), file.name or "")
    received_sha256 = hashlib.sha256(received).hexdigest()
    known = Attachment.objects.filter(received_sha256=received_sha256).order_by("pk").last()
    if known and not default_storage.exists(known.stored_as):
        known = None
    if known:
        kept = intake.Kept(intake.clean_name(file.name or "", known.mime), known.mime, b"")
        size, sha256 = known.size, known.sha256
    else:
        kept = intake.inspect(received, file.name or "")
        size, sha256 = len(kept.content), hashlib.sha256(kept.content).hexdigest()
    with transaction.atomic():
        attachment = Attachment(
            name=kept.name,
            mime=kept.mime,
            size=size,
            sha256=sha256,
            received_sha256=received_sha256,
            stored_as=_place(sha256),
            uploaded_by=by,
            at=at,
        )
        _hold(attachment.stored_as)
        _write_once(attachment.stored_as, kept.content)
        attachment.save(force_insert=True)
        audit.record(
            "papers.attachment.stored", subject=attachment, actor=by, at=at, sha256=sha256, size=size
        )
    return attachment


@transaction.atomic
def discard(attachment: Attachment, *, by: User | None, at: datetime) -> None:
    """Delete an upload whose purpose is gone, and its bytes when nobody else holds the same.

    For drafts only: what belongs to a case is kept (the foreign key refuses). 个人信息保护法 第四十七条.
    """
    audit.record("papers.attachment.discarded", subject=attachment, actor=by, at=at, sha256=attachment.sha256)
    stored_as = attachment.stored_as
    attachment.delete()
    transaction.on_commit(lambda: _drop_unheld(stored_as))


@transaction.atomic
def _drop_unheld(stored_as: str) -> None:
    _hold(stored_as)
    if not Attachment.objects.filter(stored_as=stored_as).exists():
        default_storage.delete(stored_as)


def _hold(stored_as: str) -> None:
    """Nobody else adds or drops these bytes until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stored_as])


def _place(sha256: str) -> str:
    """A name that only this installation can compute from the bytes."""
    place = keyed_hash("attachment", sha256)
    return f"uploads/{place[:2]}/{place}"


def _write_once(stored_as: str, content: bytes) -> None:
    if default_storage.exists(stored_as):
        return
    if not content or default_storage.save(stored_as, ContentFile(content)) != stored_as:
        raise RuleBroken("文件没有存好，请重新上传。", field="file")
