"""What is on record beside a version: each person's word, what the scan saw, what stayed open after a withdrawal."""

import pgtrigger
from django.db import models
from django.db.models import Q

from disclosure.models.codes import PersonalData, ReviewStage, Verdict
from disclosure.models.documents import Document
from disclosure.models.versions import DocumentVersion
from portal.people.models import User


class ReviewStep(models.Model):
    """One person's word on a version. Appended, never changed."""

    version = models.ForeignKey(
        DocumentVersion, models.PROTECT, related_name="steps", verbose_name="文件版本"
    )
    stage = models.CharField("环节", max_length=14, choices=ReviewStage)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    opinion = models.CharField("意见", max_length=1000)
    checklist = models.JSONField("审查清单", default=dict, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "审查记录"
        verbose_name_plural = "审查记录"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}{self.get_verdict_display()}"


class ScanFinding(models.Model):
    """A personal number the scan saw. The number itself is not kept: shown masked, found again by its hash."""

    version = models.ForeignKey(
        DocumentVersion, models.CASCADE, related_name="findings", verbose_name="文件版本"
    )
    place = models.CharField("位置", max_length=120)
    kind = models.CharField("类别", max_length=10, choices=PersonalData)
    shown = models.CharField("内容（已遮盖）", max_length=40)
    fingerprint = models.CharField(max_length=64, editable=False)
    found_at = models.DateTimeField("发现时间")
    overridden_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="放行人"
    )
    overridden_at = models.DateTimeField("放行时间", null=True, blank=True)
    override_reason = models.CharField("放行理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "个人信息提示"
        verbose_name_plural = "个人信息提示"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "place", "kind", "fingerprint"], name="scan_finding_once_in_a_place"
            ),
            models.CheckConstraint(
                name="scan_finding_passed_with_a_reason",
                condition=Q(overridden_at=None, override_reason="")
                | (Q(overridden_at__isnull=False) & ~Q(override_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}：{self.get_kind_display()}{self.shown}"


class ExitCheck(models.Model):
    """An exit that still showed what was withdrawn: a task for the office until it is closed."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="exit_checks", verbose_name="文件")
    exit = models.CharField("出口", max_length=40)
    address = models.CharField("地址", max_length=300)
    note = models.CharField("说明", max_length=200, blank=True)
    opened_at = models.DateTimeField("发现时间")
    seen_at = models.DateTimeField("最近一次发现")
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)

    class Meta:
        verbose_name = "撤下核查"
        verbose_name_plural = "撤下核查"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "exit"],
                condition=Q(closed_at=None),
                name="exit_check_open_once_for_an_exit",
            )
        ]
        indexes = [models.Index(fields=["-opened_at"], name="exit_check_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return f"{self.document}：{self.exit}"
