"""公开查阅点: where anyone can read what is published, and how many came (政府信息公开条例 第二十五条)."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from portal.audit.history import statutory
from portal.people.models import Department, User


class PointKind(models.TextChoices):
    """The three the Regulation names, and what an agency sets up besides."""

    ARCHIVE = "archive", "国家档案馆"
    LIBRARY = "library", "公共图书馆"
    SERVICE_HALL = "service_hall", "政务服务场所"
    OTHER = "other", "公共查阅室、资料索取点"


class ReadingPointQuerySet(models.QuerySet["ReadingPoint"]):
    def open(self) -> Self:
        """Those a visitor can go to."""
        return self.filter(is_active=True)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def with_year(self, year: int) -> Self:
        """Each with ``visits`` and ``queries`` of that year, 0 when nothing was entered."""
        span = Q(days__day__range=(date(year, 1, 1), date(year, 12, 31)))
        return self.annotate(
            visits=Sum("days__visits", filter=span, default=0),
            queries=Sum("days__queries", filter=span, default=0),
        )


@statutory
class ReadingPoint(models.Model):
    name = models.CharField("名称", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=14, choices=PointKind)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="reading_points", verbose_name="管理单位"
    )
    address = models.CharField("地址", max_length=120)
    way = models.CharField("怎样到达", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=30)
    hours = models.CharField("开放时间", max_length=100)
    equipment = models.CharField("设施设备", max_length=200, blank=True)
    holdings = models.CharField("可以查阅的内容", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("开放", default=True)

    objects = ReadingPointQuerySet.as_manager()

    class Meta:
        verbose_name = "公开查阅点"
        verbose_name_plural = "公开查阅点"

    def __str__(self) -> str:
        return self.name


@statutory
class ReadingDay(models.Model):
    """How many came to a point on a day, and how many things they looked up; corrected in place."""

    point = models.ForeignKey(ReadingPoint, models.PROTECT, related_name="days", verbose_name="查阅点")
    day = models.DateField("日期")
    visits = models.PositiveIntegerField("接待人次")
    queries = models.PositiveIntegerField("查阅次数")
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "查阅日记录"
        verbose_name_plural = "查阅日记录"
        constraints = [models.UniqueConstraint(fields=["point", "day"], name="reading_day_once_for_a_point")]

    def __str__(self) -> str:
        return f"{self.point} {self.day}"
