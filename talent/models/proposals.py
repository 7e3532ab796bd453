"""变更申请: what a party asks to have changed in a record it may not change itself."""

from datetime import date
from typing import Any, Self, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock
from talent.models.enterprises import Enterprise
from talent.models.origins import Described, worded
from talent.models.people import Person


class ProposalState(models.TextChoices):
    OPEN = "open", "待审核"
    ACCEPTED = "accepted", "已同意"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


LEGAL_MOVES: dict[str, set[str]] = {
    ProposalState.OPEN: {ProposalState.ACCEPTED, ProposalState.REFUSED, ProposalState.WITHDRAWN},
    ProposalState.ACCEPTED: set(),
    ProposalState.REFUSED: set(),
    ProposalState.WITHDRAWN: set(),
}


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, viewer: User, on: date) -> Self:
        """Staff of the department asked, and supervisors."""
        posts = viewer.posts.in_force(on)
        if posts.filter(role="supervisor").exists():
            return self.all()
        return self.filter(department__in=posts.values("department"))

    def locked(self, proposal: "Proposal") -> "Proposal":
        rows = self.select_for_update(of=("self",)).select_related(
            "enterprise__party", "person__party", "department", "clock"
        )
        return rows.get(pk=proposal.pk)


@statutory
class Proposal(models.Model):
    """One field of one enterprise or person: what it says, what it should say, and the evidence."""

    number = models.CharField("编号", max_length=40, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name="企业"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name="人员"
    )
    field = models.CharField("事项", max_length=40)
    was = models.JSONField("现登记为", encoder=DjangoJSONEncoder, null=True, blank=True)
    wanted = models.JSONField("申请改为", encoder=DjangoJSONEncoder, null=True, blank=True)
    reason = models.CharField("变更原因", max_length=300)
    evidence = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="证明材料")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="审核部门")
    state = models.CharField("状态", max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    made_at = models.DateTimeField("申请时间")
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="+", verbose_name="审核时限")
    opinion = models.CharField("审核意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "登记信息变更申请"
        verbose_name_plural = "登记信息变更申请"
        constraints = [
            models.CheckConstraint(
                name="proposal_is_about_one_enterprise_or_one_person",
                condition=Q(enterprise=None, person__isnull=False) | Q(enterprise__isnull=False, person=None),
            ),
            models.UniqueConstraint(
                name="one_open_proposal_for_a_field_of_an_enterprise",
                fields=["enterprise", "field"],
                condition=Q(state="open", enterprise__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_open_proposal_for_a_field_of_a_person",
                fields=["person", "field"],
                condition=Q(state="open", person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def row(self) -> Described:
        return self.enterprise or cast(Person, self.person)

    @property
    def label(self) -> str:
        return str(type(self.row)._meta.get_field(self.field).verbose_name)  # type: ignore[union-attr]

    @property
    def was_words(self) -> str:
        return worded(type(self.row), self.field, self.was)

    @property
    def wanted_words(self) -> str:
        return worded(type(self.row), self.field, self.wanted)

    def value(self) -> Any:
        """What the field is to say, in the field's own type."""
        return type(self.row)._meta.get_field(self.field).to_python(self.wanted)  # type: ignore[union-attr]

    def move_to(self, state: ProposalState) -> None:
        """Change the state in memory; raises RuleBroken when the move is not legal."""
        if state not in LEGAL_MOVES[self.state]:
            raise RuleBroken(f"变更申请{self.number}{self.get_state_display()}，不能再次处理。")
        self.state = state
