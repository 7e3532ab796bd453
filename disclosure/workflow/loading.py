"""The loader of a checked batch: each step is a transaction that also moves the batch's position."""

from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils.timezone import localdate

from disclosure.batch_rows import Row, index_no_of
from disclosure.batch_tables import Files, cells_of, files_of
from disclosure.models import (
    BatchFault,
    BatchState,
    Document,
    DocumentFile,
    DocumentLink,
    DocumentState,
    DocumentVersion,
    ImportBatch,
    LinkKind,
    Validity,
    VersionStatus,
)
from disclosure.numbering import (
    document_number,
    index_head,
    index_number,
    index_parts,
    index_period,
    index_series,
    require_taken_over,
)
from disclosure.workflow import citations, finding, links
from disclosure.workflow.batches import STEP, check_numbers, checked_rows
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.papers.numbering import next_numbers, skip_numbers
from portal.papers.workflow.batches import Progress, chunks, fault_rows, silent
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.search import workflow as search

_MAKE_PUBLIC = """
UPDATE disclosure_document d SET state = %s, index_no = n.index_no, current_id = n.version,
    published_at = n.at, published_on = n.day, expires_on = n.expires_on, validity = n.validity
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[], %s::date[], %s::date[], %s::text[])
    AS n (id, index_no, version, at, day, expires_on, validity) WHERE d.id = n.id
"""


def load(
    batch: ImportBatch, *, at: datetime, progress: Progress = silent, files: Files | None = None
) -> ImportBatch:
    """Load what is left of a begun batch, STEP rows a transaction; returns at once when another loader is on it."""
    batch = ImportBatch.objects.get(pk=batch.pk)
    if batch.state != BatchState.LOADING:
        return batch
    start = batch.position
    if start == 0:
        _skip_numbers_brought(batch, today=localdate(at))
    with files_of(batch, files) as find, search.many_coming():
        rows = islice(checked_rows(batch, find, at, skip=start), start, None)
        for chunk in chunks(rows, STEP):
            moved = _load_step(batch, start, chunk, find, at=at)
            if moved is None:
                return ImportBatch.objects.get(pk=batch.pk)
            batch, start = moved, start + len(chunk)
            progress(batch.position, batch.rows)
    return _finish(batch, at=at)


def _skip_numbers_brought(batch: ImportBatch, *, today: date) -> None:
    """Of the numbers in the table none will be given to another document, by this load or any publication."""
    levels: dict[tuple[str, str], int] = {}
    for _, cells in cells_of(batch):
        number = index_no_of(cells)
        if not number:
            continue
        with suppress(RuleBroken):  # the row is told so when it is read
            require_taken_over(number, today)
            head, period, serial = index_parts(number)
            key = index_series(head), period
            levels[key] = max(serial, levels.get(key, 0))
    if levels:
        with transaction.atomic():
            skip_numbers(levels)


@transaction.atomic
def _load_step(
    batch: ImportBatch, start: int, chunk: list[Row], find: Files, *, at: datetime
) -> ImportBatch | None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.position != start or batch.state != BatchState.LOADING:
        return None
    check_numbers(chunk, set())
    good = [row for row in chunk if not row.faults]
    _insert(batch, good, find, at=at)
    good = [row for row in good if not row.faults]
    BatchFault.objects.bulk_create(fault_rows(batch, chunk))
    batch.position = start + len(chunk)
    batch.rows = max(batch.rows, batch.position)
    batch.loaded += len(good)
    batch.faulty += len(chunk) - len(good)
    batch.save(update_fields=["position", "rows", "loaded", "faulty"])
    return batch


def _insert(batch: ImportBatch, rows: list[Row], find: Files, *, at: datetime) -> None:
    """Documents, their versions and files, their rows in the index and in the record."""
    kept: dict[int, list[tuple[str, Any]]] = {}
    for row in rows:
        if row.files and (stored := _store_files(row, find, by=batch.by, at=at)) is not None:
            kept[row.number] = stored
    rows = [row for row in rows if not row.faults]
    if not rows:
        return
    documents = Document.objects.bulk_create(
        Document(column=row.column, publisher=row.publisher, created_at=at, batch=batch, batch_row=row.number)
        for row in rows
    )
    versions = DocumentVersion.objects.bulk_create(
        DocumentVersion(
            document=document, number=1, created_at=at, submitted_at=None, **row.content,
            # a file can only join a version that is not frozen yet
            status=VersionStatus.APPROVAL if row.number in kept else VersionStatus.PUBLISHED,
            published_at=None if row.number in kept else row.published_at,
        )
        for document, row in zip(documents, rows, strict=True)
    )  # fmt: skip
    for version, row in zip(versions, rows, strict=True):
        version.shown = []  # type: ignore[attr-defined]
        if row.number in kept:
            version.shown = DocumentFile.objects.bulk_create(  # type: ignore[attr-defined]
                DocumentFile(version=version, title=title, attachment=attachment, position=place)
                for place, (title, attachment) in enumerate(kept[row.number])
            )
            version.status, version.published_at = VersionStatus.PUBLISHED, row.published_at
            version.save(update_fields=["status", "published_at"])
    _number(rows)
    for document, version, row in zip(documents, versions, rows, strict=True):
        document.index_no, document.current, document.state = row.index_no, version, DocumentState.PUBLISHED
        document.published_at, document.published_on = row.published_at, _day_of(row)
        document.expires_on = version.expires_on
        document.validity = row.validity or (Validity.IN_FORCE if row.is_policy else "")
    _make_public(documents)
    finding.make_all_findable(documents)
    citations.cite_documents(documents)
    audit.record_all(
        "disclosure.document.imported",
        [
            audit.Deed(document, {"batch": batch.name, "row": row.number, "index_no": row.index_no})
            for document, row in zip(documents, rows, strict=True)
        ],
        actor=batch.by,
        at=at,
    )


def _make_public(documents: list[Document]) -> None:
    """In one statement: Django's bulk_update spends most of a load on composing its own."""
    columns = [
        [getattr(document, name) for document in documents]
        for name in ("pk", "index_no", "current_id", "published_at", "published_on", "expires_on", "validity")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_PUBLIC, [DocumentState.PUBLISHED, *columns])


def _number(rows: list[Row]) -> None:
    """Give index numbers to the rows that bring none; the counters are locked in the order of their names."""
    form = settings.DISCLOSURE_INDEX_FORM
    waiting: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row.index_no:
            series = index_series(index_head(form, row.publisher.uscc))
            waiting.setdefault((series, index_period(form, _day_of(row))), []).append(row)
    serials = next_numbers({key: len(group) for key, group in waiting.items()})
    for key, group in waiting.items():
        for row, serial in zip(group, serials[key], strict=True):
            row.index_no = index_number(form, row.publisher.uscc, _day_of(row), serial)


def _day_of(row: Row) -> Any:
    return localdate(row.published_at)


def _store_files(row: Row, find: Files, *, by: User | None, at: datetime) -> list[tuple[str, Any]] | None:
    """The row's files, checked and kept; None when one of them is refused, which is now a fault of the row."""
    kept = []
    for name in row.files:
        content = find(name)
        if content is None:
            row.faults.append(("附件", f"没有找到附件“{name[:60]}”。"))
            return None
        try:
            upload = SimpleUploadedFile(name.rsplit("/", 1)[-1], content)
            with transaction.atomic():
                kept.append(
                    (
                        name.rsplit("/", 1)[-1].rsplit(".", 1)[0][:120],
                        papers.store_upload(upload, by=by, at=at),
                    )
                )
        except RuleBroken as refusal:
            row.faults.append(("附件", str(refusal)[:300]))
            return None
    return kept


def _finish(batch: ImportBatch, *, at: datetime) -> ImportBatch:
    """The relations between documents, once all of them are there; then the batch is done."""
    for number, cells in cells_of(batch):
        if cells.get("解读") or cells.get("废止"):
            with transaction.atomic():
                _relate(batch, number, cells, at=at)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == BatchState.LOADING:
            batch.state, batch.finished_at = BatchState.LOADED, at
            batch.save(update_fields=["state", "finished_at"])
            audit.record(
                "disclosure.batch.loaded", subject=batch, actor=batch.by, at=at, loaded=batch.loaded,
                faulty=batch.faulty,
            )  # fmt: skip
    return batch


def _relate(batch: ImportBatch, number: int, cells: dict[str, Any], *, at: datetime) -> None:
    source = Document.objects.filter(batch=batch, batch_row=number).first()
    if source is None:
        return
    for kind, heading in ((LinkKind.INTERPRETS, "解读"), (LinkKind.REPEALS, "废止")):
        if not (cells.get(heading) or "").strip():
            continue
        doc_no = document_number(cells[heading])
        target = _numbered(doc_no)
        if target is None:
            message = f"没有找到文号为{doc_no}的文件；本行已导入，关系没有建立。"
            BatchFault.objects.get_or_create(batch=batch, row=number, field=heading, message=message)
        elif (
            target != source
            and not DocumentLink.objects.filter(kind=kind, source=source, target=target).exists()
        ):
            links.add(kind, source=source, target=target, by=None, at=at)


def _numbered(doc_no: str) -> Document | None:
    found = Document.objects.filter(current__doc_no=doc_no, state=DocumentState.PUBLISHED)
    return found.order_by("pk").first()
