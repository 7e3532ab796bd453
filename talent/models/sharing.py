"""数据共享: which department may look up what of the registries, and what it looked up."""

import hmac
from datetime import date, datetime
from typing import ClassVar, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from portal.audit.history import statutory
from portal.people.crypto import keyed_hash
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from talent.models.enterprises import Enterprise
from talent.models.people import Person

GRANTS = "talent.grant_sharingkey"


class Scope(models.TextChoices):
    """What of a record is disclosed, by noun; ``talent.sharing.fields`` names the fields of each."""

    ENTERPRISE_BASIC = "enterprise.basic", "企业基本信息"
    ENTERPRISE_CONTACTS = "enterprise.contacts", "企业联系方式"
    ENTERPRISE_QUALIFICATIONS = "enterprise.qualifications", "企业资质和安全生产许可"
    ENTERPRISE_STAFFING = "enterprise.staffing", "企业资质条件状态"
    ENTERPRISE_STAFF = "enterprise.staff", "企业注册人员"
    ENTERPRISE_CREDIT = "enterprise.credit", "企业诚信记录"
    PERSON_BASIC = "person.basic", "人员基本信息"
    PERSON_IDENTITY = "person.identity", "人员身份核对"
    PERSON_REGISTRATIONS = "person.registrations", "人员注册和证书"
    PERSON_CREDIT = "person.credit", "人员诚信记录"

    @property
    def noun(self) -> str:
        return self.value.partition(".")[0]


class SharingState(models.TextChoices):
    ASKED = "asked", "待审批"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "未批准"
    REVOKED = "revoked", "已停用"


LEGAL_MOVES: dict[str, set[str]] = {
    SharingState.ASKED: {SharingState.GRANTED, SharingState.REFUSED},
    SharingState.GRANTED: {SharingState.REVOKED},
}


class SharingKeyQuerySet(models.QuerySet["SharingKey"]):
    def visible_to(self, user: User, on: date) -> Self:
        """All for who grants them; else those of the departments in which the person holds a post that day."""
        if user.has_perm(GRANTS):
            return self
        if not user.has_perm("talent.view_sharingkey"):
            return self.none()
        return self.filter(department__in=user.posts.in_force(on).values("department"))

    def bearing(self, token: str, at: datetime) -> "SharingKey | None":
        """The key this token opens at the moment: one answer for unknown, expired and revoked.

        The comparison takes as long for a token of nobody as for a wrong one.
        """
        handle, _, secret = token.partition(".")
        found = self.filter(handle=handle or "-").select_related("department").first()
        kept = found.secret_hash if found else "0" * 64
        fits = hmac.compare_digest(kept, hash_of(secret))
        return found if fits and found is not None and found.is_in_force(localdate(at)) else None


def hash_of(secret: str) -> str:
    return keyed_hash("sharing_key", secret or "-")


@statutory(chained=True)
class SharingKey(models.Model):
    """共享密钥: a department may look up the fields of its scopes, for one purpose, for a time.

    The token is ``handle.secret``; of the secret only a keyed hash is kept, so it is shown once.
    """

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="sharing_keys", verbose_name="使用部门"
    )
    purpose = models.CharField("使用目的", max_length=200)
    basis = models.CharField("依据", max_length=200)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope), verbose_name="共享范围")
    quota = models.PositiveIntegerField("每日限额（次）")
    needs_about = models.BooleanField("每次查询须说明事由", default=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期")
    state = models.CharField("状态", max_length=8, choices=SharingState, default=SharingState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    opinion = models.CharField("审批意见", max_length=200, blank=True)
    handle = models.CharField("密钥编号", max_length=12, null=True, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领取人"
    )
    issued_at = models.DateTimeField("领取时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="停用人"
    )
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    revoked_reason = models.CharField("停用原因", max_length=200, blank=True)

    objects: ClassVar[SharingKeyQuerySet] = SharingKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "数据共享密钥"
        verbose_name_plural = "数据共享密钥"
        constraints = [
            models.CheckConstraint(
                name="sharing_key_ends_not_before_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="sharing_key_has_a_quota", condition=Q(quota__gt=0)),
            models.CheckConstraint(
                name="only_a_granted_sharing_key_is_issued",
                condition=Q(handle=None, secret_hash="")
                | (Q(state__in=["granted", "revoked"], handle__isnull=False) & ~Q(secret_hash="")),
            ),
            models.CheckConstraint(
                name="sharing_key_revoked_with_a_reason",
                condition=(~Q(state="revoked") & Q(revoked_at=None))
                | (Q(state="revoked", revoked_at__isnull=False) & ~Q(revoked_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}：{self.purpose}"

    def is_in_force(self, on: date) -> bool:
        return self.state == SharingState.GRANTED and self.valid_from <= on <= self.valid_to

    def move_to(self, state: SharingState) -> None:
        if state not in LEGAL_MOVES.get(self.state, set()):
            raise RuleBroken(f"该密钥{self.get_state_display()}，不能这样办理。")
        self.state = state

    @property
    def scope_words(self) -> str:
        return "、".join(Scope(code).label for code in self.scopes)


class SharingDay(models.Model):
    """How often a key was used on a day; its row is the counter of the quota."""

    key = models.ForeignKey(SharingKey, models.PROTECT, related_name="days", verbose_name="密钥")
    day = models.DateField("日期")
    used = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = "共享用量"
        verbose_name_plural = "共享用量"
        constraints = [
            models.UniqueConstraint(fields=["key", "day"], name="a_key_has_one_count_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.used}次"


class LookUpQuerySet(models.QuerySet["LookUp"]):
    def of(self, row: Enterprise | Person) -> Self:
        """Of a record, and of those that were merged into it."""
        merged = row.merged.values_list("pk", flat=True)
        return self.filter(**{f"{row._meta.model_name}__in": [row.pk, *merged]})


class LookUp(models.Model):
    """One record looked up with a key: which fields, when and what for. Shown to whom it concerns.

    Kept at least three years (网络数据安全管理条例 第十二条); nothing deletes it.
    """

    key = models.ForeignKey(SharingKey, models.PROTECT, related_name="lookups", verbose_name="密钥")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="lookups", verbose_name="企业"
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="lookups", verbose_name="人员")
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope), verbose_name="提供的内容")
    about = models.CharField("事由", max_length=100, blank=True)
    at = models.DateTimeField("时间")

    objects: ClassVar[LookUpQuerySet] = LookUpQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "共享查询记录"
        verbose_name_plural = "共享查询记录"
        constraints = [
            models.CheckConstraint(
                name="lookup_is_of_one_enterprise_or_one_person",
                condition=Q(enterprise=None, person__isnull=False) | Q(enterprise__isnull=False, person=None),
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="lookup_of_enterprise_newest"),
            models.Index(fields=["person", "-id"], name="lookup_of_person_newest"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.key.department}查询"

    @property
    def scope_words(self) -> str:
        return "、".join(Scope(code).label for code in self.scopes)
