from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.notices.models.notices import Notice
from portal.people.models import User


class FollowUpWay(models.TextChoices):
    PHONE = "phone", "已电话告知"
    LETTER = "letter", "已邮寄"
    VISIT = "visit", "已当面告知"
    RESENT = "resent", "已重发"
    MOOT = "moot", "已无须告知"
    RECEIPT = "receipt", "后续回执证明已送达"


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(answered_at=None)

    def in_charge_of(self, user: User, on: date) -> Self:
        if user.is_administrator:
            return self
        return self.filter(notice__in=Notice.objects.in_charge_of(user, on))


class FollowUp(models.Model):
    """人工告知: nothing reached the person, so somebody must; open until answered."""

    notice = models.OneToOneField(
        "notices.Notice", models.PROTECT, verbose_name="通知", related_name="follow_up"
    )
    why = models.CharField("原因", max_length=300)
    opened_at = models.DateTimeField("生成时间")
    way = models.CharField("告知方式", max_length=16, choices=FollowUpWay, blank=True, default="")
    note = models.CharField("说明", max_length=300, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", null=True, related_name="+"
    )
    answered_at = models.DateTimeField("办理时间", null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "人工告知"
        verbose_name_plural = "人工告知"
        permissions = [("answer_followup", "办理人工告知")]
        constraints = [
            models.CheckConstraint(
                name="follow_up_names_its_way_exactly_when_answered",
                condition=Q(answered_at=None, way="") | (Q(answered_at__isnull=False) & ~Q(way="")),
            )
        ]
        indexes = [models.Index(name="follow_up_open", fields=["opened_at"], condition=Q(answered_at=None))]

    def __str__(self) -> str:
        return f"人工告知：{self.notice}"
