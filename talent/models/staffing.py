"""What staff a grade demands, what each enterprise has, and where that falls short."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.audit.history import statutory
from portal.people.models import Department, User
from portal.workdays.models import Clock
from talent.models.codes import Grade, RegistrationGrade, Series, Speciality
from talent.models.enterprises import Enterprise, Qualification, QualificationCategory


class Indicator(models.TextChoices):
    """What is counted; ``talent.staffing`` has the one expression for each."""

    NET_ASSETS = "net_assets", "净资产"
    CAPITAL = "capital", "注册资本"
    CREDIT_LINE = "credit_line", "授信额度"
    RESEARCH_SHARE = "research_share", "研发投入占营业收入的比例"
    CONSTRUCTORS = "constructors", "注册建造师"
    MIDDLE_TITLES = "middle_titles", "中级以上职称人员"
    SITE_MANAGERS = "site_managers", "施工现场管理人员"
    WORKERS = "workers", "技术工人"
    CHIEF_YEARS = "chief_years", "技术负责人从事工程管理的年限"
    METHODS = "methods", "国家级工法"
    SAFETY_OFFICERS = "safety_officers", "专职安全生产管理人员"
    B_CERTIFICATES = "b_certificates", "项目负责人安全生产考核合格证（B类）"
    LEGAL_A = "legal_a", "法定代表人安全生产考核合格证（A类）"


# Of the enterprise as a whole: of several qualifications the one that demands most is the measure.
COMPANY_WIDE = frozenset({Indicator.SAFETY_OFFICERS, Indicator.B_CERTIFICATES, Indicator.LEGAL_A})
MONEY = frozenset({Indicator.NET_ASSETS, Indicator.CAPITAL, Indicator.CREDIT_LINE})
OF_PEOPLE = frozenset(
    {
        Indicator.CONSTRUCTORS,
        Indicator.MIDDLE_TITLES,
        Indicator.SITE_MANAGERS,
        Indicator.WORKERS,
        Indicator.CHIEF_YEARS,
        Indicator.SAFETY_OFFICERS,
        Indicator.B_CERTIFICATES,
        Indicator.LEGAL_A,
    }
)
SUPERVISES = "talent.clear_flag"
PIECES = {
    Indicator.RESEARCH_SHARE: "%",
    Indicator.CHIEF_YEARS: "年",
    Indicator.METHODS: "项",
    Indicator.B_CERTIFICATES: "本",
    Indicator.LEGAL_A: "本",
}


def amount(indicator: str, number: Decimal | None) -> str:
    """A number of an indicator as a page says it, with its unit."""
    if number is None:
        return "没有数据"
    if indicator == Indicator.RESEARCH_SHARE:
        number = number * 100
    unit = "万元" if indicator in MONEY else PIECES.get(Indicator(indicator), "人")
    return f"{number.normalize():,f}{unit}"


class DatedQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


class StaffingRule(models.Model):
    """One indicator of a grade for a time. Without category: of every category of the series.

    ``registration_grade`` empty counts constructors of any grade, ``specialities`` empty of any speciality.
    """

    code = models.CharField("编码", max_length=120, unique=True)
    series = models.CharField("序列", max_length=12, choices=Series)
    category = models.ForeignKey(
        QualificationCategory, models.PROTECT, null=True, blank=True, related_name="staffing_rules",
        verbose_name="资质类别",
    )  # fmt: skip
    grade = models.CharField("等级", max_length=1, choices=Grade, blank=True)
    indicator = models.CharField("指标", max_length=20, choices=Indicator)
    registration_grade = models.CharField("注册级别", max_length=1, choices=RegistrationGrade, blank=True)
    specialities = ArrayField(
        models.CharField(max_length=12, choices=Speciality), verbose_name="注册专业", default=list, blank=True
    )
    minimum = models.DecimalField("最低要求", max_digits=14, decimal_places=4)
    basis = models.CharField("依据", max_length=200)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="staffing_rules", verbose_name="监督部门"
    )
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("停止施行日期", null=True, blank=True)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "资质人员标准"
        verbose_name_plural = "资质人员标准"
        constraints = [
            models.CheckConstraint(name="staffing_rule_demands_something", condition=Q(minimum__gt=0)),
            models.CheckConstraint(
                name="staffing_rule_ends_not_before_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def what(self) -> str:
        """建筑工程、机电工程专业一级注册建造师."""
        if self.indicator != Indicator.CONSTRUCTORS:
            return str(Indicator(self.indicator).label)
        specialities = "、".join(Speciality(code).label for code in self.specialities)
        grade = RegistrationGrade(self.registration_grade).label if self.registration_grade else ""
        return f"{specialities}{'专业' if specialities else ''}{grade}注册建造师"

    def lack(self, missing: Decimal) -> str:
        """缺2名建筑工程专业注册建造师; 净资产差200万元."""
        if self.indicator == Indicator.LEGAL_A:
            return "法定代表人没有有效的安全生产考核合格证（A类）"
        if self.indicator in (Indicator.CHIEF_YEARS, Indicator.RESEARCH_SHARE) or self.indicator in MONEY:
            return f"{self.what}差{amount(self.indicator, missing)}"
        unit = PIECES.get(Indicator(self.indicator), "名")
        return f"缺{missing.normalize():,f}{unit}{self.what}"


class IndicatorSuspension(models.Model):
    """An indicator that is not looked at for a time; above the lowest grade of a category only, or at all."""

    indicator = models.CharField("指标", max_length=20, choices=Indicator)
    is_above_lowest_only = models.BooleanField("最低等级除外", default=False)
    basis = models.CharField("依据", max_length=200)
    valid_from = models.DateField("暂停自")
    valid_to = models.DateField("暂停至", null=True, blank=True)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "指标暂停考核"
        verbose_name_plural = "指标暂停考核"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "valid_from"], name="an_indicator_is_suspended_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_indicator_display()}暂停考核"


class StaffingState(models.Model):
    """How an enterprise stands to one rule; derived from the facts, written by the monitor alone.

    ``found`` is null where the registry cannot tell. ``slot`` is the rule under its qualification, or the
    indicator where it is of the whole enterprise and ``qualification`` is the one that demands most.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="staffing_states", verbose_name="企业"
    )
    slot = models.CharField(max_length=60, editable=False)
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, related_name="staffing_states", verbose_name="资质"
    )
    rule = models.ForeignKey(StaffingRule, models.PROTECT, related_name="+", verbose_name="标准")
    indicator = models.CharField("指标", max_length=20, choices=Indicator)
    required = models.DecimalField("要求", max_digits=14, decimal_places=4)
    found = models.DecimalField("现有", max_digits=14, decimal_places=4, null=True)
    is_broken = models.BooleanField("不达标", default=False)
    since = models.DateField("自")

    class Meta:
        verbose_name = "资质条件状态"
        verbose_name_plural = "资质条件状态"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "slot"], name="an_enterprise_stands_once_to_a_rule"
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise"], name="staffing_broken", condition=Q(is_broken=True)),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}：{self.rule.what}"

    @property
    def missing(self) -> Decimal:
        return max(self.required - self.found, Decimal(0)) if self.found is not None else Decimal(0)

    @property
    def required_words(self) -> str:
        return amount(self.indicator, self.required)

    @property
    def found_words(self) -> str:
        return amount(self.indicator, self.found)

    @property
    def missing_words(self) -> str:
        return self.rule.lack(self.missing) if self.is_broken else ""

    @property
    def is_of_people(self) -> bool:
        return self.indicator in OF_PEOPLE


def watches(user: User, on: date) -> bool:
    """Whether the registries' watch is this person's work: a post in a watching department, or supervision."""
    if user.has_perm(SUPERVISES):
        return True
    offices = user.posts.in_force(on).values("department")
    return (
        user.has_perm("talent.view_staffingalert")
        and StaffingRule.objects.filter(department__in=offices).exists()
    )


class StaffingAlertQuerySet(models.QuerySet["StaffingAlert"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of(self, enterprise: Enterprise) -> Self:
        return self.filter(enterprise=enterprise)

    def visible_to(self, user: User, on: date) -> Self:
        """Of the departments in which the person holds a post that day; all for who supervises."""
        if not watches(user, on):
            return self.none()
        if user.has_perm(SUPERVISES):
            return self
        return self.filter(department__in=user.posts.in_force(on).values("department"))

    def for_lists(self) -> Self:
        return self.select_related("enterprise", "qualification__category", "department", "current_clock")

    def locked(self, alert: "StaffingAlert") -> "StaffingAlert":
        return (
            self.select_for_update(of=("self",))
            .select_related("current_clock", "enterprise")
            .get(pk=alert.pk)
        )


@statutory
class StaffingAlert(models.Model):
    """A qualification fell below its standard; without qualification, what the whole enterprise must have.

    Open until the monitor finds the standard met again.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="staffing_alerts", verbose_name="企业"
    )
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="资质"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="监督部门")
    lacks = models.JSONField("出现时的缺项", default=list)
    opened_at = models.DateTimeField("发现时间")
    current_clock = models.ForeignKey(
        Clock, models.PROTECT, null=True, related_name="+", verbose_name="整改期限"
    )
    handling = models.TextField("处理情况", blank=True)
    handled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    handled_at = models.DateTimeField("登记时间", null=True, blank=True)
    closed_at = models.DateTimeField("解除时间", null=True, blank=True)

    objects: ClassVar[Any] = StaffingAlertQuerySet.as_manager()

    class Meta:
        verbose_name = "资质预警"
        verbose_name_plural = "资质预警"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "qualification"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="one_open_alert_of_a_qualification",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}“{self.what}”"

    @property
    def what(self) -> str:
        return str(self.qualification) if self.qualification_id else "安全生产管理人员"
