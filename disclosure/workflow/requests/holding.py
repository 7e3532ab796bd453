"""Uploads of a form that is not right yet: kept, so that nothing need be chosen twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from disclosure.models.requests import HeldFile
from portal.papers import workflow as papers
from portal.papers.models import Attachment
from portal.people.models import User
from portal.refusals import RuleBroken

KEPT_FOR = timedelta(days=1)
MOST_HELD = 10
MOST_FILES = 5  # of one kind in one go


@transaction.atomic
def hold_file(form_key: UUID, file: UploadedFile, *, purpose: str, by: User | None, at: datetime) -> HeldFile:
    """Keep a checked upload under the form's own key. Raises RuleBroken for a bad file or too many."""
    if HeldFile.objects.filter(form_key=form_key).count() >= MOST_HELD:
        raise RuleBroken(f"一份申请最多上传{MOST_HELD}个文件，请先移除一个。")
    stored = papers.store_upload(file, by=by, at=at)
    return HeldFile.objects.create(form_key=form_key, attachment=stored, purpose=purpose, held_at=at)


def taken(
    form_key: UUID, purpose: str, files: Iterable[UploadedFile] | None, *, by: User | None, at: datetime
) -> list[tuple[str, Attachment]]:
    """What was held under the key for this purpose, no longer held, and ``files`` besides: for ``keep_files``."""
    held = list(
        HeldFile.objects.filter(form_key=form_key, purpose=purpose)
        .select_related("attachment")
        .order_by("pk")
    )
    new = list(files or [])
    if len(new) > MOST_FILES:
        raise RuleBroken(f"每处最多上传{MOST_FILES}个文件，现为{len(new)}个。", field="files")
    HeldFile.objects.filter(pk__in=[row.pk for row in held]).delete()
    return [(purpose, row.attachment) for row in held] + [
        (purpose, papers.store_upload(upload, by=by, at=at)) for upload in new
    ]


@transaction.atomic
def drop_file(row: HeldFile, *, by: User | None, at: datetime) -> None:
    """Take an upload back before the form is handed in."""
    row = HeldFile.objects.select_for_update(of=("self",)).select_related("attachment").get(pk=row.pk)
    row.delete()
    papers.discard(row.attachment, by=by, at=at)


def drop_stale_files(*, at: datetime) -> int:
    """Delete uploads of forms nobody handed in (个人信息保护法 第四十七条). Returns how many."""
    stale = list(HeldFile.objects.filter(held_at__lt=at - KEPT_FOR).order_by("pk")[:1000])
    for row in stale:
        drop_file(row, by=None, at=at)
    return len(stale)
