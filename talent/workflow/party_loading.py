"""Enterprises and people of a table, a step at a time; see ``loading``."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from portal import copying
from portal.people.crypto import encrypt_all, keyed_hashes
from portal.people.models import ApplicantType, IdType, Party, PartyKind
from talent.batch_rows import Row, TableKind
from talent.models import Enterprise, Person, RegistryBatch
from talent.models.origins import label_of
from talent.workflow import facts, finding
from talent.workflow.entries import read_number

Taken = tuple[int, dict[int, int]]  # rows without change; fields withheld by row number

# The condition on id_hash is that of the index: of a long list the planner does not see that it holds.
_ON_FILE = """
SELECT a.id_hash, a.id, a.name, r.id FROM people_party a LEFT JOIN {table} r ON r.party_id = a.id
WHERE a.id_type = ANY(%s) AND a.id_hash <> '' AND a.id_hash = ANY(%s)
"""
_PARTY = ("id", "name", "id_number", "id_hash", "phone", "phone_hash", "legal_representative")


@dataclass(frozen=True)
class Kind:
    """What a table is about: whose key it has, and which fields of the record it may state."""

    model: type[Any]
    key: str  # of the row's keys
    heading: str
    id_types: tuple[str, ...]
    party: dict[str, str]
    fields: tuple[str, ...]  # stated by the table
    derived: tuple[str, ...]  # read from the identity, or made up
    misnamed: str

    @property
    def varying(self) -> tuple[str, ...]:
        return ("id", "party", "origins", *self.fields, *self.derived)


_PEOPLE = Kind(
    Person, "id_number", "证件号码", (IdType.ID_CARD, IdType.RESIDENCE_PERMIT),
    {"kind": PartyKind.NATURAL, "applicant_type": ApplicantType.NATURAL, "id_type": IdType.ID_CARD},
    (
        "name", "education", "school", "major", "graduated_on", "title", "title_name", "title_no", "career_from",
        "region_code",
    ),
    ("born_on", "sex", "key"),
    "这个证件号码已登记在其他姓名下，请核对；更名请本人到窗口办理。",
)  # fmt: skip
_ENTERPRISES = Kind(
    Enterprise, "uscc", "统一社会信用代码", (IdType.USCC,),
    {"kind": PartyKind.ENTERPRISE, "applicant_type": ApplicantType.BUSINESS, "id_type": IdType.USCC},
    (
        "name", "kind", "region_code", "address", "legal_representative", "contact", "contact_phone", "founded_on",
        "capital", "status",
    ),
    ("uscc",),
    "这个统一社会信用代码已登记为“{name}”，请核对；更名请到窗口办理。",
)  # fmt: skip
KINDS = {TableKind.PEOPLE: _PEOPLE, TableKind.ENTERPRISES: _ENTERPRISES}


@dataclass(frozen=True)
class Sealed:
    """What a row's party is stored as."""

    id_number: str
    id_hash: str
    phone: str
    phone_hash: str


def seal(kind: Kind, rows: Iterable[Row]) -> dict[int, Sealed]:
    """By row number, of the rows without fault. Made before the step begins: no database is asked."""
    good = [row for row in rows if not row.faults]
    numbers = [row.keys[kind.key] for row in good]
    phones = [row.keys.get("phone", "") for row in good]
    stored = zip(
        encrypt_all(numbers, "id_number"), keyed_hashes("id_number", numbers),
        encrypt_all(phones, "phone"), keyed_hashes("phone", phones), strict=True,
    )  # fmt: skip
    return {row.number: Sealed(*each) for row, each in zip(good, stored, strict=True)}


def take(kind: Kind, batch: RegistryBatch, rows: list[Row], sealed: dict[int, Sealed], at: datetime) -> Taken:
    """New ones are copied in; of those on file what differs goes through the rule of provenance."""
    rows = _once(rows, kind)
    held = _on_file(kind, [sealed[row.number].id_hash for row in rows])
    fresh: list[tuple[Row, int | None]] = []
    known: dict[int, Row] = {}
    for row in rows:
        party, name, key = held.get(sealed[row.number].id_hash, (None, row.values["name"], None))
        if name != row.values["name"]:
            row.faults.append((label_of(kind.model, "name"), kind.misnamed.format(name=name)))
        elif key is None:
            fresh.append((row, party))
        else:
            known[key] = row
    _enter(kind, batch, fresh, sealed, at)
    return _state(kind, batch, known)


def _once(rows: list[Row], kind: Kind) -> list[Row]:
    """The rows without those that repeat a key of this step; across steps the later one meets the earlier on file."""
    first: dict[str, int] = {}
    kept = []
    for row in rows:
        number = first.setdefault(row.keys[kind.key], row.number)
        if number == row.number:
            kept.append(row)
        else:
            row.faults.append((kind.heading, f"与第{number}行重复。"))
    return kept


def _on_file(kind: Kind, hashes: list[str]) -> dict[str, tuple[int, str, int | None]]:
    """By hash: key and name of the party, and the key of its record if it has one."""
    with connection.cursor() as cursor:
        text = _ON_FILE.format(table=kind.model._meta.db_table)
        cursor.execute(text, [[str(one) for one in kind.id_types], hashes])
        return {id_hash: (party, name, key) for id_hash, party, name, key in cursor.fetchall()}


def _enter(
    kind: Kind,
    batch: RegistryBatch,
    fresh: list[tuple[Row, int | None]],
    sealed: dict[int, Sealed],
    at: datetime,
) -> None:
    if not fresh:
        return
    cell = copying.cell
    new = [row for row, party in fresh if party is None]
    parties = dict(zip((row.number for row in new), copying.keys(Party, len(new)), strict=True))
    copying.Pattern(Party, _PARTY, registry_verified=True, created_at=at, **kind.party).copy(
        (
            str(parties[row.number]), cell(row.values["name"]), one.id_number, one.id_hash, one.phone,
            one.phone_hash, cell(row.values.get("legal_representative", "")),
        )
        for row, one in ((row, sealed[row.number]) for row in new)
    )  # fmt: skip
    keys, chance = copying.keys(kind.model, len(fresh)), secrets.token_bytes(16 * len(fresh))
    blank = kind.model()
    defaults = {name: cell(getattr(blank, name)) for name in kind.fields}
    copying.Pattern(kind.model, kind.varying, origin=batch.stated, registered_on=localdate(at)).copy(
        _cells(kind, row, key, party or parties[row.number], chance[16 * n : 16 * n + 16], defaults)
        for n, (key, (row, party)) in enumerate(zip(keys, fresh, strict=True))
    )
    if kind.model is Enterprise:
        finding.renew_enterprises(keys)


def _cells(kind: Kind, row: Row, key: int, party: int, chance: bytes, defaults: dict[str, str]) -> list[str]:
    told, cell = row.values, copying.cell
    if kind.model is Person:
        derived = {"key": UUID(bytes=chance, version=4), **read_number(row.keys["id_number"])}
    else:
        derived = {"uscc": row.keys["uscc"]}
        told = {"region_code": row.keys["uscc"][2:8], **told}
    return [
        str(key), str(party), _unsaid(kind.model.own_fields, frozenset(row.values)),
        *[cell(told[name]) if name in told else defaults[name] for name in kind.fields],
        *[cell(derived[name]) for name in kind.derived],
    ]  # fmt: skip


@cache
def _unsaid(own_fields: tuple[str, ...], said: frozenset[str]) -> str:
    """``origins`` of a row that says nothing of these fields: its party may speak of them."""
    return json.dumps({name: None for name in own_fields if name not in said})


def _state(kind: Kind, batch: RegistryBatch, known: dict[int, Row]) -> Taken:
    if not known:
        return 0, {}
    answers = facts.state_all(
        kind.model, {key: row.values for key, row in known.items()}, origin=batch.stated
    )
    unchanged, withheld = 0, {}
    for key, (refused, changed) in answers.items():
        unchanged += not refused and not changed
        if refused:
            withheld[known[key].number] = len(refused)
        known[key].faults += [
            (
                label_of(kind.model, name),
                "登记的内容来自批后自动入库或者更可靠的来源，本表不能改动，其余内容已更新。",
            )
            for name in refused
        ]
    return unchanged, withheld
