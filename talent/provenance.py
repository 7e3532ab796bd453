"""Which statement about a fact stands. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from talent.models.codes import OriginKind

# What a decision of an authority wrote stands above what another system says, and that above what
# someone says of themselves (批后自动入库, locked).
RANK: dict[str, int] = {OriginKind.SELF: 1, OriginKind.IMPORT: 2, OriginKind.DECISION: 3}


def may_replace(new: str, standing: str) -> bool:
    """Whether a statement of kind ``new`` may take the place of one of kind ``standing``.

    The newer of two of one kind stands; a lower kind never displaces a higher one.
    """
    return RANK[new] >= RANK[standing]


@dataclass(frozen=True)
class Statement:
    """A value said of one field, and the kind of origin that says it."""

    value: Any
    kind: str


def standing(statements: Iterable[Statement]) -> Statement | None:
    """What stands after all of them, in the order they were made."""
    held: Statement | None = None
    for said in statements:
        if held is None or may_replace(said.kind, held.kind):
            held = said
    return held
