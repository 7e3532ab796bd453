"""A case: one application under one version of an item, from submission to archive."""

import uuid
from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from approvals.models.answers import EncryptedJSONField
from approvals.models.codes import (
    AFTER_ACCEPTANCE,
    AFTER_DECISION,
    LEGAL_MOVES,
    OPEN,
    PUBLIC_WORDS,
    TONES,
    CaseChannel,
    CaseStatus,
    StageKind,
    StepState,
)
from approvals.models.elements import Material, Situation
from approvals.models.items import ItemVersion, ServiceItem
from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.crypto import EncryptedTextField, keyed_hash
from portal.people.models import Department, Party, User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock, light_rule

if TYPE_CHECKING:
    from approvals.models.steps import Step, Supplement


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, viewer: "User | AnonymousUser", on: date | None = None) -> Self:
        """The one rule of who may see a case; every exit starts here.

        An applicant sees their own and those of parties that authorise them; staff those of
        the departments they hold a post in; supervisors all. Administrators see none.
        """
        if not isinstance(viewer, User) or not viewer.is_active:
            return self.none()
        on = on or localdate()
        if viewer.is_citizen:
            return self.filter(party__in=Party.objects.actable_by(viewer, on))
        posts = viewer.posts.in_force(on)
        if posts.filter(role="supervisor").exists():
            return self.all()
        return self.filter(department__in=posts.values("department"))

    def tracked(self, number: str, code: str) -> Self:
        """The one case of this number and query code, or none."""
        return self.filter(number=number.strip(), query_code_hash=keyed_hash("query_code", code.strip()))

    def open(self) -> Self:
        """Not yet closed, withdrawn or turned away: the government still owes something."""
        return self.filter(status__in=OPEN)

    def mine(self, user: User) -> Self:
        """What waits for this person: a step of theirs, or a case they handle that is not with the applicant."""
        assigned = Q(pk__in=_todo_steps().filter(assignee=user).values("case_id"))
        handled = Q(handler=user, status__in=(CaseStatus.SUBMITTED, CaseStatus.GRANTED, CaseStatus.REFUSED))
        return self.filter(assigned | handled)

    def pool(self, user: User, on: date | None = None) -> Self:
        """What anyone in this person's role may take up: unaccepted cases, steps of nobody yet."""
        posts = list(user.posts.in_force(on or localdate()).values_list("department_id", "role"))
        windows = [department for department, role in posts if role in ("clerk", "head")]
        free = Q()
        for kind, role in (
            (StageKind.HANDLE, "handler"),
            (StageKind.REVIEW, "reviewer"),
            (StageKind.APPROVE, "approver"),
        ):
            places = [department for department, held in posts if held == role]
            if places:
                steps = _todo_steps().filter(assignee=None, kind=kind)
                free |= Q(department__in=places, pk__in=steps.values("case_id"))
        if windows:
            free |= Q(department__in=windows, status=CaseStatus.SUBMITTED)
        if not free:
            return self.none()
        taken = ~Q(handler=user) & ~Q(reviewer=user) & ~Q(approver=user)
        unaccepted = Q(status=CaseStatus.SUBMITTED)
        return self.filter(free).filter(unaccepted | (taken | Q(handler=None, reviewer=None, approver=None)))

    def in_light(self, light: str, on: date) -> Self:
        return self.filter(light_rule(light, on))

    def in_department(self, user: User, on: date | None = None) -> Self:
        """All cases of the departments this person holds a post in."""
        return self.filter(department__in=user.posts.in_force(on or localdate()).values("department"))

    def being_reversed(self) -> Self:
        """Granted, and now waiting for a decision that would take the licence back."""
        return self.filter(reversals__state="proposed")

    def locked(self, case: "Case") -> "Case":
        """The row as it is now, held until the transaction ends."""
        return (
            self.select_for_update(of=("self",))
            .select_related("version__item", "department", "party", "applicant_user", "handler", "situation")
            .get(pk=case.pk)
        )

    def for_lists(self) -> Self:
        """With what one line of a list shows, in one query."""
        return self.select_related("item", "department", "handler", "current_clock").defer("answers")


def _todo_steps() -> "models.QuerySet[Step]":
    from approvals.models.steps import Step

    return Step.objects.filter(state=StepState.TODO)


@statutory(chained=True)
class Case(models.Model):
    number = models.CharField("办件编号", max_length=14, unique=True)
    national_no = models.CharField("全国办件编号", max_length=50, unique=True)
    draft_key = models.UUIDField("草稿凭据", unique=True, default=uuid.uuid4, editable=False)
    query_code = EncryptedTextField("查询码", purpose="query_code", editable=False)
    query_code_hash = models.CharField(max_length=64, editable=False)
    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="cases", verbose_name="事项")
    version = models.ForeignKey(
        ItemVersion, on_delete=models.PROTECT, related_name="cases", verbose_name="事项版本"
    )
    situation = models.ForeignKey(
        Situation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理情形"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="cases", verbose_name="办理机关"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="cases", verbose_name="申请人")
    party_name = models.CharField("申请人名称", max_length=200)
    applicant_user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applied_cases",
        verbose_name="经办人",
    )
    channel = models.CharField("申请渠道", max_length=8, choices=CaseChannel, default=CaseChannel.WEB)
    answers = EncryptedJSONField("填报内容", default=dict, purpose="answers")

    status = models.CharField("状态", max_length=14, choices=CaseStatus, default=CaseStatus.SUBMITTED)
    handler = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handled_cases",
        verbose_name="承办人",
    )
    reviewer = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reviewed_cases",
        verbose_name="审核人",
    )
    approver = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approved_cases",
        verbose_name="批准人",
    )
    submitted_at = models.DateTimeField("提交时间")
    received_on = models.DateField("收到日期")
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )
    is_deemed_accepted = models.BooleanField("视为受理", default=False)
    not_accepted_at = models.DateTimeField("不予受理时间", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    delivery_note = models.CharField("送达方式", max_length=200, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    is_deemed_withdrawn = models.BooleanField("视为撤回", default=False)
    withdrawal_reason = models.CharField("撤回原因", max_length=300, blank=True)

    acceptance_clock = models.ForeignKey(
        Clock, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    promise_clock = models.ForeignKey(
        Clock, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    statutory_clock = models.ForeignKey(
        Clock, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The date that matters now: acceptance, supplement, promise or delivery, by status.
    current_clock = models.ForeignKey(
        Clock, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "办件"
        verbose_name_plural = "办件"
        constraints = [
            models.CheckConstraint(
                name="case_reviewer_is_not_its_handler",
                condition=Q(reviewer=None) | ~Q(reviewer=F("handler")),
            ),
            models.CheckConstraint(
                name="case_approver_is_not_its_handler",
                condition=Q(approver=None) | ~Q(approver=F("handler")),
            ),
            models.CheckConstraint(
                name="case_approver_is_not_its_reviewer",
                condition=Q(approver=None) | ~Q(approver=F("reviewer")),
            ),
            models.CheckConstraint(
                name="case_decided_at_set_exactly_when_decided",
                condition=Q(status__in=AFTER_DECISION, decided_at__isnull=False)
                | (~Q(status__in=AFTER_DECISION) & Q(decided_at=None)),
            ),
            models.CheckConstraint(
                name="case_accepted_on_set_once_accepted",
                condition=Q(status__in=AFTER_ACCEPTANCE, accepted_on__isnull=False, accepted_at__isnull=False)
                | (
                    Q(status__in=(CaseStatus.SUBMITTED, CaseStatus.SUPPLEMENT, CaseStatus.NOT_ACCEPTED))
                    & Q(accepted_on=None, accepted_at=None)
                )
                | Q(status=CaseStatus.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="case_withdrawn_at_set_exactly_when_withdrawn",
                condition=Q(status=CaseStatus.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=CaseStatus.WITHDRAWN) & Q(withdrawn_at=None)),
            ),
            models.CheckConstraint(
                name="case_closed_at_set_exactly_when_closed",
                condition=Q(status=CaseStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=CaseStatus.CLOSED) & Q(closed_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["department", "status", "-submitted_at", "-id"], name="case_by_department"),
            models.Index(fields=["handler", "status"], name="case_by_handler"),
            models.Index(fields=["party", "-submitted_at"], name="case_by_party"),
            models.Index(fields=["applicant_user", "-submitted_at"], name="case_by_applicant"),
            models.Index(fields=["item", "status"], name="case_by_item"),
            models.Index(
                fields=["department", "received_on"],
                condition=Q(status=CaseStatus.SUBMITTED),
                name="case_waiting_for_acceptance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.party_name}"

    def move_to(self, status: str) -> None:
        """Take the next status in memory. Raises RuleBroken when the law does not lead there."""
        if status not in LEGAL_MOVES.get(self.status, set()):
            now, asked = CaseStatus(self.status).label, CaseStatus(status).label
            raise RuleBroken(f"办件{self.number}现为“{now}”，不能转为“{asked}”。", field="status")
        self.status = CaseStatus(status)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def public_status(self) -> str:
        """The applicant's word for it."""
        if self.status == CaseStatus.WITHDRAWN and self.is_deemed_withdrawn:
            return "逾期未补正，视为撤回申请"
        if self.status == CaseStatus.SUBMITTED and any(asked.received_at for asked in self.supplements.all()):
            return "已补充材料，等待受理"
        if self.ended_how:
            return f"许可已{self.ended_how}"
        return PUBLIC_WORDS[self.status]

    @property
    def ended_how(self) -> str:
        """撤回, 撤销 or 注销, where a later decision ended the licence; empty while it stands."""
        if self.status not in AFTER_DECISION:
            return ""
        return next((each.get_kind_display() for each in self.reversals.all() if each.state == "decided"), "")

    @property
    def tone(self) -> str:
        return "alarm" if self.ended_how else TONES[self.status]

    @property
    def situation_code(self) -> str:
        return self.situation.code if self.situation else ""

    @property
    def open_step(self) -> "Step | None":
        return self.steps.filter(state=StepState.TODO).first()

    @property
    def open_supplement(self) -> "Supplement | None":
        return self.supplements.filter(received_at=None, expired_at=None).first()

    def asked_materials(self) -> list[Material]:
        return [m for m in self.version.materials.all() if m.applies_to(self.situation_code, self.answers)]

    def next_step(self, on: date) -> tuple[str, date | None]:
        """What happens next, in the applicant's words, and by which day."""
        from approvals.timeline import next_step

        return next_step(self, on)


class CaseMaterial(models.Model):
    """A file the applicant handed in; a later round never replaces an earlier one."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="materials")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    supplement = models.ForeignKey(
        "approvals.Supplement", on_delete=models.PROTECT, null=True, blank=True, related_name="materials"
    )
    added_at = models.DateTimeField("收件时间")

    class Meta:
        verbose_name = "办件材料"
        verbose_name_plural = "办件材料"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "material", "attachment"], name="a_case_keeps_a_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.material}"
