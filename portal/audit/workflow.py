"""Every write to the record of deeds. Entries are appended, never changed."""

import re
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
    if not _ACTION.fullmatch(action):
        raise ValueError(f"not an audit action: {action!r}")
    if at.tzinfo is None:
        raise ValueError("an entry needs a moment with its time zone")
    subject_type, subject_id = subject_key(subject)
    person = actor if isinstance(actor, AbstractBaseUser) and actor.pk else None
    entry = Entry(
        subject_type=subject_type,
        subject_id=subject_id,
        action=action,
        actor_id=person.pk if person else None,
        actor_label=str(person)[:120] if person else _SYSTEM,
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
