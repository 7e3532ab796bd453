"""信用分 and grade as of a day, and each point of them explained. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from talent import publicity
from talent.models import CreditRecord, Enterprise, Person


@dataclass(frozen=True)
class Point:
    """One line of the sum: what it rests on, how much, and until when."""

    words: str
    delta: int
    until: date | None = None
    record: CreditRecord | None = None


@dataclass(frozen=True)
class Score:
    points: tuple[Point, ...]

    @property
    def total(self) -> int:
        return sum(point.delta for point in self.points)

    @property
    def grade(self) -> str:
        return publicity.grade(self.total)


def score(row: Enterprise | Person, on: date) -> Score:
    """The sum of one, line by line; the same as ``with_points`` says of many."""
    records = CreditRecord.objects.in_use(on).of(row).select_related("item").order_by("decided_on", "pk")
    return of_records(records)


def of_records(records: Iterable[CreditRecord]) -> Score:
    """The sum of one whose records in use are read already."""
    base = Point("基础分", publicity.base_points())
    return Score((base, *(Point(str(one), one.delta, one.public_until, one) for one in records)))


def with_points(rows: "QuerySet[Any]", on: date) -> "QuerySet[Any]":
    """Annotate ``points`` on enterprises or people: one statement, whatever their number."""
    owner = str(rows.model._meta.model_name)
    sums = (
        CreditRecord.objects.in_use(on)
        .filter(**{owner: OuterRef("pk")})
        .order_by()
        .values(owner)
        .annotate(total=Sum("delta"))
        .values("total")
    )
    added = Coalesce(Subquery(sums, output_field=IntegerField()), Value(0))
    return rows.annotate(points=Value(publicity.base_points()) + added)
