from typing import Self

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

SUBTREE = """
    WITH RECURSIVE tree AS (
        SELECT id FROM people_department WHERE id = %s
        UNION ALL
        SELECT child.id FROM people_department child JOIN tree ON child.parent_id = tree.id
    )
    SELECT id FROM tree
"""


class RegionLevel(models.TextChoices):
    CITY = "city", "市级"
    DISTRICT = "district", "区县级"
    STREET = "street", "乡镇街道级"


class DepartmentQuerySet(models.QuerySet["Department"]):
    def under(self, department: "Department | int") -> Self:
        """The department and every one below it, in one query."""
        pk = department if isinstance(department, int) else department.pk
        return self.filter(pk__in=RawSQL(SUBTREE, [pk]))  # noqa: S611 (constant text, bound value)

    def active(self) -> Self:
        return self.filter(is_active=True)


class Department(models.Model):
    name = models.CharField("名称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=40)
    code = models.SlugField("代码", max_length=32, unique=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级机构", null=True, blank=True, related_name="children"
    )
    region_level = models.CharField("层级", max_length=16, choices=RegionLevel, default=RegionLevel.CITY)
    region_code = models.CharField("行政区划代码", max_length=12)
    phone = models.CharField("咨询电话", max_length=30, blank=True)
    complaint_phone = models.CharField("投诉电话", max_length=30, blank=True)
    address = models.CharField("办公地址", max_length=200, blank=True)
    office_hours = models.CharField("办公时间", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)
    group = models.OneToOneField(
        Group, models.PROTECT, verbose_name="权限组", related_name="department", editable=False
    )

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        constraints = [
            models.UniqueConstraint(
                name="department_uscc_belongs_to_one", fields=["uscc"], condition=~Q(uscc="")
            ),
            models.CheckConstraint(
                name="department_is_not_its_own_parent", condition=~Q(parent=models.F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def group_name(self) -> str:
        """The name of the permission group that stands for this department."""
        return f"机构:{self.code}"


class Window(models.Model):
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="机构", related_name="windows")
    number = models.CharField("窗口号", max_length=16)
    name = models.CharField("名称", max_length=100)
    location = models.CharField("位置", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "窗口"
        verbose_name_plural = "窗口"
        constraints = [
            models.UniqueConstraint(
                name="window_number_is_unique_in_its_department", fields=["department", "number"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}号窗口 {self.name}"
