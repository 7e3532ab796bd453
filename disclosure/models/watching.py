"""What the nightly watch saw, and what an outside assessment found."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from disclosure import staleness
from disclosure.models.codes import Rhythm
from disclosure.models.columns import Column
from disclosure.models.documents import Document
from portal.audit.history import statutory
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock


class ColumnDay(models.Model):
    """A column as it stood on one day."""

    day = models.DateField("日期")
    column = models.ForeignKey(Column, models.CASCADE, related_name="days", verbose_name="栏目")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="责任部门")
    rhythm = models.CharField("更新频率", max_length=8, choices=Rhythm)
    limit = models.PositiveSmallIntegerField("最长不更新天数", null=True)
    visible = models.PositiveIntegerField("公开文件数")
    undated = models.PositiveIntegerField("没有成文日期的文件数")
    newest_on = models.DateField("最近更新", null=True)
    breaks_on = models.DateField("不更新之日", null=True)
    light = models.CharField(
        "情况",
        max_length=6,
        choices=[("green", "正常"), ("yellow", "快要超期"), ("red", "没有按时更新"), ("blank", "空白栏目")],
    )

    class Meta:
        verbose_name = "栏目监测"
        verbose_name_plural = "栏目监测"
        constraints = [
            models.UniqueConstraint(fields=["day", "column"], name="a_column_is_watched_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.column} {self.day:%Y-%m-%d}"

    @property
    def days_left(self) -> int | None:
        """Days until it counts as not updated; 0 and less when it does."""
        return (self.breaks_on - self.day).days if self.breaks_on else None

    def watched(self) -> staleness.Watched:
        return staleness.Watched(self.rhythm, self.newest_on, self.limit)


class BrokenLink(models.Model):
    """A link in a public document that leads nowhere, here or on another site; a task until it is mended."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="broken_links", verbose_name="文件")
    address = models.CharField("地址", max_length=500)
    is_outside = models.BooleanField("站外", default=False)
    status = models.PositiveSmallIntegerField("应答", help_text="0表示没有应答")
    words = models.CharField("情况", max_length=60, blank=True)
    first_seen_on = models.DateField("发现日期")
    last_seen_on = models.DateField("最近一次发现")
    closed_on = models.DateField("消除日期", null=True, blank=True)

    class Meta:
        verbose_name = "失效链接"
        verbose_name_plural = "失效链接"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "address"],
                condition=Q(closed_on=None),
                name="a_broken_link_is_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.address


class FindingState(models.TextChoices):
    OPEN = "open", "待整改"
    RECTIFIED = "rectified", "待复核"
    CLOSED = "closed", "复核通过"


FINDING_MOVES: dict[str, set[str]] = {
    FindingState.OPEN: {FindingState.RECTIFIED},
    FindingState.RECTIFIED: {FindingState.CLOSED, FindingState.OPEN},
    FindingState.CLOSED: set(),
}


class Veto(models.TextChoices):
    """The vetoes of 国办秘函〔2019〕19号."""

    SECURITY = "v1", "安全、泄密事故等严重问题"
    UNREACHABLE = "v2", "站点无法访问"
    HOME = "v3", "首页不更新"
    COLUMNS = "v4", "栏目不更新"
    ANSWERS = "v5", "互动回应差"
    SERVICES = "v6", "服务不实用"
    OTHER = "other", "其他问题"


class FindingQuerySet(models.QuerySet["AssessmentFinding"]):
    def visible_to(self, viewer: User, on: date) -> Self:
        """The disclosure office and supervisors see all, others what concerns their departments."""
        posts = viewer.posts.in_force(on)
        if posts.filter(Q(role="supervisor") | Q(department__code=settings.DISCLOSURE_OFFICE)).exists():
            return self.all()
        return self.filter(department__in=posts.values("department"))

    def locked(self, finding: "AssessmentFinding") -> "AssessmentFinding":
        return self.select_for_update(of=("self",)).select_related("department", "clock").get(pk=finding.pk)


@statutory
class AssessmentFinding(models.Model):
    """测评问题: what a third party's assessment holds against a department, until it is checked again."""

    source = models.CharField("测评机构", max_length=100)
    number = models.CharField("问题编号", max_length=40, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="assessment_findings", verbose_name="责任部门"
    )
    veto = models.CharField("类别", max_length=8, choices=Veto, default=Veto.OTHER)
    address = models.CharField("网址", max_length=300, blank=True)
    text = models.TextField("问题", max_length=2000)
    found_on = models.DateField("发现日期")
    state = models.CharField("状态", max_length=12, choices=FindingState, default=FindingState.OPEN)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="+", verbose_name="整改时限")
    rectification = models.TextField("整改情况", max_length=2000, blank=True)
    rectified_at = models.DateTimeField("整改时间", null=True, blank=True)
    rectified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整改人"
    )
    recheck = models.TextField("复核意见", max_length=2000, blank=True)
    rechecked_at = models.DateTimeField("复核时间", null=True, blank=True)
    rechecked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "测评问题"
        verbose_name_plural = "测评问题"
        constraints = [
            models.CheckConstraint(
                name="finding_is_rechecked_by_another",
                condition=~Q(state=FindingState.CLOSED)
                | Q(rectified_by=None)
                | Q(rechecked_by=None)
                | ~Q(rectified_by=models.F("rechecked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}{self.number}"

    def move_to(self, state: FindingState) -> None:
        """Change the state in memory; raises RuleBroken when the move is not legal."""
        if state not in FINDING_MOVES[self.state]:
            raise RuleBroken(f"这个问题现为“{self.get_state_display()}”，不能改为“{state.label}”。")
        self.state = state
