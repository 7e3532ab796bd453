from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.audit.history import statutory
from portal.people.models.departments import Department, Window


class PostRole(models.TextChoices):
    CLERK = "clerk", "窗口受理"
    HANDLER = "handler", "承办"
    REVIEWER = "reviewer", "审核"
    APPROVER = "approver", "批准"
    HEAD = "head", "负责人"
    SUPERVISOR = "supervisor", "监察"
    EDITOR = "editor", "信息发布"
    SECRECY = "secrecy", "保密审查"
    PUBLICITY = "publicity", "政务公开"


class PostQuerySet(models.QuerySet["Post"]):
    def in_force(self, on: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def present(self, on: date) -> Self:
        """Posts in force whose holder may work that day: account on, not absent."""
        away = Absence.objects.filter(starts_on__lte=on, ends_on__gte=on).values("user_id")
        return self.in_force(on).filter(user__is_active=True).exclude(user_id__in=away)


@statutory
class Post(models.Model):
    """A person's role in a department for a period; both days included."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="人员", related_name="posts"
    )
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="机构", related_name="posts")
    window = models.ForeignKey(
        Window, models.PROTECT, verbose_name="窗口", null=True, blank=True, related_name="posts"
    )
    role = models.CharField("岗位", max_length=16, choices=PostRole)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        constraints = [
            models.CheckConstraint(
                name="post_ends_not_before_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
            )
        ]
        indexes = [models.Index(name="post_by_department_and_role", fields=["department", "role"])]

    def __str__(self) -> str:
        return f"{self.department}{self.get_role_display()} {self.user}"


@statutory
class Absence(models.Model):
    """Days on which a person takes no new work; both days included."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="absences"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    reason = models.CharField("事由", max_length=100)

    class Meta:
        verbose_name = "离岗"
        verbose_name_plural = "离岗"
        constraints = [
            models.CheckConstraint(
                name="absence_ends_not_before_it_starts",
                condition=Q(ends_on__gte=models.F("starts_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_on} 至 {self.ends_on} {self.reason}"
