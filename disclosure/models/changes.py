"""That something in the lists of public documents changed: one drawn number for each statement that did it.

What has been committed is told by all numbers taken together, bit by bit: unlike a counter or the newest
row, that differs whatever the order in which transactions end, and never returns to what it was.
"""

from typing import Any

import pgtrigger
from django.db import models

DRAWN = "hashtextextended(gen_random_uuid()::text, 0)"


def changing(operation: pgtrigger.Operation, name: str, source: str, **tables: str) -> pgtrigger.Trigger:
    """Draws a number for a statement that touched anything public."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"""
            INSERT INTO disclosure_cataloguechange (drawn) SELECT {DRAWN}
            WHERE EXISTS (SELECT 1 FROM ({source}) touched WHERE touched.state = 'published');
            RETURN NULL;
        """,  # noqa: S608 (constant parts)
    )


_NEW, _OLD = "SELECT state FROM new_documents", "SELECT state FROM old_documents"
CHANGED = (
    changing(pgtrigger.Insert, "changed_when_made", _NEW, new="new_documents"),
    changing(pgtrigger.Delete, "changed_when_gone", _OLD, old="old_documents"),
    changing(
        pgtrigger.Update, "changed_when_changed", f"{_OLD} UNION ALL {_NEW}", old="old_documents", new="new_documents"
    ),
)  # fmt: skip


class CatalogueChange(models.Model):
    """Written by trigger; rows are put together into one that tells the same."""

    drawn = models.BigIntegerField("数")

    objects: Any = models.Manager()

    class Meta:
        verbose_name = "目录变动"
        verbose_name_plural = "目录变动"

    def __str__(self) -> str:
        return str(self.drawn)
