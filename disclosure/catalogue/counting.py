"""How many documents a list holds, and how they fall into years, offices, topics and states, in one statement."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from disclosure.catalogue.narrowing import Narrowing
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


@dataclass(frozen=True)
class Choice:
    """``count`` is exact up to CAP; None: not counted."""

    label: str
    query: str
    count: int | None = None

    @property
    def told(self) -> str:
        if self.count is None:
            return ""
        return f"{CAP}+" if self.count > CAP else str(self.count)


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


def count(documents: DocumentQuerySet, narrowing: Narrowing) -> Counted:
    """The whole list, its page left aside. Beyond CAP rows the facets tell no numbers."""
    groups = _groups(narrowing.of(documents))
    total = groups[_WHOLE].get(None, 0)
    capped = total > CAP
    departments = {
        pk: (code, name)
        for pk, code, name in Department.objects.filter(pk__in=groups[_DEPARTMENT]).values_list(
            "pk", "code", "name"
        )
    }
    years = sorted(((str(year), f"{year}年", n) for year, n in groups[_YEAR].items()), reverse=True)
    offices = sorted(
        ((*departments[pk], n) for pk, n in groups[_DEPARTMENT].items()), key=lambda row: (-row[2], row[0])
    )
    facets = [
        _facet("year", "年份", years, narrowing, capped),
        _facet("department", "发布机构", offices, narrowing, capped),
        _facet("topic", "主题", _labelled(Topic, groups[_TOPIC]), narrowing, capped),
        _facet("validity", "时效", _labelled(Validity, groups[_VALIDITY]), narrowing, capped),
    ]
    return Counted(min(total, CAP), capped, [facet for facet in facets if facet.choices])


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


def by_item(documents: DocumentQuerySet) -> list[Choice]:
    """The fifteen statutory items and the two of cities and townships, each with its capped count.

    Source: 政府信息公开条例 第二十条、第二十一条.
    """
    parts: list[str] = []
    values: list[Any] = []
    for code in StatutoryItem.values:
        rows = documents.filter(current__statutory_item=code).order_by().values("pk")[: CAP + 1]
        sql, params = rows.query.sql_with_params()
        parts.append(f"SELECT count(*) FROM ({sql}) AS item")  # noqa: S608 (text from the ORM, values bound)
        values += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        numbers = [row[0] for row in cursor.fetchall()]
    return [
        Choice(label, f"?item={code}", number)
        for (code, label), number in zip(StatutoryItem.choices, numbers, strict=True)
    ]
