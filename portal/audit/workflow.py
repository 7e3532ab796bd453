"""Every write to the record of deeds. Entries are appended, never changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Model

from portal.audit import sealing
from portal.audit.models import Chain, DayDigest, DigestLeaf, Entry, EntryQuerySet, subject_key

_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}")
_SYSTEM = "系统"

# One statement: lock or make the head, seal, write. The row of the head is the only lock,
# so writers of one subject queue and writers of different subjects never meet.
_APPEND = """
WITH head AS (
    INSERT INTO audit_chain AS c (subject_type, subject_id, seq, prev_hash, hash, is_sealed)
    VALUES (%(subject_type)s, %(subject_id)s, 1, %(nothing)s,
            encode(sha256(convert_to(%(nothing)s || E'\\n1\\n' || %(payload)s, 'UTF8')), 'hex'), false)
    ON CONFLICT (subject_type, subject_id) DO UPDATE SET
        seq = c.seq + 1,
        prev_hash = c.hash,
        hash = encode(sha256(convert_to(
            c.hash || E'\\n' || (c.seq + 1) || E'\\n' || %(payload)s, 'UTF8')), 'hex'),
        is_sealed = false
    RETURNING seq, prev_hash, hash
)
INSERT INTO audit_entry (subject_type, subject_id, seq, action, actor_id, actor_label, behalf_label,
                         at, facts, prev_hash, hash)
SELECT %(subject_type)s, %(subject_id)s, head.seq, %(action)s, %(actor_id)s, %(actor_label)s,
       %(behalf_label)s, %(at)s, %(facts)s::jsonb, head.prev_hash, head.hash
FROM head RETURNING id, seq, prev_hash, hash
"""

# The same for many subjects: lock the heads in order, open those missing, move them on, write.
_OPEN_HEADS = """
INSERT INTO audit_chain (subject_type, subject_id, seq, prev_hash, hash, is_sealed)
SELECT kind, ident, 0, %(nothing)s, %(nothing)s, false
FROM unnest(%(kinds)s::text[], %(idents)s::text[]) AS given (kind, ident)
ON CONFLICT (subject_type, subject_id) DO NOTHING
"""
_LOCK_HEADS = """
SELECT c.id, c.subject_type, c.subject_id, c.seq, c.hash
FROM audit_chain c
JOIN unnest(%(kinds)s::text[], %(idents)s::text[]) AS given (kind, ident)
  ON c.subject_type = given.kind AND c.subject_id = given.ident
ORDER BY c.subject_type, c.subject_id FOR UPDATE OF c
"""
_APPEND_ALL = """
WITH new AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(seqs)s::int[], %(hashes)s::text[], %(facts)s::text[])
                  AS given (id, seq, hash, facts)
), head AS (
    UPDATE audit_chain c SET seq = new.seq, prev_hash = c.hash, hash = new.hash, is_sealed = false
    FROM new WHERE c.id = new.id
    RETURNING c.subject_type, c.subject_id, c.seq, c.prev_hash, c.hash, new.facts
)
INSERT INTO audit_entry (subject_type, subject_id, seq, action, actor_id, actor_label, behalf_label,
                         at, facts, prev_hash, hash)
SELECT subject_type, subject_id, seq, %(action)s, %(actor_id)s, %(actor_label)s, '', %(at)s, facts::jsonb,
       prev_hash, hash
FROM head ORDER BY subject_type, subject_id
"""


def record(
    action: str,
    *,
    subject: Model | tuple[str, str],
    actor: AbstractBaseUser | AnonymousUser | None,
    at: datetime,
    behalf: str = "",
    **facts: Any,
) -> Entry:
    """Append one entry to the subject's chain, in the caller's transaction.

    ``action`` is ``app.model.past_participle``; ``actor`` None is the system; ``behalf`` names the
    party acted for. Facts must be JSON, without floats and without personal numbers (mask first).
    Write it last in the transaction: it holds the subject's chain until commit.
    Raises ValueError for a malformed action, a naive moment or an unsaved subject.
    """
    _check(action, at)
    subject_type, subject_id = subject_key(subject)
    actor_id, actor_label = _named(actor)
    entry = Entry(
        subject_type=subject_type,
        subject_id=subject_id,
        action=action,
        actor_id=actor_id,
        actor_label=actor_label,
        behalf_label=behalf[:200],
        at=at,
        facts=sealing.plain_facts(facts),
    )
    values = {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "nothing": sealing.NOTHING_BEFORE,
        "payload": entry.payload,
        "action": action,
        "actor_id": entry.actor_id,
        "actor_label": entry.actor_label,
        "behalf_label": entry.behalf_label,
        "at": at,
        "facts": sealing.canonical(entry.facts),
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, values)
        entry.pk, entry.seq, entry.prev_hash, entry.hash = cursor.fetchone()
    entry._state.adding = False
    entry._state.db = connection.alias
    return entry


@dataclass(frozen=True)
class Deed:
    """What happened to one of many subjects."""

    subject: Model | tuple[str, str]
    facts: dict[str, Any]


@transaction.atomic
def record_all(
    action: str, deeds: Iterable[Deed], *, actor: AbstractBaseUser | AnonymousUser | None, at: datetime
) -> int:
    """As ``record``, for many subjects in a fixed number of statements; returns how many entries.

    Each subject at most once a call (ValueError otherwise). The chains are locked in the order of
    their names, so two calls never wait for each other in a circle.
    """
    _check(action, at)
    actor_id, actor_label = _named(actor)
    deeds = list(deeds)
    told = {subject_key(deed.subject): sealing.plain_text(deed.facts) for deed in deeds}
    if len(told) < len(deeds):
        raise ValueError("a subject appears twice")
    if not told:
        return 0
    keys, deed = sorted(told), sealing.deed_text(action, actor_id, actor_label, "", at)
    names = {"kinds": [key[0] for key in keys], "idents": [key[1] for key in keys]}
    with connection.cursor() as cursor:
        heads = _heads(cursor, names)
        if missing := [key for key in keys if key not in heads]:
            new_names = {"kinds": [key[0] for key in missing], "idents": [key[1] for key in missing]}
            cursor.execute(_OPEN_HEADS, {**new_names, "nothing": sealing.NOTHING_BEFORE})
            heads |= _heads(cursor, new_names)
        ids, seqs, hashes = [], [], []
        for key in keys:
            pk, seq, head = heads[key]
            payload = sealing.payload_text(*key, deed, told[key])
            ids.append(str(pk))
            seqs.append(str(seq + 1))
            hashes.append(sealing.entry_hash(head, seq + 1, payload))
        cursor.execute(
            _APPEND_ALL,
            {
                "ids": _array(ids),
                "seqs": _array(seqs),
                "hashes": _array(hashes),
                "facts": [told[key] for key in keys],
                "action": action,
                "actor_id": actor_id,
                "actor_label": actor_label,
                "at": at,
            },
        )
    return len(keys)


def _array(words: list[str]) -> str:
    """An array as PostgreSQL writes it, of words that need no quotes: read faster than so many literals."""
    return "{" + ",".join(words) + "}"


def _heads(cursor: Any, names: dict[str, list[str]]) -> dict[tuple[str, str], tuple[int, int, str]]:
    """Lock the heads that exist: id, number and hash of each chain's last entry."""
    cursor.execute(_LOCK_HEADS, names)
    return {(kind, ident): (pk, seq, head) for pk, kind, ident, seq, head in cursor.fetchall()}


def _check(action: str, at: datetime) -> None:
    if not _ACTION.fullmatch(action):
        raise ValueError(f"not an audit action: {action!r}")
    if at.tzinfo is None:
        raise ValueError("an entry needs a moment with its time zone")


def _named(actor: AbstractBaseUser | AnonymousUser | None) -> tuple[int | None, str]:
    """The actor's key and name; whoever has no account is the system."""
    person = actor if isinstance(actor, AbstractBaseUser) and actor.pk else None
    return (person.pk, str(person)[:120]) if person else (None, _SYSTEM)


def history(subject: Model | tuple[str, str]) -> EntryQuerySet:
    """What happened to a subject, oldest first."""
    return Entry.objects.of(subject)


@transaction.atomic
def make_day_digest(day: date, *, at: datetime) -> DayDigest:
    """Seal the heads of all chains touched since the last seal under one root for ``day``.

    A day that has its digest keeps it: running twice is harmless, and what a missed night
    left open is sealed by the next one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit.make_day_digest'))")
    made = DayDigest.objects.filter(day=day).first()
    if made:
        return made
    heads = sorted(
        Chain.objects.filter(is_sealed=False)
        .select_for_update()
        .values_list("subject_type", "subject_id", "seq", "hash", "id")
    )
    last = DayDigest.objects.order_by("-day").first()
    if last and last.day > day:
        raise ValueError(f"{last.day} is sealed already; {day} comes too late")
    prev_root = last.root if last else sealing.NOTHING_BEFORE
    leaves_root = sealing.merkle_root(sealing.leaf_hash(*head[:4]) for head in heads)
    digest = DayDigest.objects.create(
        day=day,
        prev_root=prev_root,
        root=sealing.day_root(day, prev_root, len(heads), leaves_root),
        leaf_count=len(heads),
        made_at=at,
    )
    DigestLeaf.objects.bulk_create(
        (
            DigestLeaf(digest=digest, subject_type=kind, subject_id=ident, seq=seq, hash=head)
            for kind, ident, seq, head, _ in heads
        ),
        batch_size=5000,
    )
    Chain.objects.filter(id__in=[head[4] for head in heads]).update(is_sealed=True)
    return digest
