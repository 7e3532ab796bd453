"""Each month what was published the month before goes to the archive and the library, and a receipt comes back.

《中华人民共和国政府信息公开条例》第二十五条 asks for it without delay; the ninth to the tenth of the month is the
city's own rule.
"""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import Document, DocumentFile, DocumentVersion, Receiver, TransferBatch
from disclosure.models.transfers import TransferState
from portal.audit import workflow as audit
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, Unit

DUE_DAY = 10
WARN_DAYS = 1  # told on the ninth
BASIS = "《中华人民共和国政府信息公开条例》第二十五条；每月9日至10日报送上月公开文件"
CHANGE = "disclosure.change_transferbatch"
REFUSAL = "报送由政务公开机构办理。"
HELD_IN_MEMORY = 8 * 1024 * 1024
COLUMNS = (
    ("index_no", "索引号"), ("title", "标题"), ("doc_no", "发文字号"), ("publisher", "发布机构"), ("formed_on", "成文日期"),
    ("published_on", "发布日期"), ("name", "文件名"), ("size", "字节数"), ("sha256", "SHA-256摘要"),
)  # fmt: skip


@transaction.atomic
def open_batches(*, at: datetime) -> int:
    """A batch for each receiver: last month's, and those missed since the latest there is. Twice opens nothing."""
    office = Department.objects.filter(code=settings.DISCLOSURE_OFFICE).first()
    if office is None:
        return 0
    this_month = localdate(at).replace(day=1)
    latest = TransferBatch.objects.order_by("-month").values_list("month", flat=True).first()
    month = _after(latest) if latest else (this_month - timedelta(days=1)).replace(day=1)
    opened = 0
    while month < this_month:
        for receiver in Receiver.values:
            batch = TransferBatch.objects.create(receiver=receiver, month=month)
            batch.clock = clocks.start(
                ClockKind.TRANSFER, subject=batch, on=_after(month), limit=DUE_DAY - 1, unit=Unit.CALENDAR,
                warn_days=WARN_DAYS, basis=BASIS, department=office, by=None, at=at, label=str(batch),
            )  # fmt: skip
            batch.save(update_fields=["clock"])
            audit.record("disclosure.transfer.opened", subject=batch, actor=None, at=at, batch=str(batch))
            opened += 1
        month = _after(month)
    return opened


def _after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


@transaction.atomic
def send(batch: TransferBatch, *, by: User | None, at: datetime) -> TransferBatch:
    """Freeze the manifest of what is public of that month now, and stop the clock. A month with nothing is told too."""
    require(by, CHANGE, REFUSAL)
    batch = TransferBatch.objects.select_for_update(of=("self",)).select_related("clock").get(pk=batch.pk)
    batch.move_to(TransferState.SENT)
    batch.manifest = _manifest(batch.month, at)
    batch.sha256 = hashlib.sha256(manifest_json(batch).encode()).hexdigest()
    batch.sent_at, batch.sent_by = at, by
    if batch.clock:
        batch.clock = clocks.close(batch.clock, on=localdate(at), outcome="已报送", by=by, at=at)
    batch.save(update_fields=["state", "manifest", "sha256", "sent_at", "sent_by"])
    audit.record(
        "disclosure.transfer.sent",
        subject=batch,
        actor=by,
        at=at,
        documents=len(batch.manifest),
        sha256=batch.sha256,
    )
    return batch


@transaction.atomic
def receive(
    batch: TransferBatch, *, on: date, receipt_no: str, received_by: str, by: User | None, at: datetime
) -> TransferBatch:
    """Note the receipt the archive or the library sent back."""
    require(by, CHANGE, REFUSAL)
    batch = TransferBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.move_to(TransferState.RECEIVED)
    if batch.sent_at and on < localdate(batch.sent_at):
        raise RuleBroken("签收日期不能早于报送日期。", field="on")
    if on > localdate(at):
        raise RuleBroken("签收日期不能晚于今天。", field="on")
    batch.received_on, batch.receipt_no, batch.received_by = on, receipt_no.strip(), received_by.strip()
    batch.save(update_fields=["state", "received_on", "receipt_no", "received_by"])
    audit.record(
        "disclosure.transfer.received",
        subject=batch,
        actor=by,
        at=at,
        on=on.isoformat(),
        receipt_no=batch.receipt_no,
    )
    return batch


def _manifest(month: date, at: datetime) -> list[dict[str, Any]]:
    documents = (
        Document.objects.visible_to(None, at)
        .filter(published_on__gte=month, published_on__lt=_after(month))
        .select_related("current", "publisher")
        .order_by("published_at", "pk")
    )
    files: dict[int, list[DocumentFile]] = {}
    public = DocumentFile.objects.public().filter(version__in=documents.order_by().values("current"))
    for each in public.in_order().select_related("attachment"):
        files.setdefault(each.version_id, []).append(each)
    return [
        _line(document, document.current, files.get(document.current_id or 0, []))
        for document in documents
        if document.current
    ]


def _line(document: Document, version: DocumentVersion, files: list[DocumentFile]) -> dict[str, Any]:
    number = str(document.index_no)
    folder = number.replace("/", "_")
    body = _body(version)
    parts = [{"name": f"{folder}/正文.html", "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}]
    for position, each in enumerate(files, start=1):
        kept = each.attachment
        name = f"{folder}/附件{position}_{kept.name.replace('/', '_')}"
        parts.append({"name": name, "size": kept.size, "sha256": kept.sha256, "file": each.pk})
    return {
        "index_no": number,
        "version": version.pk,
        "title": version.title,
        "doc_no": version.doc_no,
        "publisher": document.publisher.name,
        "formed_on": version.formed_on.isoformat() if version.formed_on else "",
        "published_on": document.published_on.isoformat() if document.published_on else "",
        "parts": parts,
    }


def _body(version: DocumentVersion) -> bytes:
    """The frozen words as a page that opens by itself."""
    head = f'<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8"><title>{_escaped(version.title)}</title>\n'
    return f"{head}<h1>{_escaped(version.title)}</h1>\n{version.body}\n</html>\n".encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def manifest_json(batch: TransferBatch) -> str:
    """The manifest as it is hashed and handed over."""
    return json.dumps(batch.lines, ensure_ascii=False, sort_keys=True, indent=1)


def manifest_csv(batch: TransferBatch) -> str:
    """A row a file, for people."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([label for _, label in COLUMNS])
    for line in batch.lines:
        for part in line["parts"]:
            cells = [str({**line, **part}[name]) for name, _ in COLUMNS]
            writer.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells])
    return "\ufeff" + out.getvalue()


def pack(batch: TransferBatch) -> IO[bytes]:
    """Manifest and files as a ZIP, from the start; beyond a few megabytes it lies on disk, not in memory.

    Raises RuleBroken before the batch is sent, and for a file whose bytes are not what the manifest says.
    """
    if batch.state == TransferState.DUE:
        raise RuleBroken("请先报送，清单固定之后才能下载。")
    out = tempfile.SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 (handed out open)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("清单.json", manifest_json(batch))
        archive.writestr("清单.csv", manifest_csv(batch))
        for line in batch.lines:
            for part in line["parts"]:
                content = _content(line, part)
                if hashlib.sha256(content).hexdigest() != part["sha256"]:
                    raise RuleBroken(f"{part['name']}的内容与清单的摘要不符，请联系系统管理员。")
                archive.writestr(part["name"], content)
    out.seek(0)
    return out


def _content(line: dict[str, Any], part: dict[str, Any]) -> bytes:
    if "file" not in part:
        return _body(DocumentVersion.objects.get(pk=line["version"]))
    kept = DocumentFile.objects.select_related("attachment").get(pk=part["file"]).attachment
    with default_storage.open(kept.stored_as, "rb") as stored:
        return bytes(stored.read())


def withdrawn_since(batch: TransferBatch, at: datetime) -> list[Document]:
    """What was handed over and has been taken down since: the receiver is to be told."""
    numbers = [line["index_no"] for line in batch.lines]
    gone = Document.objects.filter(index_no__in=numbers)
    return list(
        gone.exclude(pk__in=Document.objects.visible_to(None, at).values("pk")).select_related("current")
    )
