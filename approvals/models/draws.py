"""The draw of a handler: a seed committed before, candidates on record, revealed after."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from approvals.models.cases import Case
from portal.audit.history import statutory
from portal.people.crypto import EncryptedTextField
from portal.people.models import Party, PostRole, User


@statutory(chained=True)
class DutySeed(models.Model):
    """One secret a day. Its SHA-256 is on record before the day; the seed itself after it."""

    day = models.DateField("日期", unique=True)
    commitment = models.CharField("承诺值", max_length=64)
    seed = EncryptedTextField("种子", purpose="duty_seed", editable=False)
    committed_at = models.DateTimeField("承诺时间")
    revealed_at = models.DateTimeField("公布时间", null=True, blank=True)
    revealed = models.CharField("已公布的种子", max_length=64, blank=True)

    class Meta:
        verbose_name = "值班种子"
        verbose_name_plural = "值班种子"
        constraints = [
            models.CheckConstraint(
                name="a_seed_is_shown_exactly_when_revealed",
                condition=Q(revealed_at=None, revealed="") | (Q(revealed_at__isnull=False) & ~Q(revealed="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def was_committed_before_its_day(self) -> bool:
        from django.utils.timezone import localdate

        return localdate(self.committed_at) < self.day


@statutory
class Draw(models.Model):
    """What was drawn, from whom, with what. Everything needed to draw again is in the row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="draws")
    seed = models.ForeignKey(DutySeed, on_delete=models.PROTECT, related_name="draws")
    round = models.PositiveSmallIntegerField("次序", default=1)
    candidates = models.JSONField("候选人", help_text="按用户编号排序：编号、姓名、当日已分办件数")
    excluded = models.JSONField("未列入候选的人员及原因", default=list)
    is_quota_relaxed = models.BooleanField("全员满额", default=False)
    index = models.PositiveSmallIntegerField("抽中序号", null=True, blank=True)
    drawn = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽中的承办人"
    )
    drawn_at = models.DateTimeField("抽取时间")

    class Meta:
        verbose_name = "随机分办记录"
        verbose_name_plural = "随机分办记录"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="draws_of_a_case_are_counted"),
            models.CheckConstraint(
                name="somebody_is_drawn_exactly_when_there_is_an_index",
                condition=Q(index=None, drawn=None) | Q(index__isnull=False, drawn__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.number} → {self.drawn or '无人可分'}"


class ConflictQuerySet(models.QuerySet["ConflictOfInterest"]):
    def in_force(self, on: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def visible_to(self, user: User, on: date) -> Self:
        """One's own; for a head those of the department's people; for the supervisor all."""
        if user.has_role(PostRole.SUPERVISOR, on=on):
            return self
        return self.filter(Q(user=user) | Q(user__in=User.objects.headed_by(user, on)))


@statutory(chained=True)
class ConflictOfInterest(models.Model):
    """回避: a member of staff who may not handle what concerns a party; both days included.

    中华人民共和国公务员法 第七十六条.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="conflicts", verbose_name="工作人员"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name="当事人")
    reason = models.CharField("回避事由", max_length=300)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    end_reason = models.CharField("解除原因", max_length=300, blank=True)
    declared_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    declared_at = models.DateTimeField("登记时间")

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = "回避登记"
        verbose_name_plural = "回避登记"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "party", "starts_on"], name="a_conflict_is_declared_once"
            ),
            models.CheckConstraint(
                name="conflict_ends_not_before_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}回避{self.party}"

    def is_in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
