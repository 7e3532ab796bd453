from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Kind(models.TextChoices):
    """What kinds of things can be found; a visitor can narrow to one."""

    GUIDE = "guide", "办事指南"
    DOCUMENT = "document", "公开文件"
    ARTICLE = "article", "法规标准"


class SearchRow(models.Model):
    """One visible thing. Published: a row; withdrawn: no row, in the same transaction.

    ``toks``: the pairs of title and body, the title's once more marked as such, and the filters.
    The long columns are kept out of line (see the first migration), so reading ten thousand
    matches touches little.
    """

    kind = models.CharField("类别", max_length=24)
    obj_id = models.CharField("对象", max_length=64)
    title = models.CharField("标题", max_length=300)
    body = models.TextField("正文", blank=True)
    url = models.CharField("地址", max_length=300)
    on = models.DateField("日期")
    category = models.CharField("分类", max_length=60, blank=True)
    department_id = models.BigIntegerField("部门", null=True)
    toks = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = "检索条目"
        verbose_name_plural = "检索条目"
        constraints = [models.UniqueConstraint(fields=["kind", "obj_id"], name="search_row_once_for_a_thing")]
        indexes = [
            GinIndex(fields=["toks"], name="search_by_tokens", fastupdate=False),
            models.Index(fields=["-on", "-id"], name="search_newest_first"),
            models.Index(fields=["category", "-on", "-id"], name="search_category_newest"),
            models.Index(fields=["department_id", "-on", "-id"], name="search_department_newest"),
        ]

    def __str__(self) -> str:
        return self.title
