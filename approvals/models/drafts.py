"""An application before it is one: saved at every step, not yet submitted."""

import uuid
from datetime import date
from typing import Self

from django.db import models

from approvals.models.answers import EncryptedJSONField
from approvals.models.elements import Material, Situation
from approvals.models.items import ItemVersion
from portal.papers.models import Attachment
from portal.people.models import Party, User


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User, on: date) -> Self:
        """A draft belongs to who began it, as long as they may act for its party."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user=user, party__in=Party.objects.actable_by(user, on))

    def unsubmitted(self) -> Self:
        return self.filter(submitted_case=None, discarded_at=None)

    def locked(self, draft: "Draft") -> "Draft":
        """The row as it is now, held until the transaction ends."""
        return (
            self.select_for_update(of=("self",))
            .select_related("version__item", "party", "user")
            .get(pk=draft.pk)
        )


class Draft(models.Model):
    key = models.UUIDField("凭据", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts", verbose_name="经办人")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="drafts", verbose_name="申请人")
    version = models.ForeignKey(
        ItemVersion, on_delete=models.PROTECT, related_name="drafts", verbose_name="事项版本"
    )
    situation = models.ForeignKey(
        Situation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理情形"
    )
    answers = EncryptedJSONField("填报内容", default=dict, blank=True, purpose="answers")
    step = models.PositiveSmallIntegerField("已保存到第几步", default=0)
    begun_at = models.DateTimeField("开始时间")
    saved_at = models.DateTimeField("保存时间")
    submitted_case = models.OneToOneField(
        "approvals.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="draft",
        verbose_name="办件",
    )
    discarded_at = models.DateTimeField("放弃时间", null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "草稿"
        verbose_name_plural = "草稿"
        indexes = [models.Index(fields=["user", "-saved_at"], name="draft_by_user")]

    def __str__(self) -> str:
        return f"{self.version.name}（草稿）"

    @property
    def situation_code(self) -> str:
        return self.situation.code if self.situation else ""

    def asked_materials(self) -> list[Material]:
        """Materials this application needs or may add, given what was answered so far."""
        materials = self.version.materials.select_related("blank_form", "sample")
        return [m for m in materials if m.applies_to(self.situation_code, self.answers)]


class DraftMaterial(models.Model):
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="materials")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField("添加时间")

    class Meta:
        verbose_name = "草稿材料"
        verbose_name_plural = "草稿材料"
        constraints = [
            models.UniqueConstraint(fields=["draft", "material", "attachment"], name="a_file_is_added_once")
        ]

    def __str__(self) -> str:
        return f"{self.material} {self.attachment}"
