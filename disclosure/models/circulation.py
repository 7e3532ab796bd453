"""How far a published document went: who reposted it, and how often its page was opened."""

from django.db import models
from django.db.models import Q

from disclosure.models.documents import Document
from portal.audit.history import statutory
from portal.people.models import User


class HigherSite(models.TextChoices):
    STATE = "state", "中国政府网和国务院部门网站"
    PROVINCE = "province", "省级政府和部门网站"
    CITY = "city", "上级市政府网站"


class RepostQuerySet(models.QuerySet["Repost"]):
    def standing(self) -> "RepostQuerySet":
        return self.filter(withdrawn_at=None)


@statutory
class Repost(models.Model):
    """A document that the site of a higher organ carried; one entered by mistake is withdrawn, not removed."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="reposts", verbose_name="文件")
    level = models.CharField("网站层级", max_length=10, choices=HigherSite)
    site = models.CharField("网站名称", max_length=100)
    address = models.URLField("转载网址", max_length=500)
    on = models.DateField("转载日期")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    withdrawn_reason = models.CharField("作废理由", max_length=300, blank=True)

    objects = RepostQuerySet.as_manager()

    class Meta:
        verbose_name = "上级网站转载"
        verbose_name_plural = "上级网站转载"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "address"],
                condition=Q(withdrawn_at=None),
                name="a_repost_is_entered_once",
            ),
            models.CheckConstraint(
                name="repost_withdrawn_with_a_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["on"], name="reposts_by_day", condition=Q(withdrawn_at=None))]

    def __str__(self) -> str:
        return f"{self.site} {self.on}"


class ReadDay(models.Model):
    """How often the page of a document was opened on one day. Nothing is known of who opened it."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="read_days", db_index=False, verbose_name="文件"
    )
    day = models.DateField("日期")
    count = models.PositiveIntegerField("打开次数")

    class Meta:
        verbose_name = "阅读次数"
        verbose_name_plural = "阅读次数"
        constraints = [
            models.UniqueConstraint(fields=["day", "document"], name="a_document_is_counted_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.day}"
