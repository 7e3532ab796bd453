"""The loader of a begun batch: each step is a transaction that also moves the batch's position.

Rows are matched by identity. What is new is copied in; what is on file and differs goes through the
one rule of provenance. Each step is a few statements, and while the database works on one, the next is
read, checked and encrypted. The batch has the audit entries, the rows name the batch's origin
and keep their versions by trigger: an entry for each of half a million people would say the same
once more.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import IntegrityError, transaction

from portal.ahead import ahead
from portal.audit import workflow as audit
from portal.papers.batches import BatchState
from portal.papers.workflow.batches import Progress, chunks, fault_rows, silent
from talent.batch_rows import Row, TableKind
from talent.models import RegistryBatch, RegistryFault
from talent.workflow import act_loading, flags, party_loading, staff_loading, staffing
from talent.workflow.batches import STEP, rows_of
from talent.workflow.party_loading import Sealed, Taken

TRIES = 3  # of a step, when somebody else enters the same party in the same moment


def load(batch: RegistryBatch, *, at: datetime, progress: Progress = silent) -> RegistryBatch:
    """Load what is left of a begun batch, STEP rows a transaction; returns at once when another loader is on it."""
    batch = RegistryBatch.objects.get(pk=batch.pk)
    if batch.state != BatchState.LOADING:
        return batch
    start = batch.position
    for chunk, sealed in ahead(_ready(batch, at)):
        moved = _load_step(batch, start, chunk, sealed, at=at)
        if moved is None:
            return RegistryBatch.objects.get(pk=batch.pk)
        batch, start = moved, start + len(chunk)
        progress(batch.position, batch.rows)
    batch = _finish(batch, at=at)
    if batch.kind == TableKind.INSURANCE:
        flags.look(at=at)
    elif batch.kind != TableKind.PENALTIES:
        staffing.watch(at=at)
    return batch


def _ready(batch: RegistryBatch, at: datetime) -> Iterator[tuple[list[Row], dict[int, Sealed]]]:
    """Steps read, checked and encrypted."""
    kind = party_loading.KINDS.get(TableKind(batch.kind))
    for chunk in chunks(rows_of(batch, at, skip=batch.position), STEP):
        yield chunk, party_loading.seal(kind, chunk) if kind else {}


def _load_step(
    batch: RegistryBatch, start: int, chunk: list[Row], sealed: dict[int, Sealed], *, at: datetime
) -> RegistryBatch | None:
    own = [list(row.faults) for row in chunk]
    for attempt in range(TRIES):
        for row, faults in zip(chunk, own, strict=True):
            row.faults = list(faults)
        try:
            return _step(batch, start, chunk, sealed, at=at)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    return None


@transaction.atomic
def _step(
    batch: RegistryBatch, start: int, chunk: list[Row], sealed: dict[int, Sealed], *, at: datetime
) -> RegistryBatch | None:
    batch = RegistryBatch.objects.select_for_update(of=("self",)).select_related("origin").get(pk=batch.pk)
    if batch.position != start or batch.state != BatchState.LOADING:
        return None
    good = [row for row in chunk if not row.faults]
    kind = party_loading.KINDS.get(TableKind(batch.kind))
    if kind is not None:
        unchanged, withheld = party_loading.take(kind, batch, good, sealed, at)
    else:
        unchanged, withheld = _TAKERS[batch.kind](batch, good, at)
    refused = sum(bool(row.faults) for row in chunk) - len(withheld)
    RegistryFault.objects.bulk_create(fault_rows(batch, chunk))
    batch.position = start + len(chunk)
    batch.rows = max(batch.rows, batch.position)
    batch.loaded += len(chunk) - refused - unchanged
    batch.unchanged += unchanged
    batch.withheld += sum(withheld.values())
    batch.faulty += refused
    batch.save(update_fields=["position", "rows", "loaded", "unchanged", "withheld", "faulty"])
    return batch


_TAKERS: dict[str, Callable[[RegistryBatch, list[Row], datetime], Taken]] = {
    TableKind.EMPLOYMENTS: staff_loading.take_employments,
    TableKind.REGISTRATIONS: staff_loading.take_registrations,
    TableKind.INSURANCE: act_loading.take_insurance,
    TableKind.PENALTIES: act_loading.take_penalties,
}


@transaction.atomic
def _finish(batch: RegistryBatch, *, at: datetime) -> RegistryBatch:
    batch = RegistryBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == BatchState.LOADING:
        batch.state, batch.finished_at = BatchState.LOADED, at
        batch.save(update_fields=["state", "finished_at"])
        audit.record(
            "talent.batch.loaded", subject=batch, actor=batch.by, at=at, loaded=batch.loaded,
            unchanged=batch.unchanged, withheld=batch.withheld, faulty=batch.faulty,
        )  # fmt: skip
    return batch
