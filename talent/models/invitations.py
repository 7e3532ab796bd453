"""What an enterprise and a person settle between them: coming to work, and going."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from portal.audit.history import statutory
from portal.people.models import Party, User
from portal.refusals import RuleBroken
from talent.models.codes import Position
from talent.models.enterprises import Enterprise
from talent.models.people import Employment


class InvitationKind(models.TextChoices):
    JOIN = "join", "邀请入职"
    RELEASE = "release", "解除任职"


class InvitationState(models.TextChoices):
    OPEN = "open", "等待本人确认"
    ACCEPTED = "accepted", "本人已同意"
    DECLINED = "declined", "本人未同意"
    WITHDRAWN = "withdrawn", "单位已撤回"
    LAPSED = "lapsed", "已失效"


LEGAL_MOVES: dict[str, set[str]] = {
    InvitationState.OPEN: {
        InvitationState.ACCEPTED,
        InvitationState.DECLINED,
        InvitationState.WITHDRAWN,
        InvitationState.LAPSED,
    },
    InvitationState.ACCEPTED: set(),
    InvitationState.DECLINED: set(),
    InvitationState.WITHDRAWN: set(),
    InvitationState.LAPSED: set(),
}


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User, on: date) -> Self:
        """The person asked, and those who may act for the enterprise that asks."""
        theirs = Enterprise.objects.actable_by(user, on).values("pk")
        return self.filter(Q(party__user=user) | Q(enterprise__in=theirs))

    def waiting(self) -> Self:
        return self.filter(state=InvitationState.OPEN)

    def locked(self, invitation: "Invitation") -> "Invitation":
        rows = self.select_for_update(of=("self",))
        return rows.select_related("enterprise__party", "party", "employment__origin").get(pk=invitation.pk)


@statutory
class Invitation(models.Model):
    """An enterprise asks a person to join, or to agree that they leave; the person answers.

    ``on`` is the first day of work when joining, the last one when leaving. ``party`` need not stand in
    the registry yet: who accepts, enters.
    """

    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("事由", max_length=8, choices=InvitationKind)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="invitations", verbose_name="企业"
    )
    party = models.ForeignKey(Party, models.PROTECT, related_name="invitations", verbose_name="本人")
    employment = models.ForeignKey(
        Employment, models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name="任职"
    )
    position = models.CharField("岗位", max_length=24, choices=Position)
    trade = models.CharField("工种或者岗位名称", max_length=40, blank=True)
    is_full_time = models.BooleanField("全职", default=True)
    on = models.DateField("日期")
    reason = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    made_at = models.DateTimeField("发出时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.CharField("答复说明", max_length=200, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "邀请"
        verbose_name_plural = "邀请"
        constraints = [
            models.UniqueConstraint(
                name="one_open_invitation_of_an_enterprise_to_a_person",
                fields=["enterprise", "party", "kind"],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                name="a_release_names_the_employment_it_ends",
                condition=Q(kind="join", employment=None) | Q(kind="release", employment__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_answered_exactly_when_no_longer_open",
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}{self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.OPEN

    @property
    def is_join(self) -> bool:
        return self.kind == InvitationKind.JOIN

    def move_to(self, state: InvitationState) -> None:
        """Change the state in memory; raises RuleBroken when it was answered before."""
        if state not in LEGAL_MOVES[self.state]:
            raise RuleBroken(f"这项{self.get_kind_display()}{self.get_state_display()}，不能再次处理。")
        self.state = state
