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
# No other text holds a number to be masked, a NUL, a float, or a key that was no text before it was sorted.
_TO_LOOK_AT = re.compile(r'\d{11}|\\u0000|\d[.eE]|"(?:-?\d+|true|false|null)":')


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them: dates as text, no floats (they do not survive a round trip).

    Identity numbers and mobiles that slipped through are masked here: what is written
    cannot be erased. Raises TypeError for what JSON cannot hold.
    """
    plain: dict[str, Any] = json.loads(plain_text(facts))
    return plain


def plain_text(facts: dict[str, Any]) -> str:
    """The canonical text of ``plain_facts``."""
    text = canonical(facts)
    if _TO_LOOK_AT.search(text):
        text = canonical({key: _plain(value, key) for key, value in json.loads(text).items()})
    return text


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
    deed = deed_text(action, actor_id, actor_label, behalf_label, at)
    return payload_text(subject_type, subject_id, deed, canonical(facts))


def payload_text(subject_type: str, subject_id: str, deed: str, facts: str) -> str:
    """The same line from texts at hand."""
    return f"[{canonical(subject_type)},{canonical(subject_id)},{deed},{facts}]"


def deed_text(action: str, actor_id: int | None, actor_label: str, behalf_label: str, at: datetime) -> str:
    """The part of the line that is one for all subjects of a deed."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical([action, actor_id, actor_label, behalf_label, moment])[1:-1]


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


_encoder = DjangoJSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """The one JSON text of a value."""
    return _encoder.encode(value)
