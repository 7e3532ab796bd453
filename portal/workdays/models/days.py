"""The calendar as rows: one a day, each resting on a paper, replaced but never lost."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.workdays.calendar import Day, DayKind, WorkCalendar


class NoticeKind(models.TextChoices):
    YEAR = "year", "全年安排"
    AMENDMENT = "amendment", "个别调整"
    PROVISIONAL = "provisional", "暂行推算"


class CalendarNoticeQuerySet(models.QuerySet["CalendarNotice"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def official(self) -> Self:
        return self.published().exclude(kind=NoticeKind.PROVISIONAL)

    def awaiting_redating(self) -> Self:
        """Published, but its clocks not all moved yet; oldest first."""
        return self.published().filter(redated_at=None).order_by("published_at", "pk")


class CalendarNotice(models.Model):
    """The paper a calendar rests on: the State Council Office's notice, or the lack of one."""

    year = models.PositiveSmallIntegerField("年份")
    kind = models.CharField("类别", max_length=16, choices=NoticeKind)
    title = models.CharField("标题", max_length=200)
    doc_no = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    url = models.URLField("原文网址", blank=True)
    text = models.TextField("原文", blank=True)
    festivals = models.JSONField("安排", default=list)
    created_at = models.DateTimeField("登记时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布人",
    )
    redated_at = models.DateTimeField("重算完成时间", null=True, blank=True)
    moved = models.PositiveIntegerField("变动时限数", default=0)

    objects = CalendarNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "日历通知"
        verbose_name_plural = "日历通知"
        constraints = [
            models.UniqueConstraint(
                name="calendar_notice_published_once_for_each_paper",
                fields=["doc_no"],
                condition=Q(published_at__isnull=False) & ~Q(doc_no=""),
            ),
            models.UniqueConstraint(
                name="calendar_notice_one_provisional_a_year",
                fields=["year"],
                condition=Q(kind="provisional"),
            ),
            models.CheckConstraint(
                name="calendar_notice_official_has_its_number",
                condition=Q(kind="provisional") | ~Q(doc_no=""),
            ),
            models.CheckConstraint(
                name="calendar_notice_redated_only_once_published",
                condition=Q(redated_at=None) | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doc_no} {self.title}".strip()

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_provisional(self) -> bool:
        return self.kind == NoticeKind.PROVISIONAL


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def current(self) -> Self:
        """The rows in force: one a day."""
        return self.filter(superseded_by=None)

    def as_days(self) -> list[Day]:
        rows = self.order_by("day").values_list(
            "day", "kind", "name", "notice__doc_no", "notice__year", "notice__kind"
        )
        return [
            Day(day, DayKind(kind), name, doc_no, year, provisional=paper == NoticeKind.PROVISIONAL)
            for day, kind, name, doc_no, year, paper in rows
        ]


class CalendarDay(models.Model):
    """What one day is by one paper. A later paper supersedes the row and leaves it readable."""

    class Kind(models.TextChoices):
        WORKDAY = DayKind.WORKDAY.value, "工作日"
        WEEKEND = DayKind.WEEKEND.value, "周末"
        HOLIDAY = DayKind.HOLIDAY.value, "放假"
        MAKE_UP = DayKind.MAKE_UP.value, "调休上班"

    day = models.DateField("日期")
    kind = models.CharField("性质", max_length=10, choices=Kind)
    name = models.CharField("节日", max_length=40, blank=True)
    notice = models.ForeignKey(CalendarNotice, models.PROTECT, related_name="days", verbose_name="依据")
    superseded_by = models.ForeignKey(
        CalendarNotice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_days",
        verbose_name="被何通知取代",
    )

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = "日历日"
        verbose_name_plural = "日历日"
        constraints = [
            models.UniqueConstraint(
                name="calendar_day_in_force_once", fields=["day"], condition=Q(superseded_by=None)
            ),
            models.CheckConstraint(
                name="calendar_day_never_superseded_by_its_own_paper",
                condition=Q(superseded_by=None) | ~Q(superseded_by=F("notice")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"


_held: dict[str, Any] = {"version": None, "calendar": None}


def current_calendar() -> WorkCalendar:
    """The calendar in force, held in memory until a newer row appears.

    Costs one look at the end of an index. Every change of the calendar inserts
    rows, so the highest id is its version.
    """
    version = CalendarDay.objects.order_by("-pk").values_list("pk", flat=True).first()
    if version != _held["version"]:
        calendar = WorkCalendar(CalendarDay.objects.current().as_days())
        _held.update(version=version, calendar=calendar)
    return _held["calendar"]
