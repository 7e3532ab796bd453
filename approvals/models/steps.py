"""What is done on a case: supplements asked, steps taken, the decision, the certificate."""

import uuid

from django.db import models
from django.db.models import F, Q

from approvals.models.cases import Case
from approvals.models.codes import Proposal, Result, StageKind, StepState
from approvals.models.elements import Stage
from portal.audit.history import statutory
from portal.papers.models import Paper
from portal.people.models import User
from portal.workdays.models import Clock


@statutory
class Supplement(models.Model):
    """补正: told once and completely (行政许可法 第三十二条第一款第（四）项)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supplements")
    missing = models.JSONField("需要补正的内容")
    note = models.CharField("说明", max_length=500, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="告知人")
    asked_at = models.DateTimeField("告知时间")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField("补正提交时间", null=True, blank=True)
    received_on = models.DateField("补正收到日期", null=True, blank=True)
    expired_at = models.DateTimeField("逾期时间", null=True, blank=True)

    class Meta:
        verbose_name = "补正告知"
        verbose_name_plural = "补正告知"
        constraints = [
            models.UniqueConstraint(fields=["case"], name="a_supplement_is_asked_once"),
            models.CheckConstraint(
                name="supplement_received_at_and_on_together",
                condition=Q(received_at=None, received_on=None)
                | Q(received_at__isnull=False, received_on__isnull=False),
            ),
            models.CheckConstraint(
                name="supplement_is_received_or_expired_not_both",
                condition=Q(received_at=None) | Q(expired_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.number} 补正"


@statutory
class Step(models.Model):
    """One stage of one round; a send-back opens the next round, so an old tick never counts again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", verbose_name="环节")
    kind = models.CharField("环节", max_length=10, choices=StageKind)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="steps", verbose_name="办理人"
    )
    state = models.CharField("状态", max_length=10, choices=StepState, default=StepState.TODO)
    proposal = models.CharField("意见结论", max_length=8, choices=Proposal, blank=True)
    opinion = models.TextField("意见", blank=True)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField("开始时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "办理环节记录"
        verbose_name_plural = "办理环节记录"
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "round"], name="one_step_of_a_kind_in_a_round"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=StepState.TODO), name="a_case_has_one_open_step"
            ),
            models.CheckConstraint(
                name="a_finished_step_has_who_when_and_an_opinion",
                condition=~Q(state__in=(StepState.DONE, StepState.SENT_BACK))
                | (Q(done_at__isnull=False, assignee__isnull=False) & ~Q(opinion="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee"], condition=Q(state=StepState.TODO), name="step_todo_by_assignee"
            ),
            models.Index(fields=["kind"], condition=Q(state=StepState.TODO, assignee=None), name="step_free"),
        ]

    def __str__(self) -> str:
        return f"{self.case.number} {self.get_kind_display()} 第{self.round}轮"


@statutory
class Decision(models.Model):
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="decision")
    result = models.CharField("结果", max_length=8, choices=Result)
    number = models.CharField("文号", max_length=60, unique=True)
    opinion = models.TextField("批准意见")
    reasons = models.TextField("理由", blank=True)
    basis = models.TextField("依据", blank=True)
    remedies = models.TextField("救济途径", blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="批准人")
    decided_at = models.DateTimeField("决定时间")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "决定"
        verbose_name_plural = "决定"
        constraints = [
            models.CheckConstraint(
                name="a_refusal_states_reasons_and_remedies",
                condition=Q(result=Result.GRANT) | (~Q(reasons="") & ~Q(remedies="")),
            )
        ]

    def __str__(self) -> str:
        return self.number


class CertificateState(models.TextChoices):
    VALID = "valid", "有效"
    REVOKED = "revoked", "已撤销"
    WITHDRAWN = "withdrawn", "已撤回"
    CANCELLED = "cancelled", "已注销"


@statutory
class Certificate(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="certificate")
    name = models.CharField("证照名称", max_length=100)
    number = models.CharField("证照编号", max_length=60, unique=True)
    holder = models.CharField("持证人", max_length=200)
    content = models.TextField("许可内容", blank=True)
    valid_from = models.DateField("有效期自")
    valid_to = models.DateField("有效期至", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=CertificateState, default=CertificateState.VALID)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "证照"
        verbose_name_plural = "证照"
        constraints = [
            models.CheckConstraint(
                name="certificate_ends_not_before_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
