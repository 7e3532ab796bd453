"""Tables of the registries: receive one, check it without effect, begin to load it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.papers.batches import BatchState
from portal.papers.tables import cells_of, headings_of
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from talent.batch_rows import TABLES, Row, TableKind, read_row
from talent.models import RegistryBatch, RegistryFault
from talent.workflow import credit, origins

STEP = 5_000
RIGHT = "talent.import_registry"
MOST_BYTES = 1024**3
FAULTS_KEPT = 100_000

Progress = Callable[[int, int], None]


def _require_right(kind: str, by: User | None) -> None:
    require(by, RIGHT, "您没有导入登记数据的权限。")
    if kind == TableKind.PENALTIES:
        require(by, "talent.enter_credit", credit.REFUSAL)


def silent(done: int, total: int) -> None:
    pass


@transaction.atomic
def receive(
    table: File,
    *,
    kind: str,
    source: str,
    name: str,
    department: Department | None = None,
    by: User | None,
    at: datetime,
) -> RegistryBatch:
    """Keep the table (CSV or XLSX). Raises RuleBroken for what is none, or lacks a heading."""
    _require_right(kind, by)
    if kind not in TABLES:
        raise RuleBroken("请选择表格的内容。", field="kind")
    if len(source.strip()) < 2:
        raise RuleBroken("请写明数据来源，例如：省住房和城乡建设厅人员库。", field="source")
    if kind == TableKind.PENALTIES and department is None:
        raise RuleBroken("请选择提供部门：行政处罚须写明数据来源单位。", field="department")
    if not table.size or table.size > MOST_BYTES:
        raise RuleBroken("表格是空的，或者超过1 GB。", field="table")
    batch = RegistryBatch(
        kind=kind, source=source.strip()[:200], department=department, name=name[:200], by=by, at=at
    )
    batch.table = default_storage.save(f"imports/{batch.key}.table", table)
    try:
        wanting = TABLES[kind].lacks(headings_of(batch.table))
        if wanting:
            raise RuleBroken(
                f"这不是“{TableKind(kind).label}”的表格：第一行缺少{'、'.join(wanting)}。", field="table"
            )
    except RuleBroken:
        default_storage.delete(batch.table)
        raise
    batch.save(force_insert=True)
    audit.record(
        "talent.batch.received",
        subject=batch,
        actor=by,
        at=at,
        name=batch.name,
        kind=str(kind),
        source=source,
    )
    return batch


def check(batch: RegistryBatch, *, at: datetime, progress: Progress = silent) -> RegistryBatch:
    """Read every row and keep what is wrong; the registry is not touched. Checking again starts afresh."""
    if batch.state not in (BatchState.RECEIVED, BatchState.CHECKED):
        raise RuleBroken(f"“{batch.name}”{batch.get_state_display()}，不能再检查。")
    faults: list[RegistryFault] = []
    total = bad = 0
    for chunk in chunks(rows_of(batch, at), STEP):
        total += len(chunk)
        bad += sum(bool(row.faults) for row in chunk)
        faults += fault_rows(batch, chunk)[: FAULTS_KEPT - len(faults)]
        progress(total, total)
    with transaction.atomic():
        batch = RegistryBatch.objects.select_for_update().get(pk=batch.pk)
        batch.faults.all().delete()
        RegistryFault.objects.bulk_create(faults, batch_size=2000)
        batch.rows, batch.faulty, batch.state = total, bad, BatchState.CHECKED
        batch.save(update_fields=["rows", "faulty", "state"])
        audit.record("talent.batch.checked", subject=batch, actor=batch.by, at=at, rows=total, faulty=bad)
    return batch


@transaction.atomic
def begin(batch: RegistryBatch, *, by: User | None, at: datetime) -> RegistryBatch:
    """Let the loader take the rows without fault; the others stay in the table of faults."""
    batch = RegistryBatch.objects.select_for_update().get(pk=batch.pk)
    _require_right(batch.kind, by)
    if batch.state != BatchState.CHECKED:
        raise RuleBroken(f"“{batch.name}”{batch.get_state_display()}，不能开始导入。")
    if batch.faulty >= batch.rows:
        raise RuleBroken("没有一行可以导入，请按问题清单修改后重新上传。")
    batch.faults.all().delete()
    batch.state, batch.faulty = BatchState.LOADING, 0
    batch.origin = origins.imported(batch.source, department=batch.department, by=by, at=at)
    batch.save(update_fields=["state", "faulty", "origin"])
    audit.record("talent.batch.begun", subject=batch, actor=by, at=at, rows=batch.rows)
    return batch


@transaction.atomic
def give_up(batch: RegistryBatch, *, by: User | None, at: datetime) -> RegistryBatch:
    """Not to be loaded, or no further; what is loaded stays."""
    require(by, RIGHT, "您没有导入登记数据的权限。")
    batch = RegistryBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state in (BatchState.LOADED, BatchState.GIVEN_UP):
        raise RuleBroken(f"“{batch.name}”{batch.get_state_display()}。")
    batch.state, batch.finished_at = BatchState.GIVEN_UP, at
    batch.save(update_fields=["state", "finished_at"])
    audit.record("talent.batch.given_up", subject=batch, actor=by, at=at, loaded=batch.loaded)
    return batch


def rows_of(batch: RegistryBatch, at: datetime, *, skip: int = 0) -> Iterator[Row]:
    """Every row, read and checked; the first ``skip`` are passed over unread."""
    today = localdate(at)
    for number, cells in islice(cells_of(batch.table), skip, None):
        yield read_row(batch.kind, number, cells, today)


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def fault_rows(batch: RegistryBatch, rows: list[Row]) -> list[RegistryFault]:
    return [
        RegistryFault(batch=batch, row=row.number, field=heading, message=message[:300])
        for row in rows
        for heading, message in row.faults
    ]
