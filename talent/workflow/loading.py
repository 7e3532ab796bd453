"""The loader of a begun batch: each step is a transaction that also moves the batch's position.

Rows are matched by identity. What is new is copied in; what is on file and differs goes through the
one rule of provenance, row by row. The batch has the audit entries, the rows name the batch's origin
and keep their versions by trigger: an entry for each of half a million people would say the same
once more.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from portal import copying
from portal.audit import workflow as audit
from portal.papers.batches import BatchState
from portal.people.crypto import keyed_hash
from portal.people.models import ApplicantType, IdType, Party, PartyKind
from talent.batch_rows import Row, TableKind
from talent.models import (
    Enterprise,
    Person,
    RegistryBatch,
    RegistryFault,
)
from talent.models.origins import label_of
from talent.workflow import facts, finding, staff_loading, staffing
from talent.workflow.batches import STEP, Progress, chunks, fault_rows, rows_of, silent
from talent.workflow.entries import read_number
from talent.workflow.staff_loading import Taken

TRIES = 3  # of a step, when somebody else enters the same party in the same moment


def load(batch: RegistryBatch, *, at: datetime, progress: Progress = silent) -> RegistryBatch:
    """Load what is left of a begun batch, STEP rows a transaction; returns at once when another loader is on it."""
    batch = RegistryBatch.objects.get(pk=batch.pk)
    if batch.state != BatchState.LOADING:
        return batch
    start = batch.position
    for chunk in chunks(rows_of(batch, at, skip=start), STEP):
        moved = _load_step(batch, start, chunk, at=at)
        if moved is None:
            return RegistryBatch.objects.get(pk=batch.pk)
        batch, start = moved, start + len(chunk)
        progress(batch.position, batch.rows)
    batch = _finish(batch, at=at)
    staffing.watch(at=at)
    return batch


def _load_step(batch: RegistryBatch, start: int, chunk: list[Row], *, at: datetime) -> RegistryBatch | None:
    own = [list(row.faults) for row in chunk]
    for attempt in range(TRIES):
        for row, faults in zip(chunk, own, strict=True):
            row.faults = list(faults)
        try:
            return _step(batch, start, chunk, at=at)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    return None


@transaction.atomic
def _step(batch: RegistryBatch, start: int, chunk: list[Row], *, at: datetime) -> RegistryBatch | None:
    batch = RegistryBatch.objects.select_for_update(of=("self",)).select_related("origin").get(pk=batch.pk)
    if batch.position != start or batch.state != BatchState.LOADING:
        return None
    good = [row for row in chunk if not row.faults]
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


def _take_enterprises(batch: RegistryBatch, rows: list[Row], at: datetime) -> Taken:
    rows = _once(rows, "uscc", "统一社会信用代码")
    hashes = {row.number: keyed_hash("id_number", row.keys["uscc"]) for row in rows}
    parties = _parties([IdType.USCC], list(hashes.values()))
    known = {row.party_id: row for row in _on_file(Enterprise, parties)}
    fresh: list[tuple[Row, Party]] = []
    unchanged = 0
    withheld: dict[int, int] = {}
    for row in rows:
        party = parties.get(hashes[row.number])
        if party is not None and party.name != row.values["name"]:
            row.faults.append(
                ("企业名称", f"这个统一社会信用代码已登记为“{party.name}”，请核对；更名请到窗口办理。")
            )
        elif party is not None and party.pk in known:
            _compare(batch, row, known[party.pk], withheld)
            unchanged += not row.values
        else:
            fresh.append((row, party or _new_party(row, PartyKind.ENTERPRISE, hashes[row.number], at)))
    _enter_parties([party for _, party in fresh])
    today, keys = localdate(at), copying.keys(Enterprise, len(fresh))
    copying.copy_models(
        [
            Enterprise(
                pk=key, party=party, uscc=row.keys["uscc"], origin=batch.stated, registered_on=today,
                **{"region_code": row.keys["uscc"][2:8], **row.values},
            )
            for key, (row, party) in zip(keys, fresh, strict=True)
        ]
    )  # fmt: skip
    finding.renew_enterprises(keys)
    return unchanged, withheld


def _take_people(batch: RegistryBatch, rows: list[Row], at: datetime) -> Taken:
    rows = _once(rows, "id_number", "证件号码")
    hashes = {row.number: keyed_hash("id_number", row.keys["id_number"]) for row in rows}
    parties = _parties([IdType.ID_CARD, IdType.RESIDENCE_PERMIT], list(hashes.values()))
    known = {row.party_id: row for row in _on_file(Person, parties)}
    fresh: list[tuple[Row, Party]] = []
    unchanged = 0
    withheld: dict[int, int] = {}
    for row in rows:
        party = parties.get(hashes[row.number])
        if party is not None and party.name != row.values["name"]:
            row.faults.append(("姓名", "这个证件号码已登记在其他姓名下，请核对；更名请本人到窗口办理。"))
        elif party is not None and party.pk in known:
            _compare(batch, row, known[party.pk], withheld)
            unchanged += not row.values
        else:
            fresh.append((row, party or _new_party(row, PartyKind.NATURAL, hashes[row.number], at)))
    _enter_parties([party for _, party in fresh])
    today, keys = localdate(at), copying.keys(Person, len(fresh))
    copying.copy_models(
        [
            Person(
                pk=key, party=party, origin=batch.stated, registered_on=today,
                **read_number(row.keys["id_number"]), **row.values,
            )
            for key, (row, party) in zip(keys, fresh, strict=True)
        ]
    )  # fmt: skip
    return unchanged, withheld


def _once(rows: list[Row], key: str, heading: str) -> list[Row]:
    """The rows without those that repeat a key of this step; across steps the later one meets the earlier on file."""
    first: dict[str, int] = {}
    kept = []
    for row in rows:
        number = first.setdefault(row.keys[key], row.number)
        if number == row.number:
            kept.append(row)
        else:
            row.faults.append((heading, f"与第{number}行重复。"))
    return kept


def _parties(id_types: list[str], hashes: list[str]) -> dict[str, Party]:
    found = Party.objects.filter(id_type__in=id_types, id_hash__in=hashes).only("pk", "name", "id_hash")
    return {party.id_hash: party for party in found}


def _on_file(model: type[Enterprise | Person], parties: dict[str, Party]) -> list[Any]:
    if not parties:
        return []
    return list(model._default_manager.filter(party__in=[party.pk for party in parties.values()]))


def _compare(batch: RegistryBatch, row: Row, held: Any, withheld: dict[int, int]) -> None:
    """Leave in ``values`` what differs, put it through the rule, and tell what may not be changed."""
    row.values = {name: value for name, value in row.values.items() if getattr(held, name) != value}
    if not row.values:
        return
    refused = facts.state(held, row.values, origin=batch.stated)
    for name in refused:
        row.faults.append(
            (
                label_of(type(held), name),
                "登记的内容来自批后自动入库或者更可靠的来源，本表不能改动，其余内容已更新。",
            )
        )
    if refused:
        withheld[row.number] = len(refused)


def _new_party(row: Row, kind: str, id_hash: str, at: datetime) -> Party:
    natural = kind == PartyKind.NATURAL
    party = Party(
        kind=kind,
        applicant_type=ApplicantType.NATURAL if natural else ApplicantType.BUSINESS,
        name=row.values["name"],
        id_type=IdType.ID_CARD if natural else IdType.USCC,
        id_number=row.keys["id_number" if natural else "uscc"],
        id_hash=id_hash,
        legal_representative=row.values.get("legal_representative", ""),
        registry_verified=True,
        created_at=at,
    )
    if phone := row.keys.get("phone"):
        party.set_phone(phone)
    return party


def _enter_parties(parties: list[Party]) -> None:
    new = [party for party in parties if party.pk is None]
    for key, party in zip(copying.keys(Party, len(new)), new, strict=True):
        party.pk = key
    copying.copy_models(new)


_TAKERS: dict[str, Callable[[RegistryBatch, list[Row], datetime], Taken]] = {
    TableKind.ENTERPRISES: _take_enterprises,
    TableKind.PEOPLE: _take_people,
    TableKind.EMPLOYMENTS: staff_loading.take_employments,
    TableKind.REGISTRATIONS: staff_loading.take_registrations,
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
