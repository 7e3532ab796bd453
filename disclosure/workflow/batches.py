"""Documents in bulk: receive a table, check it without effect, load it in steps that can be taken up again.

A document that comes this way was published before, elsewhere; it has no review of ours, and its
record says which row of which table it is from. Each step is a transaction that also moves the
batch's position, so a row is loaded once however often the loader dies.
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.batch_rows import Known, Row, missing_headings, read_row
from disclosure.batch_tables import Files, cells_of, files_of, headings_of
from disclosure.models import Column, Document, ImportBatch
from portal.audit import workflow as audit
from portal.papers.workflow import batches
from portal.papers.workflow.batches import Progress, chunks, silent
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken

STEP = 500
RIGHT = "disclosure.import_document"


@transaction.atomic
def receive(
    table: File, *, name: str, by: User | None, at: datetime, files: File | None = None
) -> ImportBatch:
    """Keep the table (CSV or XLSX) and the archive of its files. Raises RuleBroken for what is none."""
    require(by, RIGHT, "您没有批量导入公开文件的权限。")
    batch = ImportBatch(name=name[:200], by=by, at=at)
    with batches.received(batch, table):
        wanting = missing_headings(headings_of(batch))
        if wanting:
            raise RuleBroken(f"表格第一行缺少必需的栏：{'、'.join(wanting)}。", field="table")
        if files is not None:
            if not zipfile.is_zipfile(files):
                raise RuleBroken("附件应打包为ZIP文件。", field="archive")
            files.seek(0)
            batch.files = default_storage.save(f"imports/{batch.key}.zip", files)
    audit.record("disclosure.batch.received", subject=batch, actor=by, at=at, name=batch.name)
    return batch


def check(
    batch: ImportBatch, *, at: datetime, progress: Progress = silent, files: Files | None = None
) -> ImportBatch:
    """Read every row and keep what is wrong; no document is touched. Checking again starts afresh."""

    def steps(batch: ImportBatch) -> Iterator[list[Row]]:
        taken: set[str] = set()
        with files_of(batch, files) as find:
            for chunk in chunks(checked_rows(batch, find, at), STEP):
                check_numbers(chunk, taken)
                yield chunk

    return batches.check(batch, steps, at=at, progress=progress)


def begin(batch: ImportBatch, *, by: User | None, at: datetime) -> ImportBatch:
    """Let the loader take the rows without fault; the others stay in the table of faults."""
    require(by, RIGHT, "您没有批量导入公开文件的权限。")
    return batches.begin(batch, by=by, at=at)


def give_up(batch: ImportBatch, *, by: User | None, at: datetime) -> ImportBatch:
    """Not to be loaded, or no further; what is loaded stays."""
    require(by, RIGHT, "您没有批量导入公开文件的权限。")
    return batches.give_up(batch, by=by, at=at)


def checked_rows(batch: ImportBatch, find: Files, at: datetime, *, skip: int = 0) -> Iterator[Row]:
    """Every row with its own faults and those it has beside the others; the first ``skip`` are only counted."""
    known, interpreted = _known(at), _interpreted(batch)
    for place, (number, cells) in enumerate(cells_of(batch)):
        if place < skip:
            yield Row(number)
            continue
        row = read_row(number, cells, known)
        _check_together(row, interpreted, find)
        yield row


def _known(at: datetime) -> Known:
    columns: dict[str, Any] = {}
    for column in Column.objects.active():
        columns[column.name] = None if column.name in columns else column
    for column in Column.objects.active():
        columns[column.slug] = column
    departments = {
        key: department
        for department in Department.objects.active()
        for key in (department.name, department.code)
    }
    return Known(columns, departments, localdate(at), timezone.get_current_timezone())


def _interpreted(batch: ImportBatch) -> set[str]:
    """Document numbers that some row of the table interprets."""
    return {text for _, cells in cells_of(batch) if (text := "".join((cells.get("解读") or "").split()))}


def _check_together(row: Row, interpreted: set[str], find: Files) -> None:
    """What a row owes to the other rows and to the files that came with the table."""
    content = row.content
    if row.is_policy and not content["no_interpretation_reason"] and content["doc_no"] not in interpreted:
        row.faults.append(
            (
                "不配解读的理由",
                "规章、行政规范性文件应当有政策解读：请在解读所在行的“解读”栏填写本文件文号，或者写明不配解读的理由。",
            )
        )
    row.faults += [("附件", f"没有找到附件“{name[:60]}”。") for name in row.files if find(name) is None]
    if row.publisher is not None and not row.index_no and not row.publisher.uscc:
        row.faults.append(
            ("索引号", f"{row.publisher}没有登记统一社会信用代码，不能编制索引号，请填写索引号。")
        )


def check_numbers(rows: list[Row], taken: set[str]) -> None:
    """No index number twice: not in the table (``taken`` so far), not in the catalogue."""
    given = [row.index_no for row in rows if row.index_no]
    stored = (
        set(Document.objects.filter(index_no__in=given).values_list("index_no", flat=True))
        if given
        else set()
    )
    for row in rows:
        if row.index_no and row.index_no in stored | taken:
            row.faults.append(("索引号", "这个索引号已经有文件，或者在本表中重复，索引号不能重复使用。"))
        taken.add(row.index_no)
