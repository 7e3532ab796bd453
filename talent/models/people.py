"""人才库: people and what they have learned, hold and did."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from portal.audit.history import statutory
from portal.people.masking import mask_name
from portal.people.models import Party, User
from talent.models.codes import (
    Education,
    Position,
    RegistrationGrade,
    RegistrationKind,
    SafetyClass,
    Sex,
    Speciality,
    TitleLevel,
)
from talent.models.enterprises import Enterprise, PeriodQuerySet
from talent.models.origins import Described, Fact, FactQuerySet
from talent.models.periods import Days


class PersonQuerySet(FactQuerySet["Person"]):
    def visible_to(self, viewer: Any) -> Self:
        """The one rule of which people the public finds, masked: those with a registration or certificate.

        Nobody is shown for being employed or for living somewhere (个人信息保护法 第六条: the least
        that serves the purpose).
        """
        return self.live().filter(merged_into=None, is_professional=True)

    def of_user(self, user: User) -> Self:
        return self.live().filter(party__user=user)

    def locked(self, person: "Person") -> "Person":
        return self.select_for_update(of=("self",)).select_related("party", "origin").get(pk=person.pk)


@statutory
class Person(Described):
    """``is_professional`` follows from a registration or certificate ever held, kept by the workflow."""

    key = models.UUIDField("公开标识", default=uuid.uuid4, unique=True, editable=False)
    own_fields = (
        "education", "school", "major", "graduated_on", "title", "title_name", "title_no", "career_from",
    )  # fmt: skip

    party = models.OneToOneField(Party, models.PROTECT, related_name="person", verbose_name="当事人")
    name = models.CharField("姓名", max_length=50)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    education = models.CharField("学历", max_length=10, choices=Education, blank=True)
    school = models.CharField("毕业院校", max_length=100, blank=True)
    major = models.CharField("专业", max_length=60, blank=True)
    graduated_on = models.DateField("毕业日期", null=True, blank=True)
    title = models.PositiveSmallIntegerField("职称", choices=TitleLevel, default=TitleLevel.NONE)
    title_name = models.CharField("职称名称", max_length=60, blank=True)
    title_no = models.CharField("职称证书编号", max_length=60, blank=True)
    career_from = models.DateField("从事工程管理起始日期", null=True, blank=True)
    region_code = models.CharField("所在区划", max_length=6, blank=True)
    is_professional = models.BooleanField("持证人员", default=False)
    registered_on = models.DateField("入库日期")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False,
        verbose_name="已并入",
    )  # fmt: skip

    objects: ClassVar[Any] = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        indexes = [
            models.Index(fields=["name"], name="person_by_name", condition=Q(is_professional=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_visible(self) -> bool:
        """The object form of ``visible_to``."""
        return self.archived_at is None and self.merged_into_id is None and self.is_professional

    @property
    def public_name(self) -> str:
        return mask_name(self.name)

    def age_on(self, day: date) -> int | None:
        """Full years."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


class PersonFact(Fact):
    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)ss", verbose_name="人员")

    class Meta:
        abstract = True


@statutory
class Employment(PersonFact):
    """任职: what a person does in an enterprise, from a day to a day (open: still).

    Full-time work is at one enterprise at a time; a second, part-time post is lawful but is looked at.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="employments", verbose_name="企业"
    )
    position = models.CharField("岗位", max_length=24, choices=Position)
    trade = models.CharField("工种或者岗位名称", max_length=40, blank=True)
    is_full_time = models.BooleanField("全职", default=True)
    valid_from = models.DateField("入职日期")
    valid_to = models.DateField("离职日期", null=True, blank=True)

    objects: ClassVar[Any] = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "任职经历"
        verbose_name_plural = "任职经历"
        constraints = [
            models.CheckConstraint(
                name="employment_ends_not_before_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            ExclusionConstraint(
                name="full_time_at_one_enterprise_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None, is_full_time=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "position", "person"],
                name="employment_at_an_enterprise",
                condition=Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}{self.get_position_display()}"


class HeldQuerySet(PeriodQuerySet[Any]):
    """Of certificates held at an enterprise."""

    def counting(self, on: date) -> Self:
        """In force, and not of someone whose work at the enterprise is over.

        注册建造师管理规定第十六条: the certificate of who has ended the employment contract is without effect.
        A holder of whose work there nothing is on file counts.
        """
        posts = Employment.objects.live().filter(person=OuterRef("person"), enterprise=OuterRef("enterprise"))
        is_over = Exists(posts.filter(valid_to__lt=on)) & ~Exists(posts.in_force(on))
        return self.in_force(on).exclude(is_over)


@statutory
class Registration(PersonFact):
    """注册: a person's certificate held at one enterprise for a period.

    ``expires_on`` is what the certificate says; ``valid_to`` is the last day it was held at this
    enterprise, no later than that. All registrations of a person are at one enterprise at a time.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="registrations", verbose_name="注册单位"
    )
    kind = models.CharField("注册类别", max_length=16, choices=RegistrationKind)
    grade = models.CharField("级别", max_length=1, choices=RegistrationGrade, default=RegistrationGrade.NONE)
    specialities = ArrayField(
        models.CharField(max_length=12, choices=Speciality), verbose_name="注册专业", default=list, blank=True
    )
    certificate_no = models.CharField("注册证书编号", max_length=60)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("证书有效期至")
    valid_from = models.DateField("在本单位注册起")
    valid_to = models.DateField("在本单位注册至")

    objects: ClassVar[Any] = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = "注册"
        verbose_name_plural = "注册"
        constraints = [
            models.CheckConstraint(
                name="registration_ends_within_its_certificate",
                condition=Q(valid_to__gte=F("valid_from"), valid_to__lte=F("expires_on")),
            ),
            ExclusionConstraint(
                name="registered_at_one_enterprise_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.NOT_EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None),
            ),
            ExclusionConstraint(
                name="one_registration_of_a_kind_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "kind", "grade", "valid_to"],
                name="registration_at_an_enterprise",
                condition=Q(archived_at=None),
            ),
            models.Index(fields=["certificate_no"], name="registration_by_certificate"),
            models.Index(fields=["expires_on"], name="registration_expiring", condition=Q(archived_at=None)),
        ]

    def __str__(self) -> str:
        grade = self.get_grade_display() if self.grade != RegistrationGrade.NONE else ""
        return f"{grade}{self.get_kind_display()}"

    @property
    def speciality_words(self) -> str:
        return "、".join(Speciality(code).label for code in self.specialities)


@statutory
class SafetyCertificate(PersonFact):
    """安管人员考核合格证: three years, held in one enterprise."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="safety_certificates", verbose_name="企业"
    )
    safety_class = models.CharField("类别", max_length=2, choices=SafetyClass)
    certificate_no = models.CharField("证书编号", max_length=60)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期至")

    objects: ClassVar[Any] = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = "安全生产考核合格证"
        verbose_name_plural = "安全生产考核合格证"
        constraints = [
            ExclusionConstraint(
                name="safety_certificate_in_one_enterprise_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.NOT_EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "safety_class", "valid_to"],
                name="safety_cert_at_an_enterprise",
                condition=Q(archived_at=None),
            ),
            models.Index(fields=["certificate_no"], name="safety_cert_by_number"),
        ]

    def __str__(self) -> str:
        return self.get_safety_class_display()


@statutory
class SpecialTrade(PersonFact):
    """特种作业操作资格: two years, then a re-check."""

    trade = models.CharField("工种", max_length=40)
    certificate_no = models.CharField("证书编号", max_length=60)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期至")

    objects: ClassVar[Any] = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "特种作业资格"
        verbose_name_plural = "特种作业资格"

    def __str__(self) -> str:
        return self.trade


@statutory
class Training(PersonFact):
    """继续教育 and other training, in class hours."""

    name = models.CharField("培训名称", max_length=100)
    organiser = models.CharField("培训机构", max_length=100, blank=True)
    hours = models.PositiveSmallIntegerField("学时")
    finished_on = models.DateField("结业日期")

    class Meta:
        verbose_name = "培训与继续教育"
        verbose_name_plural = "培训与继续教育"

    def __str__(self) -> str:
        return self.name


@statutory
class PersonAchievement(PersonFact):
    name = models.CharField("业绩或者奖项", max_length=200)
    role = models.CharField("承担的工作", max_length=100, blank=True)
    on = models.DateField("日期")

    class Meta:
        verbose_name = "个人业绩"
        verbose_name_plural = "个人业绩"

    def __str__(self) -> str:
        return self.name
