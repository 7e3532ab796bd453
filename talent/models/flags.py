"""挂靠疑点: what gives reason to ask whether a certificate only hangs at an enterprise. Only a person decides."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from portal.people.models import User
from talent.models.enterprises import Enterprise
from talent.models.origins import Fact
from talent.models.people import Person
from talent.models.staffing import watches

if TYPE_CHECKING:
    from collections.abc import Iterable


class Insurance(Fact):
    """Who paid a person's social insurance for a month; from the insurance office, by import."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="insurances", verbose_name="人员")
    payer_name = models.CharField("缴费单位", max_length=200)
    payer_uscc = models.CharField("缴费单位统一社会信用代码", max_length=18)
    month = models.DateField("缴费月份", help_text="该月第一天。")

    class Meta:
        verbose_name = "社会保险缴费"
        verbose_name_plural = "社会保险缴费"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month", "payer_uscc"],
                condition=Q(archived_at=None),
                name="insurance_of_a_month_is_paid_once_by_a_payer",
            ),
            models.CheckConstraint(name="insurance_month_is_its_first_day", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y年%m月}由{self.payer_name}缴费"


class FlagKind(models.TextChoices):
    TWO_ENTERPRISES = "two_enterprises", "同时在两个以上企业"
    INSURANCE = "insurance", "社会保险由其他单位缴纳"
    PROJECTS = "projects", "离开未完工的项目又任其他项目负责人"
    AGE = "age", "已满65周岁仍有注册"
    MANY_MOVES = "many_moves", "一年内多次变更注册单位"
    SHARED_CONTACT = "shared_contact", "与其他企业的持证人员共用联系电话"


class ClearGround(models.TextChoices):
    """What the notices of the ministry allow (建办市〔2018〕57号, 待核), and what was found in fact."""

    REHIRED = "rehired", "退休返聘"
    DISPATCHED = "dispatched", "集团公司派遣并有证明"
    SCHOOL = "school", "高校、科研院所人员在本单位所属企业注册"
    LAID_OFF = "laid_off", "下岗人员由原单位缴纳社会保险"
    CORRECTED = "corrected", "已经改正"
    WRONG_DATA = "wrong_data", "数据有误"
    OTHER = "other", "其他经核实的情形"


class FlagQuerySet(models.QuerySet["Flag"]):
    def open(self) -> Self:
        return self.filter(cleared_at=None)

    def visible_to(self, user: User, on: date) -> Self:
        return self if watches(user, on) else self.none()

    def about(
        self, *, enterprise: Enterprise | None = None, persons: "Iterable[Person] | None" = None
    ) -> Self:
        """Of an enterprise, of people, or of either."""
        wanted = Q()
        if enterprise is not None:
            wanted |= Q(enterprise=enterprise)
        if persons is not None:
            wanted |= Q(person__in=list(persons))
        return self.filter(wanted) if wanted else self.none()

    def locked(self, flag: "Flag") -> "Flag":
        return (
            self.select_for_update(of=("self",)).select_related("person__party", "enterprise").get(pk=flag.pk)
        )


class Flag(models.Model):
    """Raised once for the same rows (``grounds``), never changed; cleared with a reason, for good.

    ``rows`` are what it rests on: label, model and key of each. ``follows`` is the last one of the kind
    cleared before: new rows make a new flag that names it, none is opened again.
    """

    kind = models.CharField("类型", max_length=20, choices=FlagKind)
    person = models.ForeignKey(Person, models.PROTECT, related_name="flags", verbose_name="人员")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="flags", verbose_name="注册单位")
    sentence = models.CharField("说明", max_length=300)
    rows = models.JSONField("依据的记录")
    fingerprint = models.CharField(max_length=200, unique=True, editable=False)
    raised_at = models.DateTimeField("发现时间")
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name="此前已解除的疑点",
    )
    cleared_at = models.DateTimeField("解除时间", null=True, blank=True)
    cleared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="解除人"
    )
    ground = models.CharField("解除依据", max_length=12, choices=ClearGround, blank=True)
    reason = models.TextField("解除理由", blank=True)

    objects: ClassVar[Any] = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = "挂证疑点"
        verbose_name_plural = "挂证疑点"
        constraints = [
            models.CheckConstraint(
                name="flag_cleared_by_someone_with_a_reason",
                condition=Q(cleared_at=None, cleared_by=None, ground="", reason="")
                | (Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(ground="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="a_flag_does_not_follow_itself", condition=Q(follows=None) | ~Q(follows=F("id"))
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise"], name="flag_open_of_enterprise", condition=Q(cleared_at=None)),
            models.Index(fields=["person"], name="flag_open_of_person", condition=Q(cleared_at=None)),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_as_raised",
                fields=[
                    "kind",
                    "person",
                    "enterprise",
                    "sentence",
                    "rows",
                    "fingerprint",
                    "raised_at",
                    "follows",
                ],
            ),
            pgtrigger.Protect(
                name="cleared_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.cleared_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.get_kind_display()}"


def age_limit_on(day: date, years: int) -> date:
    """Who was born on this day or before has turned so many years by ``day``."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
