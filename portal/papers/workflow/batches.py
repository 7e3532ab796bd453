"""A table taken in bulk: kept, checked without effect, begun or given up. Its domain reads the rows and loads them.

Rights are asked for by the domain, and its audit actions are ``<app>.batch.…``.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from portal.audit import workflow as audit
from portal.papers.batches import BatchState
from portal.people.models import User
from portal.refusals import RuleBroken

MOST_BYTES = 1024**3
FAULTS_KEPT = 100_000

Progress = Callable[[int, int], None]
B = TypeVar("B", bound=Any)  # a Batch; what Django knows of its heir's ``faults`` no type says


class Row(Protocol):
    number: int
    faults: list[tuple[str, str]]


R = TypeVar("R", bound=Row)


def silent(done: int, total: int) -> None:
    pass


@contextmanager
def received(batch: Any, table: File) -> Iterator[None]:
    """Keep the table, and the batch once it has been looked at; neither when that raises RuleBroken."""
    if not table.size or table.size > MOST_BYTES:
        raise RuleBroken("表格是空的，或者超过1 GB。", field="table")
    batch.table = default_storage.save(f"imports/{batch.key}.table", table)
    try:
        yield
    except RuleBroken:
        default_storage.delete(batch.table)
        raise
    batch.save(force_insert=True)


def check(
    batch: B,
    chunks: Callable[[B], Iterable[list[Any]]],
    *,
    at: datetime,
    progress: Progress = silent,
) -> B:
    """Read every row and keep what is wrong; nothing else is touched. Checking again starts afresh."""
    if batch.state not in (BatchState.RECEIVED, BatchState.CHECKED):
        raise RuleBroken(f"“{batch.name}”{batch.get_state_display()}，不能再检查。")
    faults: list[Any] = []
    total = bad = 0
    for chunk in chunks(batch):
        total += len(chunk)
        bad += sum(bool(row.faults) for row in chunk)
        faults += fault_rows(batch, chunk)[: FAULTS_KEPT - len(faults)]
        progress(total, total)
    with transaction.atomic():
        batch = _locked(batch)
        batch.faults.all().delete()
        batch.faults.bulk_create(faults, batch_size=2000)
        batch.rows, batch.faulty, batch.state = total, bad, BatchState.CHECKED
        batch.save(update_fields=["rows", "faulty", "state"])
        _record(batch, "checked", by=batch.by, at=at, rows=total, faulty=bad)
    return batch


@transaction.atomic
def begin(batch: B, *, by: User | None, at: datetime, **more: Any) -> B:
    """Let the loader take the rows without fault; the others stay in the table of faults.

    ``more`` are fields of the batch that are known from here on.
    """
    batch = _locked(batch)
    if batch.state != BatchState.CHECKED:
        raise RuleBroken(f"“{batch.name}”{batch.get_state_display()}，不能开始导入。")
    if batch.faulty >= batch.rows:
        raise RuleBroken("没有一行可以导入，请按问题清单修改后重新上传。")
    batch.faults.all().delete()
    for name, value in (more | {"state": BatchState.LOADING, "faulty": 0}).items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", "faulty", *more])
    _record(batch, "begun", by=by, at=at, rows=batch.rows)
    return batch


@transaction.atomic
def give_up(batch: B, *, by: User | None, at: datetime) -> B:
    """Not to be loaded, or no further; what is loaded stays."""
    batch = _locked(batch)
    if batch.state in (BatchState.LOADED, BatchState.GIVEN_UP):
        raise RuleBroken(f"“{batch.name}”{batch.get_state_display()}。")
    batch.state, batch.finished_at = BatchState.GIVEN_UP, at
    batch.save(update_fields=["state", "finished_at"])
    _record(batch, "given_up", by=by, at=at, loaded=batch.loaded)
    return batch


def chunks(rows: Iterable[R], size: int) -> Iterator[list[R]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def fault_rows(batch: Any, rows: Iterable[Row]) -> list[Any]:
    """Not stored yet, one for each thing that is wrong."""
    return [
        batch.faults.model(batch=batch, row=row.number, field=field, message=message[:300])
        for row in rows
        for field, message in row.faults
    ]


def _locked(batch: B) -> B:
    return type(batch).objects.select_for_update().get(pk=batch.pk)


def _record(batch: Any, deed: str, *, by: User | None, at: datetime, **facts: Any) -> None:
    audit.record(f"{batch._meta.app_label}.batch.{deed}", subject=batch, actor=by, at=at, **facts)
