"""企业库: enterprises, what they may do and what they hold."""

from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.models import Party, User
from talent.models.codes import EnterpriseStatus, Grade, Holding, Series
from talent.models.origins import Described, Fact, FactQuerySet
from talent.models.periods import Days


class EnterpriseQuerySet(FactQuerySet["Enterprise"]):
    def visible_to(self, viewer: Any) -> Self:
        """The one rule of which enterprises the public sees: all that were not merged or archived."""
        return self.live().filter(merged_into=None)

    def actable_by(self, user: User, on: date) -> Self:
        """Those the user may keep the record of: their party authorises them on that day."""
        return self.live().filter(party__in=Party.objects.actable_by(user, on))

    def locked(self, enterprise: "Enterprise") -> "Enterprise":
        return self.select_for_update(of=("self",)).select_related("party", "origin").get(pk=enterprise.pk)


@statutory
class Enterprise(Described):
    """``uscc`` repeats the party's credit code, which is public, so that it can be searched."""

    own_fields = (
        "kind", "address", "legal_representative", "contact", "contact_phone", "founded_on", "capital", "scope",
    )  # fmt: skip

    party = models.OneToOneField(Party, models.PROTECT, related_name="enterprise", verbose_name="当事人")
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=200)
    kind = models.CharField("企业类型", max_length=60, blank=True)
    region_code = models.CharField("所在区划", max_length=6, db_index=True)
    address = models.CharField("注册地址", max_length=200, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    contact = models.CharField("联系人", max_length=50, blank=True)
    contact_phone = models.CharField("联系电话", max_length=30, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    capital = models.DecimalField("注册资本（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    scope = models.TextField("经营范围", blank=True)
    status = models.CharField(
        "登记状态", max_length=16, choices=EnterpriseStatus, default=EnterpriseStatus.IN_BUSINESS
    )
    registered_on = models.DateField("入库日期")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False,
        verbose_name="已并入",
    )  # fmt: skip

    objects: ClassVar[Any] = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = "企业"
        verbose_name_plural = "企业"
        indexes = [
            models.Index(fields=["region_code", "id"], name="enterprise_by_region"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_visible(self) -> bool:
        """The object form of ``visible_to``."""
        return self.archived_at is None and self.merged_into_id is None


class QualificationCategory(models.Model):
    """A category of a series with the grades it has, valid for a time: the standards change."""

    code = models.SlugField("编码", max_length=40, unique=True)
    series = models.CharField("序列", max_length=12, choices=Series)
    name = models.CharField("类别", max_length=60)
    grades = models.JSONField("等级", default=list)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("停止施行日期", null=True, blank=True)

    class Meta:
        verbose_name = "资质类别"
        verbose_name_plural = "资质类别"
        constraints = [
            models.UniqueConstraint(fields=["series", "name"], name="a_category_stands_once_in_its_series"),
        ]

    def __str__(self) -> str:
        return f"{self.name}{self.get_series_display()}" if self.series != Series.LABOUR else self.name


Row = TypeVar("Row", bound=models.Model)


class PeriodQuerySet(FactQuerySet[Row]):
    """Of facts with ``valid_from`` and ``valid_to``, both days included."""

    def in_force(self, on: date) -> Self:
        return self.live().filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)

    def expiring(self, on: date, until: date) -> Self:
        """In force today and over by ``until``."""
        return self.in_force(on).filter(valid_to__lte=until)


@statutory
class Qualification(Fact):
    """资质: a grade of a category held for a period; one grade of a category at a time."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="qualifications", verbose_name="企业"
    )
    category = models.ForeignKey(
        QualificationCategory, models.PROTECT, related_name="+", verbose_name="资质类别"
    )
    grade = models.CharField("等级", max_length=1, choices=Grade)
    certificate_no = models.CharField("证书编号", max_length=60)
    issuer = models.CharField("发证机关", max_length=100)
    issued_on = models.DateField("发证日期")
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期至", null=True, blank=True)
    ended_reason = models.CharField("提前终止原因", max_length=200, blank=True)

    objects: ClassVar[Any] = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "企业资质"
        verbose_name_plural = "企业资质"
        constraints = [
            models.CheckConstraint(
                name="qualification_ends_not_before_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            ExclusionConstraint(
                name="one_grade_of_a_category_at_a_time",
                expressions=[
                    ("enterprise", RangeOperators.EQUAL),
                    ("category", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["certificate_no"], name="qualification_by_certificate"),
            models.Index(fields=["valid_to"], name="qualification_expiring", condition=Q(archived_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.category}{self.get_grade_display()}"


@statutory
class SafetyPermit(Fact):
    """安全生产许可证: three years (《安全生产许可证条例》第九条)."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="safety_permits", verbose_name="企业"
    )
    number = models.CharField("许可证编号", max_length=60, unique=True)
    issuer = models.CharField("发证机关", max_length=100)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期至")

    objects: ClassVar[Any] = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "安全生产许可证"
        verbose_name_plural = "安全生产许可证"
        constraints = [
            ExclusionConstraint(
                name="one_safety_permit_at_a_time",
                expressions=[
                    ("enterprise", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number


@statutory
class Equipment(Fact):
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="equipment", verbose_name="企业")
    name = models.CharField("设备名称", max_length=100)
    model = models.CharField("规格型号", max_length=100, blank=True)
    holding = models.CharField("权属", max_length=8, choices=Holding)
    count = models.PositiveIntegerField("数量", default=1)
    made_on = models.DateField("出厂日期", null=True, blank=True)
    leased_until = models.DateField("租赁期至", null=True, blank=True)

    class Meta:
        verbose_name = "设备"
        verbose_name_plural = "设备"
        constraints = [
            models.CheckConstraint(
                name="only_leased_equipment_has_an_end",
                condition=Q(holding=Holding.LEASED) | Q(leased_until=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@statutory
class FinanceYear(Fact):
    """Audited figures of a year, in 万元."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="finances", verbose_name="企业")
    year = models.PositiveSmallIntegerField("年度")
    net_assets = models.DecimalField("净资产（万元）", max_digits=14, decimal_places=2)
    revenue = models.DecimalField("营业收入（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    credit_line = models.DecimalField(
        "授信额度（万元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    research = models.DecimalField("研发投入（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    auditor = models.CharField("审计机构", max_length=100, blank=True)

    class Meta:
        verbose_name = "年度财务"
        verbose_name_plural = "年度财务"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year"],
                condition=Q(archived_at=None),
                name="a_year_has_one_set_of_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度"


@statutory
class Subsidiary(Fact):
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="subsidiaries", verbose_name="企业"
    )
    name = models.CharField("下属企业或者分支机构", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    share = models.DecimalField("持股比例（%）", max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "下属企业"
        verbose_name_plural = "下属企业"
        constraints = [
            models.CheckConstraint(
                name="a_share_is_a_percentage",
                condition=Q(share=None) | (Q(share__gt=0) & Q(share__lte=100)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@statutory
class EnterpriseFile(Fact):
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="files", verbose_name="企业")
    title = models.CharField("名称", max_length=100)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = "企业证明文件"
        verbose_name_plural = "企业证明文件"

    def __str__(self) -> str:
        return self.title
