"""诚信: what was decided for and against enterprises and people, and for how long it may be used."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock
from talent import publicity
from talent.models.enterprises import Enterprise
from talent.models.origins import Fact, FactQuerySet
from talent.models.people import Person


class SubjectType(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    PERSON = "person", "人员"


class CreditGroup(models.TextChoices):
    """Code groups of the national catalogue, and the kinds of good behaviour."""

    QUALIFICATION = "qualification", "资质资格"
    CONTRACTING = "contracting", "承揽业务"
    QUALITY = "quality", "工程质量"
    SAFETY = "safety", "工程安全"
    ARREARS = "arrears", "拖欠工程款或者工人工资"
    OTHER = "other", "其他"
    AWARD = "award", "获奖和表彰"
    TECHNIQUE = "technique", "工法和专利"
    SITE = "site", "标准化工地"
    TAX = "tax", "纳税"


class PenaltyKind(models.TextChoices):
    """处罚类别 (CF_CFLB)."""

    WARNING = "warning", "警告"
    CRITICISM = "criticism", "通报批评"
    FINE = "fine", "罚款"
    CONFISCATION = "confiscation", "没收违法所得、没收非法财物"
    SUSPENSION = "suspension", "暂扣许可证件"
    CLOSURE = "closure", "责令停产停业"
    REVOCATION = "revocation", "吊销许可证件"
    OTHER = "other", "其他"


class CreditItem(models.Model):
    """An item of the catalogue: its points and months, valid for a time."""

    code = models.CharField("编码", max_length=10)
    name = models.CharField("行为", max_length=100)
    subject_type = models.CharField("适用对象", max_length=10, choices=SubjectType)
    is_good = models.BooleanField("优良行为")
    group = models.CharField("类别", max_length=16, choices=CreditGroup)
    delta = models.SmallIntegerField("分值")
    valid_months = models.PositiveSmallIntegerField("有效月数")
    evidence_required = models.BooleanField("须附证明")
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("停止施行日期", null=True, blank=True)

    class Meta:
        verbose_name = "诚信行为目录"
        verbose_name_plural = "诚信行为目录"
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="an_item_has_one_version_a_day"),
            models.CheckConstraint(
                name="good_behaviour_adds_points_and_bad_takes_them",
                condition=Q(is_good=True, delta__gt=0) | Q(is_good=False, delta__lt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_safety(self) -> bool:
        return self.group == CreditGroup.SAFETY


class CreditQuerySet(FactQuerySet["CreditRecord"]):
    def in_use(self, on: date) -> Self:
        """The one rule of which records count and are shown on a day: every exit starts here.

        Neither put away, nor past its last day, nor repaired by then.
        """
        return self.live().filter(
            Q(repaired_on=None) | Q(repaired_on__gt=on), decided_on__lte=on, public_until__gte=on
        )

    def of(self, row: Enterprise | Person) -> Self:
        return self.filter(**{str(row._meta.model_name): row})


class Concerns(Fact):
    """Something about one enterprise or one person."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="企业"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="人员"
    )

    class Meta:
        abstract = True

    @property
    def subject(self) -> Enterprise | Person:
        return self.enterprise or self.person  # type: ignore[return-value]  # the constraint says one is there


@statutory(chained=True)
class CreditRecord(Concerns):
    """One act of good or bad behaviour, as decided; a penalty with its fields of 双公示 (CF_)."""

    item = models.ForeignKey(CreditItem, models.PROTECT, related_name="records", verbose_name="行为")
    delta = models.SmallIntegerField("分值")
    decision_number = models.CharField("决定书文号", max_length=80)  # CF_WSH
    decided_on = models.DateField("决定日期")  # CF_JDRQ
    organ = models.CharField("决定机关", max_length=100)  # CF_CFJG
    organ_code = models.CharField("决定机关统一社会信用代码", max_length=18, blank=True)  # CF_CFJGDM
    violation = models.CharField("违法行为类型", max_length=200, blank=True)  # CF_WFXW
    facts = models.TextField("事实", max_length=2000)  # CF_SY
    basis = models.CharField("依据", max_length=500, blank=True)  # CF_YJ
    penalties = ArrayField(
        models.CharField(max_length=16, choices=PenaltyKind),
        verbose_name="处罚类别",
        default=list,
        blank=True,
    )  # CF_CFLB
    content = models.CharField("处罚内容", max_length=500, blank=True)  # CF_NR
    fine = models.DecimalField(
        "罚款金额（万元）", max_digits=14, decimal_places=6, null=True, blank=True
    )  # CF_NR_FK
    confiscated = models.DecimalField(
        "没收金额（万元）", max_digits=14, decimal_places=6, null=True, blank=True
    )  # CF_NR_WFFF
    licence = models.CharField("暂扣或者吊销证照名称及编号", max_length=200, blank=True)  # CF_NR_ZKDX
    penalty_until = models.DateField("处罚有效期", null=True, blank=True)  # CF_YXQ
    public_until = models.DateField("公示截止期", db_index=True)  # CF_GSJZQ
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="数据来源单位"
    )  # CF_SJLY
    remark = models.CharField("备注", max_length=300, blank=True)  # BZ
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料"
    )
    repaired_on = models.DateField("修复日期", null=True, blank=True, editable=False)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="+", verbose_name="录入时限")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")

    objects: ClassVar[CreditQuerySet] = CreditQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "诚信记录"
        verbose_name_plural = "诚信记录"
        constraints = [
            models.CheckConstraint(
                name="credit_record_is_about_one_enterprise_or_one_person",
                condition=Q(enterprise=None, person__isnull=False) | Q(enterprise__isnull=False, person=None),
            ),
            models.CheckConstraint(
                name="credit_record_ends_not_before_its_decision",
                condition=Q(public_until__gte=F("decided_on")),
            ),
            models.UniqueConstraint(
                name="a_decision_is_entered_once_for_an_enterprise",
                fields=["enterprise", "item", "decision_number"],
                condition=Q(archived_at=None, enterprise__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_decision_is_entered_once_for_a_person",
                fields=["person", "item", "decision_number"],
                condition=Q(archived_at=None, person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.name}（{self.decision_number}）"

    @property
    def penalty_words(self) -> str:
        return "、".join(PenaltyKind(code).label for code in self.penalties)

    def is_in_use(self, on: date) -> bool:
        """The object form of ``in_use``."""
        repaired = self.repaired_on is not None and self.repaired_on <= on
        return self.archived_at is None and not repaired and self.decided_on <= on <= self.public_until

    @property
    def repairable_from(self) -> date:
        return publicity.repairable_from(self.decided_on, is_safety=self.item.is_safety)


class RepairState(models.TextChoices):
    OPEN = "open", "待审核"
    ACCEPTED = "accepted", "准予修复"
    REFUSED = "refused", "不予修复"


@statutory
class CreditRepair(models.Model):
    """信用修复: the party asks that a bad record end early; the department that entered it decides."""

    record = models.ForeignKey(CreditRecord, models.PROTECT, related_name="repairs", verbose_name="诚信记录")
    reason = models.TextField("整改情况和理由", max_length=1000)
    evidence = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="证明材料")
    state = models.CharField("状态", max_length=10, choices=RepairState, default=RepairState.OPEN)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    made_at = models.DateTimeField("申请时间")
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="+", verbose_name="审核时限")
    opinion = models.CharField("审核意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    class Meta:
        verbose_name = "信用修复申请"
        verbose_name_plural = "信用修复申请"
        constraints = [
            models.UniqueConstraint(
                name="a_record_has_one_open_repair", fields=["record"], condition=Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.record}修复申请"

    def move_to(self, state: RepairState) -> None:
        if self.state != RepairState.OPEN:
            raise RuleBroken(f"这项修复申请已经{self.get_state_display()}，不能再次处理。")
        self.state = state


class BlacklistReason(models.TextChoices):
    """建筑市场信用管理暂行办法 (建市〔2017〕241号)."""

    FAKE = "fake", "利用虚假材料、以欺骗手段取得企业资质"
    LENDING = "lending", "发生转包、出借资质，受到行政处罚"
    ACCIDENT = "accident", "发生重大及以上，或者一年内发生两次及以上较大工程质量安全事故，受到行政处罚"
    ARREARS = "arrears", "经法院判决或者仲裁裁决，认定为拖欠工程款且拒不履行"
    WAGES = "wages", "因拖欠工人工资列入管理名单"


class BlacklistQuerySet(FactQuerySet["Blacklisting"]):
    def in_force(self, on: date) -> Self:
        """On the list on a day, both days included."""
        return self.live().filter(
            Q(removed_on=None) | Q(removed_on__gt=on), valid_from__lte=on, valid_to__gte=on
        )

    def of(self, row: Enterprise | Person) -> Self:
        return self.filter(**{str(row._meta.model_name): row})


@statutory(chained=True)
class Blacklisting(Concerns):
    """On the blacklist (建筑市场主体黑名单): one year from the decision unless removed earlier."""

    reason = models.CharField("列入情形", max_length=10, choices=BlacklistReason)
    facts = models.TextField("事实", max_length=2000)
    decision_number = models.CharField("决定文号", max_length=80)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="列入部门")
    valid_from = models.DateField("列入日期")
    valid_to = models.DateField("截止日期")
    removed_on = models.DateField("移出日期", null=True, blank=True)
    removed_reason = models.CharField("移出原因", max_length=200, blank=True)
    became = models.ForeignKey(
        CreditRecord, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="转为不良信息"
    )

    objects: ClassVar[BlacklistQuerySet] = BlacklistQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "黑名单"
        verbose_name_plural = "黑名单"
        constraints = [
            models.CheckConstraint(
                name="blacklisting_is_about_one_enterprise_or_one_person",
                condition=Q(enterprise=None, person__isnull=False) | Q(enterprise__isnull=False, person=None),
            ),
            models.CheckConstraint(
                name="blacklisting_ends_not_before_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}（{self.decision_number}）"
