"""The law library: acts and the articles that items, rules and letters cite."""

from django.db import models
from django.db.models import Q

from portal.audit.history import statutory


class Level(models.TextChoices):
    LAW = "law", "法律"
    REGULATION = "regulation", "行政法规"
    JUDICIAL = "judicial", "司法解释"
    DEPARTMENT_RULE = "department_rule", "部门规章"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    LOCAL_RULE = "local_rule", "地方政府规章"
    NORMATIVE = "normative", "规范性文件"
    STANDARD = "standard", "标准"


class ActStatus(models.TextChoices):
    IN_FORCE = "in_force", "现行有效"
    NOT_YET = "not_yet", "尚未生效"
    AMENDED = "amended", "已修改"
    REPEALED = "repealed", "废止"


@statutory
class Act(models.Model):
    title = models.CharField("名称", max_length=200)
    level = models.CharField("效力级别", max_length=20, choices=Level)
    doc_no = models.CharField("文号", max_length=100, blank=True)
    issuer = models.CharField("制定机关", max_length=200, blank=True)
    issued_on = models.DateField("公布日期", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    amended_on = models.DateField("最近修改日期", null=True, blank=True)
    is_certain = models.BooleanField("已核对", default=True, help_text="文号、日期未与原文核对的为待核")
    status = models.CharField("时效", max_length=16, choices=ActStatus, default=ActStatus.IN_FORCE)
    url = models.URLField("原文网址", blank=True)

    class Meta:
        verbose_name = "法规文件"
        verbose_name_plural = "法规文件"
        constraints = [
            models.UniqueConstraint(fields=["title", "doc_no"], name="one_row_for_each_act"),
            models.CheckConstraint(name="act_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》"


@statutory
class Article(models.Model):
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="articles", verbose_name="法规文件")
    number = models.CharField("条款", max_length=60, blank=True, help_text="如：第三十二条第一款第（四）项")
    text = models.TextField("条文摘要", blank=True)
    is_certain = models.BooleanField("已核对", default=True, help_text="未与原文核对的为待核")

    class Meta:
        verbose_name = "法规条款"
        verbose_name_plural = "法规条款"
        constraints = [models.UniqueConstraint(fields=["act", "number"], name="one_row_for_each_article")]

    def __str__(self) -> str:
        return f"{self.act}{self.number}"
