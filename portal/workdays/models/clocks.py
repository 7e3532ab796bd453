"""Everything owed to someone by a date, and the steps its date follows from."""

import uuid
from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from portal.workdays import deadlines
from portal.workdays.deadlines import Step
from portal.workdays.models.days import current_calendar


class ClockKind(models.TextChoices):
    CASE_ACCEPTANCE = "case_acceptance", "受理时限"
    CASE_SUPPLEMENT = "case_supplement", "补正期限"
    CASE_PROMISE = "case_promise", "承诺办结时限"
    CASE_STATUTORY = "case_statutory", "法定办结时限"
    CASE_STAGE = "case_stage", "环节时限"
    CASE_DELIVERY = "case_delivery", "送达时限"
    CASE_PRECHECK = "case_precheck", "预审时限"
    RENEWAL = "renewal", "延续申请期限"
    FOI_REPLY = "foi_reply", "信息公开答复时限"
    FOI_CONSULT = "foi_consult", "征求意见期限"
    FOI_CORRECTION = "foi_correction", "申请内容补正期限"
    FOI_PAYMENT = "foi_payment", "缴费期限"
    FOI_REASONS = "foi_reasons", "说明理由期限"
    FOI_CONFIRM = "foi_confirm", "确认收到期限"
    PUBLICATION = "publication", "公示时限"
    CORRECTION = "correction", "信息更正时限"
    LETTER_REPLY = "letter_reply", "来信答复时限"
    ORDER = "order", "督办时限"
    DISCLOSURE = "disclosure", "主动公开时限"
    TAKEDOWN = "takedown", "撤下时限"
    RATIFICATION = "ratification", "补办审批时限"
    FINDING = "finding", "测评问题整改时限"
    TRANSFER = "transfer", "报送时限"
    ANNUAL_REPORT = "annual_report", "年度报告发布时限"
    STAFFING = "staffing", "资质整改期限"
    STATEMENT = "statement", "陈述申辩期限"


class Unit(models.TextChoices):
    WORKING = deadlines.Unit.WORKING.value, "工作日"
    CALENDAR = deadlines.Unit.CALENDAR.value, "自然日"
    FIXED = deadlines.Unit.FIXED.value, "自然日（截止日不顺延）"


class Ground(models.TextChoices):
    """Why a clock stands still. Excluded by law from the limit, with written notice of the time."""

    SUPPLEMENT = "supplement", "等待补正"
    HEARING = "hearing", "听证"
    TENDER = "tender", "招标"
    AUCTION = "auction", "拍卖"
    INSPECTION = "inspection", "检验"
    TESTING = "testing", "检测"
    QUARANTINE = "quarantine", "检疫"
    APPRAISAL = "appraisal", "鉴定"
    EXPERT_REVIEW = "expert_review", "专家评审"
    THIRD_PARTY = "third_party", "征求第三方意见"
    CONSULTATION = "consultation", "征求其他机关意见"
    PAYMENT = "payment", "等待缴费"
    SUSPENSION = "suspension", "中止审查"


class Light(models.TextChoices):
    GREEN = "green", "正常"
    YELLOW = "yellow", "临期"
    RED = "red", "超期"
    PAUSED = "paused", "中止计时"
    DONE = "done", "已办结"


def light_rule(light: str, on: date) -> Q:
    """Rows whose current clock shows this light: the rule of ``ClockQuerySet.with_light``."""
    ticking = Q(current_clock__closed_on=None) & (
        Q(current_clock__stopped_on=None) | Q(current_clock__stopped_on__gt=F("current_clock__due_on"))
    )
    rules = {
        Light.RED: ticking & Q(current_clock__due_on__lt=on),
        Light.YELLOW: ticking & Q(current_clock__due_on__gte=on, current_clock__warn_on__lte=on),
        Light.GREEN: ticking & Q(current_clock__warn_on__gt=on, current_clock__due_on__gte=on),
        Light.PAUSED: Q(
            current_clock__closed_on=None, current_clock__stopped_on__lte=F("current_clock__due_on")
        ),
    }
    return rules[Light(light)]


class ClockQuerySet(models.QuerySet["Clock"]):
    def of(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds)

    def running(self) -> Self:
        """Not closed; standing still counts as running."""
        return self.filter(closed_on=None)

    def ticking(self) -> Self:
        """Running, and not standing still (a pause after the date has passed stops nothing)."""
        return self.running().filter(Q(stopped_on=None) | Q(stopped_on__gt=F("due_on")))

    def overdue(self, on: date) -> Self:
        return self.ticking().filter(due_on__lt=on)

    def due_soon(self, on: date) -> Self:
        """Yellow: warned, and the date not yet past."""
        return self.ticking().filter(warn_on__lte=on, due_on__gte=on)

    def unwarned(self, on: date) -> Self:
        """Yellow, and nobody was told of this date yet."""
        return self.due_soon(on).exclude(warned_for=F("due_on"))

    def unmissed(self, on: date) -> Self:
        """Overdue, and nobody was told that this date was missed."""
        return self.overdue(on).exclude(missed_for=F("due_on"))

    def with_light(self, on: date) -> Self:
        """Annotate ``light`` (see ``Light``) and ``days_left``, in the clock's own unit.

        ``days_left`` counts the days after ``on`` up to the date: 0 on the day itself, negative
        once past, frozen while paused, null when done. Costs the query of ``current_calendar``.
        """
        ordinal = Case(
            When(unit=Unit.WORKING, then=Value(current_calendar().ordinal(on))),
            default=Value(on.toordinal()),
            output_field=IntegerField(),
        )
        return self.annotate(
            light=Case(
                When(closed_on__isnull=False, then=Value(Light.DONE)),
                When(stopped_on__lte=F("due_on"), then=Value(Light.PAUSED)),
                When(due_on__lt=on, then=Value(Light.RED)),
                When(warn_on__lte=on, then=Value(Light.YELLOW)),
                default=Value(Light.GREEN),
                output_field=models.CharField(),
            ),
            days_left=Case(
                When(closed_on__isnull=False, then=None),
                default=Coalesce("left_at_stop", F("due_ordinal") - ordinal),
                output_field=IntegerField(),
            ),
        )

    def locked(self, clock: "Clock") -> "Clock":
        """The row as it is now, held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=clock.pk)


class Clock(models.Model):
    """One promise with a date. The date follows from the segments and the calendar alone.

    Every column that moves when a calendar notice moves the date is in few indexes, all of them
    of running clocks: the people and departments need none of their own.
    """

    kind = models.CharField("时限", max_length=24, choices=ClockKind)
    subject_type = models.CharField("对象类别", max_length=64)
    subject_id = models.CharField("对象编号", max_length=64)
    subject_label = models.CharField("对象", max_length=120)
    department = models.ForeignKey(
        "people.Department", models.PROTECT, related_name="clocks", db_index=False, verbose_name="责任部门"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clocks",
        db_index=False,
        verbose_name="承办人",
    )
    party = models.ForeignKey(
        "people.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="告知的当事人",
    )
    unit = models.CharField("计时单位", max_length=8, choices=Unit, default=Unit.WORKING)
    limit = models.PositiveSmallIntegerField("时限天数")
    basis = models.CharField("依据", max_length=200)
    warn_days = models.PositiveSmallIntegerField("提前提醒天数", null=True, blank=True)
    started_on = models.DateField("起算日")
    due_on = models.DateField("到期日")
    warn_on = models.DateField("提醒日")
    stopped_on = models.DateField("中止日", null=True, blank=True)
    closed_on = models.DateField("办结日", null=True, blank=True)
    outcome = models.CharField("结果", max_length=40, blank=True)
    due_ordinal = models.IntegerField(
        "到期日序号", help_text="到期日在工作日历（自然日时限则为历法）中的序号。"
    )
    warned_for = models.DateField("已提醒的到期日", null=True, blank=True, editable=False)
    missed_for = models.DateField("已告知超期的到期日", null=True, blank=True, editable=False)
    left_at_stop = models.IntegerField("中止时剩余天数", null=True, blank=True)
    public_key = models.UUIDField("公开标识", default=uuid.uuid4, unique=True, editable=False)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = "时限"
        verbose_name_plural = "时限"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="clock_subject"),
            models.Index(fields=["due_on", "id"], name="clock_running_due", condition=Q(closed_on=None)),
            models.Index(
                fields=["department", "due_on"],
                name="clock_running_of_department",
                condition=Q(closed_on=None),
            ),
            models.Index(
                fields=["handler", "due_on"], name="clock_running_of_handler", condition=Q(closed_on=None)
            ),
            models.Index(
                fields=["closed_on"],
                name="clock_closed_promise",
                condition=Q(kind="case_promise", closed_on__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="clock_has_an_outcome_exactly_when_closed",
                condition=Q(closed_on=None, outcome="") | (Q(closed_on__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="clock_due_not_before_it_starts", condition=Q(due_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="clock_warns_between_start_and_due",
                condition=Q(warn_on__gte=F("started_on")) & Q(warn_on__lte=F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.get_kind_display()}"

    @property
    def subject_key(self) -> tuple[str, str]:
        return self.subject_type, self.subject_id

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def is_paused(self) -> bool:
        """Standing still: stopped while its date had not passed."""
        return not self.is_closed and self.stopped_on is not None and self.stopped_on <= self.due_on

    @property
    def is_provisional(self) -> bool:
        """Whether the date lies in a year whose schedule is not published yet."""
        return current_calendar().is_provisional(self.due_on)

    @property
    def was_kept(self) -> bool | None:
        """Closed on time; None while it runs."""
        if self.closed_on is None:
            return None
        return self.closed_on <= self.due_on or (
            self.stopped_on is not None and self.stopped_on <= self.due_on
        )

    def light_on(self, on: date) -> Light:
        """The same light as ``with_light``, for a row at hand."""
        if self.is_closed:
            return Light.DONE
        if self.is_paused:
            return Light.PAUSED
        if self.due_on < on:
            return Light.RED
        return Light.YELLOW if self.warn_on <= on else Light.GREEN

    def steps(self) -> list[Step]:
        """The recorded moves as values, oldest first."""
        return [segment.as_step() for segment in self.segments.order_by("seq")]


class ClockSegment(models.Model):
    """One step in the life of a clock. Appended, never changed (a trigger sees to it)."""

    class Move(models.TextChoices):
        START = deadlines.Move.START.value, "起算"
        PAUSE = deadlines.Move.PAUSE.value, "中止"
        RESUME = deadlines.Move.RESUME.value, "恢复"
        EXTEND = deadlines.Move.EXTEND.value, "延长"
        RESTART = deadlines.Move.RESTART.value, "重新起算"
        CLOSE = deadlines.Move.CLOSE.value, "办结"

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="segments", verbose_name="时限")
    seq = models.PositiveSmallIntegerField("序号")
    move = models.CharField("变动", max_length=8, choices=Move)
    on = models.DateField("日期")
    days = models.PositiveSmallIntegerField("天数", default=0)
    ground = models.CharField("事由", max_length=60, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "时限变动"
        verbose_name_plural = "时限变动"
        constraints = [
            models.UniqueConstraint(name="segment_number_unique_in_its_clock", fields=["clock", "seq"])
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_move_display()}"

    @property
    def ground_word(self) -> str:
        """The ground in Chinese; a ground outside the list is already a phrase."""
        return str(Ground(self.ground).label) if self.ground in Ground.values else self.ground

    def as_step(self) -> Step:
        return Step(deadlines.Move(self.move), self.on, self.days, self.ground_word, self.basis)
