"""What people upload: checked by content, stripped, kept once."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

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
    if known and default_storage.exists(known.stored_as):
        name = intake.clean_name(file.name or "", known.mime)
        mime, size, sha256, stored_as = known.mime, known.size, known.sha256, known.stored_as
    else:
        kept = intake.inspect(received, file.name or "")
        name, mime, size = kept.name, kept.mime, len(kept.content)
        sha256 = hashlib.sha256(kept.content).hexdigest()
        stored_as = _keep(kept.content, sha256)
    with transaction.atomic():
        attachment = Attachment.objects.create(
            name=name,
            mime=mime,
            size=size,
            sha256=sha256,
            received_sha256=received_sha256,
            stored_as=stored_as,
            uploaded_by=by,
            at=at,
        )
        audit.record(
            "papers.attachment.stored", subject=attachment, actor=by, at=at, sha256=sha256, size=size
        )
    return attachment


@transaction.atomic
def discard(attachment: Attachment, *, by: User | None, at: datetime) -> None:
    """Delete an upload whose purpose is gone, and its bytes when nobody else holds the same.

    For drafts only: what belongs to a case is kept (the foreign key refuses). 个人信息保护法 第四十七条.
    """
    same = Attachment.objects.select_for_update().filter(stored_as=attachment.stored_as)
    last_of_its_bytes = same.count() <= 1
    audit.record("papers.attachment.discarded", subject=attachment, actor=by, at=at, sha256=attachment.sha256)
    attachment.delete()
    if last_of_its_bytes:
        transaction.on_commit(lambda: default_storage.delete(attachment.stored_as))


def _keep(content: bytes, sha256: str) -> str:
    """Store bytes under a name that only this installation can compute from them."""
    place = keyed_hash("attachment", sha256)
    name = f"uploads/{place[:2]}/{place}"
    if not default_storage.exists(name):
        stored = default_storage.save(name, ContentFile(content))
        if stored != name:
            raise RuleBroken("文件没有存好，请重新上传。")
    return name
