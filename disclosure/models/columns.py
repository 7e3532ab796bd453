"""栏目: the tree the published documents hang on."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from disclosure.models.codes import RHYTHM_DAYS, ColumnType, Entry, Rhythm
from portal.audit.history import statutory
from portal.people.models import Department

SUBTREE = """
    WITH RECURSIVE tree AS (
        SELECT id FROM disclosure_column WHERE id = %s
        UNION
        SELECT child.id FROM disclosure_column child JOIN tree ON child.parent_id = tree.id
    )
    SELECT id FROM tree
"""


class ColumnQuerySet(models.QuerySet["Column"]):
    def under(self, column: "Column | int") -> Self:
        """The column and every one below it, in one query."""
        pk = column if isinstance(column, int) else column.pk
        return self.filter(pk__in=RawSQL(SUBTREE, [pk]))  # noqa: S611 (constant text, bound value)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


@statutory
class Column(models.Model):
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级栏目", null=True, blank=True, related_name="children"
    )
    slug = models.SlugField("网址名", max_length=60, unique=True)
    name = models.CharField("名称", max_length=60)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="责任部门", related_name="disclosure_columns"
    )
    type = models.CharField("栏目类型", max_length=16, choices=ColumnType, default=ColumnType.CATALOGUE)
    rhythm = models.CharField("更新频率", max_length=8, choices=Rhythm, default=Rhythm.NOTICE)
    entry = models.CharField("固定入口", max_length=16, choices=Entry, blank=True)
    description = models.CharField("栏目说明", max_length=200, blank=True)
    keywords = models.CharField("栏目关键词", max_length=100, blank=True, help_text="多个之间用逗号分开")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = ColumnQuerySet.as_manager()

    class Meta:
        verbose_name = "栏目"
        verbose_name_plural = "栏目"
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=~Q(entry=""), name="column_fixed_entry_belongs_to_one"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="column_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm_days(self) -> int | None:
        """Days within which something must be published here; None for columns that change as needed."""
        return RHYTHM_DAYS[self.rhythm]
