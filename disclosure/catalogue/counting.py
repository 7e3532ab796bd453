"""How many documents a list holds, and how they fall into years, offices, topics and states."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from disclosure.catalogue.narrowing import Narrowing
from disclosure.models import CatalogueCount, Column, Document
from disclosure.models.codes import StatutoryItem, Topic, Validity
from disclosure.models.documents import DocumentQuerySet
from portal.people.models import Department

CAP = 10_000
MOST_SHOWN = 30

# Never more than CAP + 1 rows are read, however many there are.
_COUNT = """
WITH seen (year, publisher_id, topic, validity) AS MATERIALIZED ({rows})
SELECT grouping(year, publisher_id, topic, validity), year, publisher_id, topic, validity, count(*)
FROM seen GROUP BY GROUPING SETS ((), (year), (publisher_id), (topic), (validity))
"""
_WHOLE, _YEAR, _DEPARTMENT, _TOPIC, _VALIDITY = 0b1111, 0b0111, 0b1011, 0b1101, 0b1110
_NAMES = {_WHOLE: "", _YEAR: "year", _DEPARTMENT: "department", _TOPIC: "topic", _VALIDITY: "validity"}


@dataclass(frozen=True)
class Choice:
    """``count`` is exact; None: not counted."""

    label: str
    query: str
    count: int | None = None


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list further; ``chosen`` and ``without``: how it is narrowed, and the way back."""

    label: str
    choices: list[Choice]
    chosen: str = ""
    without: str = ""


@dataclass(frozen=True)
class Counted:
    """``count`` is exact unless ``capped`` (then: that many and more)."""

    count: int
    capped: bool
    facets: list[Facet]


def count(documents: DocumentQuerySet, narrowing: Narrowing, column: Column | None = None) -> Counted:
    """The whole list of a column (of all, without one), its page left aside.

    Told as kept where counts are kept: exact, however long. A list narrowed in more than one way, or
    to days, is counted anew up to CAP; beyond, its facets tell no numbers.
    """
    kept = _kept(narrowing, column)
    groups = {kind: kept.get(name, {}) for kind, name in _NAMES.items()} if kept else {}
    groups = groups or _groups(narrowing.of(documents))
    total = groups[_WHOLE].get(None, 0)
    capped = not kept and total > CAP
    departments = {
        pk: (code, name)
        for pk, code, name in Department.objects.filter(pk__in=groups[_DEPARTMENT]).values_list(
            "pk", "code", "name"
        )
    }
    years = sorted(((str(year), f"{year}年", n) for year, n in groups[_YEAR].items()), reverse=True)
    offices = sorted(
        ((*departments[pk], n) for pk, n in groups[_DEPARTMENT].items() if pk in departments),
        key=lambda row: (-row[2], row[0]),
    )
    facets = [
        _facet("year", "年份", years, narrowing, capped),
        _facet("department", "发布机构", offices, narrowing, capped),
        _facet("topic", "主题", _labelled(Topic, groups[_TOPIC]), narrowing, capped),
        _facet("validity", "时效", _labelled(Validity, groups[_VALIDITY]), narrowing, capped),
    ]
    shown = min(total, CAP) if capped else total
    return Counted(shown, capped, [facet for facet in facets if facet.choices])


def _kept(narrowing: Narrowing, column: Column | None) -> dict[str, dict[Any, int]] | None:
    """By facet and value; None for a list of which none are kept."""
    if len(narrowing.values) > 1 or narrowing.since or narrowing.until:
        return None
    counts = CatalogueCount.objects.under(column)
    if not narrowing.values:
        found = counts.within("", "")
    else:
        [(name, value)] = narrowing.values.items()
        if name == "department":
            value = str(Department.objects.values_list("pk", flat=True).get(code=value))
        found = counts.within(name, value)
        total = counts.filter(facet=name, value=value, within="").aggregate(total=Sum("number"))["total"]
        found[""], found[name] = {"": total or 0}, {value: total or 0}
    _take_ended(found, narrowing, column)
    return {
        "": {None: found.get("", {}).get("", 0)},
        "year": {int(year): n for year, n in found.get("year", {}).items() if n > 0},
        "department": {int(pk): n for pk, n in found.get("department", {}).items() if n > 0},
        "topic": {topic: n for topic, n in found.get("topic", {}).items() if n > 0},
        "validity": {validity: n for validity, n in found.get("validity", {}).items() if n > 0},
    }


def _take_ended(found: dict[str, dict[str, int]], narrowing: Narrowing, column: Column | None) -> None:
    """Nobody sees these any more, though the sweep that takes them out of the counts has not come yet."""
    ended = narrowing.of(Document.objects.overdue_to_end(timezone.now()))
    ended = ended.under(column) if column else ended
    names = {"year": "published_at__year", "department": "publisher_id", "topic": "current__topic",
             "validity": "validity", "item": "current__statutory_item"}  # fmt: skip
    for values in ended.values_list(*names.values()):
        for name, value in zip(names, values, strict=True):
            if (numbers := found.get(name)) and str(value) in numbers:
                numbers[str(value)] -= 1
        if whole := found.get(""):
            whole[""] -= 1


def _groups(documents: DocumentQuerySet) -> dict[int, dict[Any, int]]:
    rows = documents.newest_first().values_list(
        "published_at__year", "publisher_id", "current__topic", "validity"
    )
    sql, params = rows[: CAP + 1].query.sql_with_params()
    found: dict[int, dict[Any, int]] = {each: {} for each in (_WHOLE, _YEAR, _DEPARTMENT, _TOPIC, _VALIDITY)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=sql), params)
        for kind, year, publisher, topic, validity, number in cursor.fetchall():
            value = {_YEAR: year, _DEPARTMENT: publisher, _TOPIC: topic, _VALIDITY: validity}.get(kind)
            found[kind][value] = number
    return found


def _labelled(choices: Any, numbers: dict[Any, int]) -> list[tuple[str, str, int]]:
    return [(value, label, numbers[value]) for value, label in choices.choices if value in numbers]


def _facet(
    name: str, label: str, found: list[tuple[str, str, int]], narrowing: Narrowing, capped: bool
) -> Facet:
    choices = [
        Choice(words, narrowing.query(**{name: value}), None if capped else number)
        for value, words, number in found[:MOST_SHOWN]
    ]
    value = narrowing.values.get(name, "")
    chosen = next((words for known, words, _ in found if known == value), value)
    return Facet(label, choices, chosen, (narrowing.query(**{name: ""}) or "?") if value else "")


def by_item() -> list[Choice]:
    """The fifteen statutory items and the two of cities and townships, each with its number.

    Source: 政府信息公开条例 第二十条、第二十一条.
    """
    found = CatalogueCount.objects.within("", "")
    _take_ended(found, Narrowing(), None)
    numbers = found.get("item", {})
    return [Choice(label, f"?item={code}", numbers.get(code, 0)) for code, label in StatutoryItem.choices]
