"""Projects of enterprises, and who leads them."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from portal.audit.history import statutory
from talent.models.enterprises import Enterprise, PeriodQuerySet
from talent.models.origins import Fact
from talent.models.people import PersonFact
from talent.models.periods import Days


@statutory
class Project(Fact):
    """A project is an achievement once it is completed. Phases of one project name the first as ``whole``."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="projects", verbose_name="承包企业"
    )
    code = models.CharField("项目编码", max_length=40, unique=True)
    name = models.CharField("项目名称", max_length=200)
    whole = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="phases", verbose_name="所属总项目"
    )
    category = models.CharField("工程类别", max_length=60, blank=True)
    area = models.DecimalField("建筑面积（平方米）", max_digits=12, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("合同金额（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    begun_on = models.DateField("开工日期")
    completed_on = models.DateField("竣工日期", null=True, blank=True)
    stopped_on = models.DateField("停工日期", null=True, blank=True)

    class Meta:
        verbose_name = "工程项目"
        verbose_name_plural = "工程项目"
        constraints = [
            models.CheckConstraint(
                name="project_completed_not_before_it_begins",
                condition=Q(completed_on=None) | Q(completed_on__gte=F("begun_on")),
            ),
            models.CheckConstraint(
                name="a_project_is_not_a_phase_of_itself", condition=Q(whole=None) | ~Q(whole=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def whole_id_or_own(self) -> int:
        return self.whole_id or self.pk


@statutory
class Leadership(PersonFact):
    """项目负责人: one project at a time, its phases being one.

    A completed project ends the period that day; one stopped for more than 120 days ends it on the
    day of the stop, and its resumption begins a new one (注册建造师执业管理办法 第九条, 待核).
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="leaderships", verbose_name="项目")
    works = models.ForeignKey(
        Project, models.PROTECT, related_name="+", verbose_name="总项目", editable=False
    )
    valid_from = models.DateField("任职起")
    valid_to = models.DateField("任职至", null=True, blank=True)

    objects: ClassVar[Any] = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "项目负责人任职"
        verbose_name_plural = "项目负责人任职"
        constraints = [
            models.CheckConstraint(
                name="leadership_ends_not_before_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            ExclusionConstraint(
                name="leads_one_project_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("works", RangeOperators.NOT_EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}项目负责人"
