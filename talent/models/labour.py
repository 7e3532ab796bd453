"""劳动力资源: residents of streets and villages, what they can do, and what support they need."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from portal.audit.history import statutory
from portal.people.crypto import EncryptedTextField
from portal.people.models import Department, User
from talent.models.origins import Fact, FactQuerySet
from talent.models.people import Person


class HealthClass(models.TextChoices):
    """Sensitive personal information (个人信息保护法 第二十八条): encrypted, never listed or counted by name."""

    WELL = "well", "健康"
    CHRONIC = "chronic", "患慢性病"
    DISABLED = "disabled", "残疾"
    UNFIT = "unfit", "丧失劳动能力"


class SkillLevel(models.TextChoices):
    """职业技能等级."""

    NONE = "0", "无等级"
    PRIMARY = "5", "初级工"
    MIDDLE = "4", "中级工"
    SENIOR = "3", "高级工"
    TECHNICIAN = "2", "技师"
    CHIEF = "1", "高级技师"


class EmploymentState(models.TextChoices):
    EMPLOYED = "employed", "已就业"
    FLEXIBLE = "flexible", "灵活就业"
    SEEKING = "seeking", "失业求职"
    STUDYING = "studying", "在校"
    INACTIVE = "inactive", "无就业意愿"


class SupportClass(models.TextChoices):
    NONE = "none", "一般人员"
    DIFFICULT = "difficult", "就业困难人员"
    ZERO = "zero", "零就业家庭成员"
    GRADUATE = "graduate", "离校未就业高校毕业生"
    VETERAN = "veteran", "退役军人"
    RETURNED = "returned", "返乡务工人员"


class ResidentQuerySet(FactQuerySet["Resident"]):
    def visible_to(self, viewer: User, on: date) -> Self:
        """Staff of the street, and of the office above it; nobody else, supervisors included."""
        offices = viewer.posts.in_force(on).values("department")
        return self.live().filter(Q(street__in=offices) | Q(street__parent__in=offices))

    def consenting(self, on: date) -> Self:
        """Who agreed to be told of work and training, and did not take it back (个人信息保护法 第十三条、第十五条)."""
        return self.live().filter(
            Q(consent_withdrawn_on=None) | Q(consent_withdrawn_on__gt=on), consented_on__lte=on
        )


@statutory
class Resident(Fact):
    """A person as a resident of a street; entered by its staff, or with the person's own word."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="resident", verbose_name="人员")
    street = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="街道（乡镇）")
    village = models.CharField("社区（村）", max_length=60)
    health = EncryptedTextField("健康状况", blank=True, default="", purpose="health")
    skills = models.CharField("技能", max_length=200, blank=True)
    skill_level = models.CharField("技能等级", max_length=1, choices=SkillLevel, default=SkillLevel.NONE)
    employment_state = models.CharField("就业状态", max_length=10, choices=EmploymentState)
    support_class = models.CharField(
        "援助类别", max_length=10, choices=SupportClass, default=SupportClass.NONE
    )
    consented_on = models.DateField("同意接收就业信息之日", null=True, blank=True)
    consent_withdrawn_on = models.DateField("撤回同意之日", null=True, blank=True)
    checked_on = models.DateField("最近核实日期")

    objects: ClassVar[ResidentQuerySet] = ResidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "劳动力资源"
        verbose_name_plural = "劳动力资源"
        constraints = [
            models.CheckConstraint(
                name="consent_is_withdrawn_after_it_was_given",
                condition=Q(consent_withdrawn_on=None) | Q(consent_withdrawn_on__gte=F("consented_on")),
            )
        ]
        indexes = [models.Index(fields=["street", "village"], name="resident_by_street")]

    def __str__(self) -> str:
        return self.person.name

    def consents(self, on: date) -> bool:
        """The object form of ``consenting``."""
        given = self.consented_on is not None and self.consented_on <= on
        return given and (self.consent_withdrawn_on is None or self.consent_withdrawn_on > on)
