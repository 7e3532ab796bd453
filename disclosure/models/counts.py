"""How many documents are public, by column and by what lists are narrowed to.

Kept by additions only: each statement that changes documents adds rows with what it changed, so no
publisher waits for another; the number of a cell is the sum of its rows. What a document is (not
yet public, taken down) decides, not the clock: one past its last day counts until the sweep has come.
"""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q, Sum

from disclosure.models.columns import Column

# Cells of documents d, with a number signed by d.sign: all, each value, and each value within each other.
CELLS = f"""
SELECT d.column_id, f.facet, f.value, w.facet AS within, w.value AS within_value, sum(d.sign)::int AS number
FROM {{documents}} d
JOIN disclosure_documentversion v ON v.id = d.current_id
CROSS JOIN LATERAL (VALUES
    ('', ''), ('year', extract(year FROM d.published_at AT TIME ZONE '{settings.TIME_ZONE}')::text),
    ('department', d.publisher_id::text), ('topic', v.topic), ('validity', d.validity), ('item', v.statutory_item)
) f (facet, value)
CROSS JOIN LATERAL (VALUES
    ('', ''), ('year', extract(year FROM d.published_at AT TIME ZONE '{settings.TIME_ZONE}')::text),
    ('department', d.publisher_id::text), ('topic', v.topic), ('validity', d.validity), ('item', v.statutory_item)
) w (facet, value)
WHERE d.state = 'published' AND (f.facet = '' AND w.facet = '' OR f.facet <> '' AND f.facet <> w.facet)
GROUP BY 1, 2, 3, 4, 5 HAVING sum(d.sign) <> 0
"""  # noqa: S608 (a setting of our own)
_COLUMNS = "id, column_id, state, current_id, publisher_id, validity, published_at"
_ADDED = f"SELECT {_COLUMNS}, 1 AS sign FROM new_documents"  # noqa: S608
_TAKEN = f"SELECT {_COLUMNS}, -1 AS sign FROM old_documents"  # noqa: S608


def counting(operation: pgtrigger.Operation, name: str, source: str, **tables: str) -> pgtrigger.Trigger:
    """Adds what a statement changed in the cells."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"""
            INSERT INTO disclosure_cataloguecount (column_id, facet, value, within, within_value, number)
            {CELLS.format(documents=f"({source})")};
            RETURN NULL;
        """,
    )


COUNTED = (
    counting(pgtrigger.Insert, "counted_when_made", _ADDED, new="new_documents"),
    counting(pgtrigger.Delete, "counted_when_gone", _TAKEN, old="old_documents"),
    counting(
        pgtrigger.Update, "counted_when_changed", f"{_ADDED} UNION ALL {_TAKEN}",
        old="old_documents", new="new_documents",
    ),
)  # fmt: skip


class CatalogueCountQuerySet(models.QuerySet["CatalogueCount"]):
    def under(self, column: Column | None) -> Self:
        """Of a column and those below it; of all columns without one."""
        return self.filter(column__in=Column.objects.under(column)) if column else self

    def within(self, facet: str, value: str) -> dict[str, dict[str, int]]:
        """The documents with that value of a facet (all, for the empty one), by facet and value."""
        cells = self.filter(within=facet, within_value=value).order_by().values_list("facet", "value")
        found: dict[str, dict[str, int]] = {}
        for name, choice, number in cells.annotate(total=Sum("number")).filter(total__gt=0):
            found.setdefault(name, {})[choice] = number
        return found


class CatalogueCount(models.Model):
    """Something added to, or taken from, a cell."""

    column = models.ForeignKey(Column, models.CASCADE, related_name="+", verbose_name="栏目")
    facet = models.CharField("分面", max_length=12, blank=True)
    value = models.CharField("取值", max_length=20, blank=True)
    within = models.CharField("已筛选的分面", max_length=12, blank=True)
    within_value = models.CharField("已筛选的取值", max_length=20, blank=True)
    number = models.IntegerField("件数")

    objects = CatalogueCountQuerySet.as_manager()

    class Meta:
        verbose_name = "目录计数"
        verbose_name_plural = "目录计数"
        indexes = [
            models.Index(
                fields=["within", "within_value", "column", "facet", "value"],
                include=["number"],
                name="catalogue_count_of_a_list",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(number=0), name="catalogue_count_changes_something")
        ]

    def __str__(self) -> str:
        return f"{self.column_id} {self.within}{self.within_value} {self.facet}{self.value}: {self.number}"
