"""What changed since a number, record by record, as far as a key's scopes reach. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from talent.models import Change, Enterprise, Person, Scope
from talent.sharing.gone import gone

READ = 5_000  # numbers looked through at once, whatever the scopes


@dataclass
class Moved:
    """One record with the parts of it that changed; the newest change counts."""

    noun: str
    record: int
    scopes: list[str] = field(default_factory=list)
    at: datetime | None = None
    row: Any = None


@dataclass(frozen=True)
class Page:
    moved: list[Moved]
    next: int
    more: bool


def since(cursor: int, scopes: Iterable[str], *, limit: int) -> Page:
    """The records changed after ``cursor`` in the order of their last change, each once a page."""
    newest = int(Change.objects.aggregate(newest=Max("seq"))["newest"] or 0)
    until = min(cursor + READ, newest)
    rows = list(
        Change.objects.filter(seq__gt=cursor, seq__lte=until, scope__in=list(scopes)).order_by("seq")[:limit]
    )
    end = int(rows[-1].seq or 0) if len(rows) == limit else max(until, cursor)
    found: dict[tuple[str, int], Moved] = {}
    for change in rows:
        key = Scope(change.scope).noun, change.record
        moved = found.pop(key, None) or Moved(*key)
        moved.at = change.at
        if change.scope not in moved.scopes:
            moved.scopes.append(change.scope)
        found[key] = moved
    return Page(_with_rows(list(found.values())), end, end < newest)


def _with_rows(moved: list[Moved]) -> list[Moved]:
    """Each with its record as it is now; people who never held a certificate are nobody's business."""
    keys: dict[str, list[int]] = {"enterprise": [], "person": []}
    for one in moved:
        keys[one.noun].append(one.record)
    firms = Enterprise.objects.select_related("merged_into__merged_into")
    people = Person.objects.select_related("merged_into__merged_into").filter(is_professional=True)
    rows: dict[str, dict[int, Any]] = {
        "enterprise": firms.in_bulk(keys["enterprise"]),
        "person": people.in_bulk(keys["person"]),
    }
    for one in moved:
        one.row = rows[one.noun].get(one.record)
    return [one for one in moved if one.row is not None]


def code(row: Enterprise | Person) -> str:
    """What others know the record by."""
    return row.uscc if isinstance(row, Enterprise) else str(row.key)


def told(one: Moved) -> dict[str, Any]:
    """A line of the feed; of a record that is off the register only that, and which one stands."""
    left = gone(one.row)
    state = "standing" if left is None else "merged" if left.survivor is not None else "archived"
    return {
        "kind": one.noun,
        "id": code(one.row),
        "scopes": one.scopes,
        "at": one.at,
        "state": state,
        "on": left.on if left else None,
        "ground": left.words if left else "",
        "into": code(left.survivor) if left and left.survivor else None,
    }
