"""Tables of the registries: receive one, check it without effect, begin to load it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.papers.tables import cells_of, headings_of
from portal.papers.workflow import batches
from portal.papers.workflow.batches import Progress, chunks, silent
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from talent.batch_rows import TABLES, Row, TableKind, read_row
from talent.models import RegistryBatch
from talent.workflow import credit, origins

STEP = 5_000
RIGHT = "talent.import_registry"


def _require_right(kind: str, by: User | None) -> None:
    require(by, RIGHT, "您没有导入登记数据的权限。")
    if kind == TableKind.PENALTIES:
        require(by, "talent.enter_credit", credit.REFUSAL)


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
    batch = RegistryBatch(
        kind=kind, source=source.strip()[:200], department=department, name=name[:200], by=by, at=at
    )
    with batches.received(batch, table):
        wanting = TABLES[kind].lacks(headings_of(batch.table))
        if wanting:
            raise RuleBroken(
                f"这不是“{TableKind(kind).label}”的表格：第一行缺少{'、'.join(wanting)}。", field="table"
            )
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
    return batches.check(batch, lambda batch: chunks(rows_of(batch, at), STEP), at=at, progress=progress)


@transaction.atomic
def begin(batch: RegistryBatch, *, by: User | None, at: datetime) -> RegistryBatch:
    """Let the loader take the rows without fault; the others stay in the table of faults."""
    _require_right(batch.kind, by)
    origin = origins.imported(batch.source, department=batch.department, by=by, at=at)
    return batches.begin(batch, by=by, at=at, origin=origin)


def give_up(batch: RegistryBatch, *, by: User | None, at: datetime) -> RegistryBatch:
    """Not to be loaded, or no further; what is loaded stays."""
    require(by, RIGHT, "您没有导入登记数据的权限。")
    return batches.give_up(batch, by=by, at=at)


def rows_of(batch: RegistryBatch, at: datetime, *, skip: int = 0) -> Iterator[Row]:
    """Every row, read and checked; the first ``skip`` are passed over unread."""
    today = localdate(at)
    for number, cells in islice(cells_of(batch.table), skip, None):
        yield read_row(batch.kind, number, cells, today)
