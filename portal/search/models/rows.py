from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Kind(models.TextChoices):
    """What kinds of things can be found; a visitor can narrow to one."""

    GUIDE = "guide", "办事指南"
    DOCUMENT = "document", "公开文件"
    ARTICLE = "article", "法规标准"
    ENTERPRISE = "enterprise", "企业"
    PERSON = "person", "注册人员"


class Label(models.Model):
    """What a label token of a row reads as. Rows hold the number only: ten thousand are read at a time.

    Renaming is a change of one row here. Empty words are a label that is neither shown nor narrowed by.
    """

    token = models.IntegerField("编号", primary_key=True)
    name = models.CharField("项目", max_length=16)
    value = models.CharField("名称", max_length=100, blank=True)

    class Meta:
        verbose_name = "检索标签"
        verbose_name_plural = "检索标签"

    def __str__(self) -> str:
        return self.value


class SearchRow(models.Model):
    """One visible thing. Published: a row; withdrawn: no row, in the same transaction.

    After the day ``until`` nothing shows it, whether the row has been taken away yet or not.
    ``toks``: the pairs of title and body, the title's once more marked as such, and the filters.
    ``column``, ``topic``, ``genre`` and ``validity`` are label tokens. The long columns are kept out
    of line (see the first migration), so reading ten thousand matches touches little.
    """

    kind = models.CharField("类别", max_length=24)
    obj_id = models.CharField("对象", max_length=64)
    title = models.CharField("标题", max_length=300)
    body = models.TextField("正文", blank=True)
    url = models.CharField("地址", max_length=300)
    on = models.DateField("日期")
    department_id = models.BigIntegerField("部门", null=True)
    index_no = models.CharField("索引号", max_length=40, blank=True)
    column = models.IntegerField("栏目", null=True)
    topic = models.IntegerField("主题", null=True)
    genre = models.IntegerField("体裁", null=True)
    validity = models.IntegerField("有效性", null=True)
    is_past = models.BooleanField("不再有效", default=False)
    until = models.DateField("公开至", null=True)
    toks = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = "检索条目"
        verbose_name_plural = "检索条目"
        constraints = [models.UniqueConstraint(fields=["kind", "obj_id"], name="search_row_once_for_a_thing")]
        indexes = [
            GinIndex(fields=["toks"], name="search_by_tokens", fastupdate=False),
            models.Index(fields=["-on", "-id"], name="search_newest_first"),
        ]

    def __str__(self) -> str:
        return self.title
