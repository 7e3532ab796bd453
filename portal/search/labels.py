"""What a thing can be narrowed by, as a row of the index carries it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.search import tokens

# The names of what a visitor narrows by, in the order of the page.
FACETS = ("kind", "column", "topic", "genre", "department", "year", "validity")
WORDED = ("column", "topic", "genre", "validity")  # kept as Label rows; the others name themselves
VALID = "有效"
PAST = frozenset({"失效", "废止"})  # shown last; 已修改 is in force in its newer form


class Place(NamedTuple):
    """A column: rows keep its key, the name it goes by is said in one place and may change."""

    key: str
    name: str


@dataclass(frozen=True)
class Labels:
    """``column`` is the way from the root of the tree to the thing's own column; all may be empty."""

    kind: str
    on: date
    department_id: int | None = None
    column: tuple[Place, ...] = ()
    topic: str = ""
    genre: str = ""
    validity: str = ""
    is_replaced: bool = False  # 已修改, and the newer text is a thing of its own

    @property
    def is_past(self) -> bool:
        return self.is_replaced or self.validity in PAST

    @property
    def worded(self) -> list[tuple[int, str, str]]:
        """Token, name and value of every label that is words."""
        own = [("topic", self.topic), ("genre", self.genre), ("validity", self.validity)]
        found = [(tokens.label("column", place.key), "column", place.name) for place in self.column]
        return found + [(tokens.label(name, value), name, value) for name, value in own if value]

    @property
    def tokens(self) -> set[int]:
        """One token for each, for the day's month and year, and for being past or not."""
        found = {token for token, _, _ in self.worded}
        found |= {tokens.label("kind", self.kind), tokens.label("year", self.on.year), month(self.on)}
        if self.department_id is not None:
            found.add(tokens.label("department", self.department_id))
        return found

    @property
    def facets(self) -> tuple[int | None, int | None, int | None, int | None, int | None]:
        """As the row's columns hold them: department, own column, topic, genre, validity."""
        column = tokens.label("column", self.column[-1].key) if self.column else None
        topic, genre, validity = (
            tokens.label(name, value) if value else None
            for name, value in (("topic", self.topic), ("genre", self.genre), ("validity", self.validity))
        )
        return self.department_id, column, topic, genre, validity


def month(on: date) -> int:
    return tokens.label("month", f"{on:%Y-%m}")


def way(column: str | Sequence[str | Place]) -> tuple[Place, ...]:
    """A column, or the columns from the root down to it; one given by its name has it for a key."""
    given = ([column] if column else []) if isinstance(column, str) else column
    return tuple(Place(each, each) if isinstance(each, str) else each for each in given)
