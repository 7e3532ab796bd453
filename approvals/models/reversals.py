"""A licence taken back: what is intended, what its holder says to it, and the decision that ends it."""

from dataclasses import dataclass
from typing import Self

from django.db import models
from django.db.models import F, Q

from approvals.models.cases import Case
from portal.audit.history import statutory
from portal.papers.models import Paper
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock

LICENSING = "《中华人民共和国行政许可法》"


class ReversalKind(models.TextChoices):
    """Lawful, but its ground is gone; unlawful from the start; or merely at its end."""

    WITHDRAWAL = "withdrawal", "撤回"
    ANNULMENT = "annulment", "撤销"
    CANCELLATION = "cancellation", "注销"


class ReversalGround(models.TextChoices):
    LAW = "law", "所依据的法律、法规、规章修改或者废止"
    CIRCUMSTANCES = "circumstances", "准予许可所依据的客观情况发生重大变化"
    STANDARD = "standard", "不再符合资质标准，限期整改后仍未达到"
    ABUSE = "abuse", "工作人员滥用职权、玩忽职守作出准予决定"
    BEYOND_POWER = "beyond_power", "超越法定职权作出准予决定"
    PROCEDURE = "procedure", "违反法定程序作出准予决定"
    UNQUALIFIED = "unqualified", "对不具备申请资格或者不符合法定条件的申请人准予许可"
    FRAUD = "fraud", "被许可人以欺骗、贿赂等不正当手段取得许可"
    EXPIRED = "expired", "有效期届满未延续"
    DEATH = "death", "公民死亡或者丧失行为能力"
    DISSOLVED = "dissolved", "法人或者其他组织依法终止"
    PENALTY = "penalty", "许可证件依法被吊销"
    IMPOSSIBLE = "impossible", "因不可抗力导致许可事项无法实施"
    ASKED = "asked", "被许可人申请注销"


@dataclass(frozen=True)
class Basis:
    kind: ReversalKind
    article: str


BASES: dict[str, Basis] = {
    ReversalGround.LAW: Basis(ReversalKind.WITHDRAWAL, f"{LICENSING}第八条第二款"),
    ReversalGround.CIRCUMSTANCES: Basis(ReversalKind.WITHDRAWAL, f"{LICENSING}第八条第二款"),
    ReversalGround.STANDARD: Basis(ReversalKind.WITHDRAWAL, "《建筑业企业资质管理规定》第二十八条"),
    ReversalGround.ABUSE: Basis(ReversalKind.ANNULMENT, f"{LICENSING}第六十九条第一款第（一）项"),
    ReversalGround.BEYOND_POWER: Basis(ReversalKind.ANNULMENT, f"{LICENSING}第六十九条第一款第（二）项"),
    ReversalGround.PROCEDURE: Basis(ReversalKind.ANNULMENT, f"{LICENSING}第六十九条第一款第（三）项"),
    ReversalGround.UNQUALIFIED: Basis(ReversalKind.ANNULMENT, f"{LICENSING}第六十九条第一款第（四）项"),
    ReversalGround.FRAUD: Basis(ReversalKind.ANNULMENT, f"{LICENSING}第六十九条第二款"),
    ReversalGround.EXPIRED: Basis(ReversalKind.CANCELLATION, f"{LICENSING}第七十条第（一）项"),
    ReversalGround.DEATH: Basis(ReversalKind.CANCELLATION, f"{LICENSING}第七十条第（二）项"),
    ReversalGround.DISSOLVED: Basis(ReversalKind.CANCELLATION, f"{LICENSING}第七十条第（三）项"),
    ReversalGround.PENALTY: Basis(ReversalKind.CANCELLATION, f"{LICENSING}第七十条第（四）项"),
    ReversalGround.IMPOSSIBLE: Basis(ReversalKind.CANCELLATION, f"{LICENSING}第七十条第（五）项"),
    ReversalGround.ASKED: Basis(ReversalKind.CANCELLATION, f"{LICENSING}第七十条第（六）项"),
}
# 撤回 and 撤销 cost the holder a right that stands: they are told first and may speak (第七条). 注销 records an end.
HEARD = frozenset({ReversalKind.WITHDRAWAL, ReversalKind.ANNULMENT})
BAN_YEARS = 3  # 第七十九条: who obtained it by fraud does not apply again, where safety is concerned


class ReversalState(models.TextChoices):
    PROPOSED = "proposed", "等待决定"
    DECIDED = "decided", "已决定"
    DROPPED = "dropped", "不再处理"


class ReversalQuerySet(models.QuerySet["Reversal"]):
    def open(self) -> Self:
        return self.filter(state=ReversalState.PROPOSED)

    def decided(self) -> Self:
        return self.filter(state=ReversalState.DECIDED)

    def locked(self, reversal: "Reversal") -> "Reversal":
        return self.select_for_update(of=("self",)).select_related("clock").get(pk=reversal.pk)


@statutory
class Reversal(models.Model):
    """Another decision on a granted case. Who proposes it never decides it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reversals", verbose_name="办件")
    kind = models.CharField("方式", max_length=12, choices=ReversalKind)
    ground = models.CharField("情形", max_length=16, choices=ReversalGround)
    facts = models.TextField("事实和理由")
    basis = models.CharField("法律依据", max_length=300)
    state = models.CharField("状态", max_length=10, choices=ReversalState, default=ReversalState.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟办人")
    proposed_at = models.DateTimeField("提出时间")
    notice = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="告知书"
    )
    clock = models.ForeignKey(
        Clock, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="陈述申辩期限"
    )
    statement = models.TextField("陈述申辩", blank=True)
    stated_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="陈述人"
    )
    stated_at = models.DateTimeField("陈述时间", null=True, blank=True)
    number = models.CharField("文号", max_length=60, blank=True)
    opinion = models.TextField("决定意见", blank=True)
    answer = models.TextField("对陈述申辩的采纳情况", blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    ended_at = models.DateTimeField("决定时间", null=True, blank=True)
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定书"
    )

    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = "撤回、撤销和注销"
        verbose_name_plural = "撤回、撤销和注销"
        constraints = [
            models.UniqueConstraint(
                name="a_licence_is_taken_back_once_and_one_at_a_time",
                fields=["case"],
                condition=~Q(state="dropped"),
            ),
            models.CheckConstraint(
                name="who_proposes_a_reversal_does_not_decide_it",
                condition=Q(ended_by=None) | ~Q(ended_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_reversal_is_ended_exactly_when_no_longer_proposed",
                condition=Q(state="proposed", ended_at=None)
                | (~Q(state="proposed") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_reversal_that_is_heard_was_notified",
                condition=Q(kind="cancellation") | Q(notice__isnull=False, clock__isnull=False),
            ),
            models.CheckConstraint(
                name="a_decided_reversal_has_its_number_and_paper",
                condition=~Q(state="decided") | (~Q(number="") & Q(paper__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}办件{self.case.number}的许可"

    @property
    def is_open(self) -> bool:
        return self.state == ReversalState.PROPOSED

    @property
    def is_heard(self) -> bool:
        return self.kind in HEARD

    def move_to(self, state: ReversalState) -> None:
        """Change the state in memory; raises RuleBroken once it was ended."""
        if self.state != ReversalState.PROPOSED:
            raise RuleBroken(f"{self}{self.get_state_display()}，不能再次处理。")
        self.state = state
