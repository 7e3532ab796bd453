"""Figures of labour resources: counted by the database, small numbers not shown. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from talent.models import Education, EmploymentState, SkillLevel, SupportClass

LEAST = 5  # fewer people than this could be recognised


@dataclass(frozen=True)
class Figure:
    label: str
    count: int | None  # None: some, but too few to be shown

    @property
    def words(self) -> str:
        return "少于5人" if self.count is None else f"{self.count}人"


def masked(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Without numbers from 1 to 4; when one alone would be missing, the next smallest is left out too.

    Otherwise the one follows from the total.
    """
    small = {name for name, count in counts.items() if 0 < count < LEAST}
    if len(small) == 1 and (rest := [name for name, count in counts.items() if count >= LEAST]):
        small.add(min(rest, key=lambda name: (counts[name], name)))
    return {name: None if name in small else count for name, count in counts.items()}


TABLES: tuple[tuple[str, str, Any], ...] = (
    ("就业状态", "employment_state", EmploymentState),
    ("援助类别", "support_class", SupportClass),
    ("技能等级", "skill_level", SkillLevel),
    ("学历", "person__education", Education),
)


def tables(rows: Any) -> list[tuple[str, list[Figure]]]:
    """One statement a table, over the residents given; no figure about health is made."""
    found = []
    for title, column, choices in TABLES:
        labels = {**dict(choices.choices), "": "未登记"}
        counts = dict.fromkeys(labels, 0) | dict(
            rows.order_by().values_list(column).annotate(n=Count("pk")).values_list(column, "n")
        )
        shown = masked(counts)
        found.append((title, [Figure(label, shown[code]) for code, label in labels.items()]))
    return found


def by_village(rows: Any) -> list[Figure]:
    counts = dict(
        rows.order_by("village").values("village").annotate(n=Count("pk")).values_list("village", "n")[:200]
    )
    shown = masked(counts)
    return [Figure(name, shown[name]) for name in counts]
