"""How an entry, a leaf and a day become one hash. Pure; the offline checker uses the same functions.

An entry is sealed with ``sha256(previous hash, number, payload)``; a day with a Merkle
tree over the heads of the chains touched (leaf and node are hashed with different
prefixes, an odd node is promoted), chained to the root of the day before.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

NOTHING_BEFORE = "0" * 64

_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])")
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d(\d{3}[0-9Xx])(?![0-9A-Za-z])"
)


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them: dates as text, no floats (they do not survive a round trip).

    Identity numbers and mobiles that slipped through are masked here: what is written
    cannot be erased. Raises TypeError for what JSON cannot hold.
    """
    return {key: _plain(value, key) for key, value in json.loads(canonical(facts)).items()}


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, float):
        raise TypeError(f"{where}: a float does not survive a round trip; pass a Decimal or text")
    if isinstance(value, str):
        value = _IDENTITY.sub(r"\1********\2", value.replace("\x00", ""))
        return _MOBILE.sub(r"\1****\2", value)
    if isinstance(value, list):
        return [_plain(item, where) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, f"{where}.{key}") for key, item in value.items()}
    return value


def payload(
    subject_type: str,
    subject_id: str,
    action: str,
    actor_id: int | None,
    actor_label: str,
    behalf_label: str,
    at: datetime,
    facts: dict[str, Any],
) -> str:
    """What an entry says, as one canonical line; moments in UTC to the microsecond."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical([subject_type, subject_id, action, actor_id, actor_label, behalf_label, moment, facts])


def entry_hash(prev_hash: str, seq: int, payload: str) -> str:
    return _sha(f"{prev_hash}\n{seq}\n{payload}")


def leaf_hash(subject_type: str, subject_id: str, seq: int, head: str) -> str:
    return _sha(f"leaf\n{subject_type}\n{subject_id}\n{seq}\n{head}")


def merkle_root(leaves: Iterable[str]) -> str:
    """The root over leaf hashes in the order given; of nothing, the hash of nothing."""
    level: Sequence[str] = list(leaves) or [_sha("")]
    while len(level) > 1:
        pairs = [_sha(f"node\n{level[i]}\n{level[i + 1]}") for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def day_root(day: date, prev_root: str, leaf_count: int, leaves_root: str) -> str:
    return _sha(f"day\n{day.isoformat()}\n{prev_root}\n{leaf_count}\n{leaves_root}")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one JSON text of a value."""
    return json.dumps(
        value,
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
