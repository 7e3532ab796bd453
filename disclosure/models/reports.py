"""Annual reports: what is compiled, what was changed by hand, what was stated, what was imported."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from disclosure.report import cells
from disclosure.report.cells import Figures, Value
from portal.audit.history import statutory
from portal.people.models import Department, PostRole, User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock

GOVERNMENT = "government"  # stands in the address for the report of the whole government
TITLE = "{name}{year}年政府信息公开工作年度报告"

# 政府信息公开条例 第四十九条: departments by 31 January, the government's by 31 March.
DEADLINE_OF_DEPARTMENTS, DEADLINE_OF_GOVERNMENT = (1, 31), (3, 31)


class ReportState(models.TextChoices):
    DRAFT = "draft", "编制中"
    CHECKED = "checked", "已核对"
    PUBLISHED = "published", "已发布"
    DISCARDED = "discarded", "已作废"


LEGAL_MOVES: dict[str, set[str]] = {
    ReportState.DRAFT: {ReportState.DRAFT, ReportState.CHECKED, ReportState.DISCARDED},
    ReportState.CHECKED: {
        ReportState.DRAFT,
        ReportState.CHECKED,
        ReportState.PUBLISHED,
        ReportState.DISCARDED,
    },
    ReportState.PUBLISHED: set(),
    ReportState.DISCARDED: set(),
}


def due_on(year: int, *, is_government: bool) -> date:
    """The last day on which the report of this year is published in time."""
    return date(year + 1, *(DEADLINE_OF_GOVERNMENT if is_government else DEADLINE_OF_DEPARTMENTS))


def loaded(kept: Mapping[str, Any]) -> Figures:
    """Figures as JSON keeps them, fractions as text, back to numbers."""
    return {address: _value(value) for address, value in kept.items()}


def kept(figures: Figures) -> dict[str, Any]:
    return {
        address: str(value) if isinstance(value, Decimal) else value for address, value in figures.items()
    }


def _value(value: Any) -> Value:
    if isinstance(value, str) and value.replace(".", "", 1).removeprefix("-").isdecimal():
        return Decimal(value)
    return value


class ReportQuerySet(models.QuerySet["AnnualReport"]):
    def published(self) -> Self:
        return self.filter(state=ReportState.PUBLISHED)

    def newest(self) -> Self:
        """Without the editions that a later published one has replaced."""
        return self.exclude(replaced_by__state=ReportState.PUBLISHED)

    def kept(self) -> Self:
        """Without the drafts of further editions that were given up."""
        return self.exclude(state=ReportState.DISCARDED)

    def visible_to(self, viewer: User | AnonymousUser | None, at: datetime) -> Self:
        """What is published; to staff also their departments' drafts, to the disclosure office all.

        The one rule of who may see a report; every exit starts here.
        """
        public = Q(state=ReportState.PUBLISHED, published_at__lte=at)
        if not isinstance(viewer, User) or not viewer.has_perm("disclosure.view_annualreport"):
            return self.filter(public)
        posts = viewer.posts.in_force(localdate(at))
        if posts.filter(
            Q(department__code=settings.DISCLOSURE_OFFICE) | Q(role=PostRole.SUPERVISOR)
        ).exists():
            return self.all()
        return self.filter(public | Q(department__in=posts.values("department"), is_government=False))

    def at(self, year: int, code: str) -> Self:
        """The editions of this year's report: a department's code, or ``government``."""
        if code == GOVERNMENT:
            return self.filter(year=year, is_government=True)
        return self.filter(year=year, is_government=False, department__code=code)

    def locked(self, report: "AnnualReport") -> "AnnualReport":
        return self.select_for_update(of=("self",)).select_related("department", "clock").get(pk=report.pk)


@statutory(chained=True)
class AnnualReport(models.Model):
    """One edition: ``counted`` as the portal counts it, ``figures`` as it stands, the snapshot once published.

    The words of its parts hold names of figures in braces (``{新收}``), never the numbers themselves.
    What is wrong in a published edition is put right by the next one, with a reason; both stay frozen.
    """

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="annual_reports", verbose_name="编制机关"
    )
    is_government = models.BooleanField("政府汇总", default=False)
    year = models.PositiveSmallIntegerField("年度")
    edition = models.PositiveSmallIntegerField("版次", default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="替代的版次"
    )
    reissue_reason = models.CharField("重新发布的理由", max_length=300, blank=True)
    discarded_reason = models.CharField("作废理由", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.DRAFT)
    counted = models.JSONField("系统计数", default=dict)
    figures = models.JSONField("表格数据", default=dict)
    texts = models.JSONField("文字部分", default=dict)
    explanation = models.CharField("勾稽差异说明", max_length=500, blank=True)
    counted_at = models.DateTimeField("计数时间", null=True, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核对人"
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )
    snapshot = models.JSONField("发布时的报告", null=True, blank=True)
    clock = models.ForeignKey(
        Clock, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布时限"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "政府信息公开工作年度报告"
        verbose_name_plural = "政府信息公开工作年度报告"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "year", "edition"],
                condition=Q(is_government=False) & ~Q(state=ReportState.DISCARDED),
                name="one_annual_report_of_a_department_year_and_edition",
            ),
            models.UniqueConstraint(
                fields=["year", "edition"],
                condition=Q(is_government=True) & ~Q(state=ReportState.DISCARDED),
                name="one_annual_report_of_the_government_a_year_and_edition",
            ),
            models.CheckConstraint(
                name="annual_report_after_the_first_edition_replaces_one_for_a_reason",
                condition=Q(edition=1, replaces=None, reissue_reason="")
                | (Q(edition__gt=1, replaces__isnull=False) & ~Q(reissue_reason=""))
                | Q(edition__gt=1, state=ReportState.DISCARDED),
            ),
            models.CheckConstraint(
                name="annual_report_discarded_with_a_reason_replaces_none",
                condition=(Q(state=ReportState.DISCARDED, replaces=None) & ~Q(discarded_reason=""))
                | (~Q(state=ReportState.DISCARDED) & Q(discarded_reason="")),
            ),
            models.CheckConstraint(
                name="annual_report_has_its_snapshot_exactly_when_published",
                condition=Q(state=ReportState.PUBLISHED, published_at__isnull=False, snapshot__isnull=False)
                | (~Q(state=ReportState.PUBLISHED) & Q(published_at=None, snapshot=None)),
            ),
            models.CheckConstraint(
                name="annual_report_year_is_plausible", condition=Q(year__gte=2008, year__lte=2100)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state IN ('published', 'discarded')"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("disclosure:report", args=[self.year, self.code])

    @property
    def edition_url(self) -> str:
        """The address of this very edition; that of the report shows the newest one."""
        return reverse("disclosure:report_edition", args=[self.year, self.code, self.edition])

    @property
    def title(self) -> str:
        title = TITLE.format(name=self.organ, year=self.year)
        return title if self.edition == 1 else f"{title}（{self.edition_name}）"

    @property
    def edition_name(self) -> str:
        return f"第{self.edition}版"

    @property
    def organ(self) -> str:
        """Whose report it is, by full name."""
        return settings.SITE["organ"] if self.is_government else self.department.name

    @property
    def code(self) -> str:
        return GOVERNMENT if self.is_government else self.department.code

    @property
    def is_published(self) -> bool:
        return self.state == ReportState.PUBLISHED

    @property
    def is_closed(self) -> bool:
        """Published or discarded: nothing changes it any more."""
        return not LEGAL_MOVES[self.state]

    @property
    def is_counted(self) -> bool:
        return self.counted_at is not None

    @property
    def period(self) -> tuple[date, date]:
        """The days its figures count: the calendar year, both ends included."""
        return date(self.year, 1, 1), date(self.year, 12, 31)

    @property
    def due_on(self) -> date:
        return due_on(self.year, is_government=self.is_government)

    @property
    def standing(self) -> Figures:
        return loaded(self.figures)

    def move_to(self, state: str) -> None:
        """Change the state in memory. Raises RuleBroken when the move is not legal."""
        if state not in LEGAL_MOVES[self.state]:
            raise RuleBroken(
                f"{self.title}{self.get_state_display()}，不能改为“{ReportState(state).label}”。"
            )
        self.state = ReportState(state)


class ReportCorrection(models.Model):
    """A cell changed by hand: stays visible beside the number for good."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="corrections", verbose_name="年报")
    cell = models.CharField("单元格", max_length=40)
    before = models.CharField("原数", max_length=40, blank=True)
    after = models.CharField("改为", max_length=40, blank=True)
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = "年报数据更正"
        verbose_name_plural = "年报数据更正"
        constraints = [
            models.CheckConstraint(name="report_correction_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["report", "id"], name="corrections_of_report")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name}：{self.before or '空白'}改为{self.after or '空白'}"

    @property
    def name(self) -> str:
        return cells.names(self.report.year).get(self.cell, self.cell)


class FigureQuerySet(models.QuerySet["StatedFigure"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


@statutory
class StatedFigure(models.Model):
    """A number the portal does not count itself, as a department states it, with its source.

    Penalties, coercive measures, charges, and the outcomes of reconsideration and litigation; the rows
    of a cell add up. A row entered by mistake is withdrawn, not removed.
    """

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="stated_figures", verbose_name="机关"
    )
    year = models.PositiveSmallIntegerField("年度")
    cell = models.CharField("项目", max_length=40)
    amount = models.DecimalField("数量", max_digits=16, decimal_places=4)
    source = models.CharField("数据来源", max_length=200)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    withdrawn_reason = models.CharField("作废理由", max_length=300, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = "年报填报数据"
        verbose_name_plural = "年报填报数据"
        constraints = [
            models.CheckConstraint(
                name="stated_figure_has_a_source_and_is_not_negative",
                condition=Q(amount__gte=0) & ~Q(source=""),
            ),
            models.CheckConstraint(
                name="stated_figure_withdrawn_with_a_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["year", "department"], name="stated_figures_of_year", condition=Q(withdrawn_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.department} {self.name} {self.amount.normalize():f}"

    @property
    def name(self) -> str:
        return STATED_NAMES.get(self.cell, self.cell)


# What departments state: the decisions and charges of table 2 and all of table 4 but its totals.
STATED_NAMES = {
    address: name
    for address, name in cells.names(cells.FORM_OF_2021).items()
    if address
    in ("t2.penalties.decisions", "t2.coercions.decisions", "t2.charges.amount", "t2.licences.decisions")
    or (address.startswith("t4.") and not address.endswith(".total"))
} | cells.FEE_NAMES


class ImportedReport(models.Model):
    """A report published elsewhere or before the portal: kept as read, with what is wrong with it."""

    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="imported_reports",
        verbose_name="机关",
    )
    is_government = models.BooleanField("政府汇总", default=False)
    organ = models.CharField("报告机关", max_length=200)
    year = models.PositiveSmallIntegerField("年度")
    figures = models.JSONField("表格数据")
    parts = models.JSONField("文字部分", default=dict)
    findings = models.JSONField("核对结果", default=dict)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件摘要", max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="导入人")
    at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "导入的年报"
        verbose_name_plural = "导入的年报"
        indexes = [models.Index(fields=["year", "department"], name="imported_report_of_year")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return TITLE.format(name=self.organ, year=self.year)

    @property
    def standing(self) -> Figures:
        return loaded(self.figures)
