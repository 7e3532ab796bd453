"""What an item version consists of: each row is frozen with its version."""

from typing import Any

import pgtrigger
from django.db import models

from approvals.applies import applies
from approvals.models.codes import StageKind, Unit
from approvals.models.items import ItemVersion
from disclosure.models import Article


def frozen_with_version() -> pgtrigger.Trigger:
    """No row of a published version is added, changed or removed, whoever asks."""
    return pgtrigger.Trigger(
        name="frozen_with_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF EXISTS (SELECT 1 FROM approvals_itemversion v WHERE v.state <> 'draft' AND v.id IN (
                CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)) THEN
                RAISE EXCEPTION 'a published item version is frozen';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class Element(models.Model):
    """Kept in the order the guide shows."""

    order = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        abstract = True


class Situation(Element):
    """One of the ways of applying (首次申请, 延期, 变更 …); the applicant chooses one."""

    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="situations")
    code = models.SlugField("代号", max_length=40)
    name = models.CharField("情形", max_length=100)
    hint = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "办理情形"
        verbose_name_plural = "办理情形"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="situation_codes_once_per_version")
        ]
        triggers = [frozen_with_version()]

    def __str__(self) -> str:
        return self.name


class Condition(Element):
    """One thing that must be so. ``check`` is read by ``approvals.applies``, ``registry_rule``
    by ``talent.checks``; neither: a person judges."""

    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="conditions")
    code = models.SlugField("代号", max_length=40)
    text = models.TextField("条件")
    when = models.JSONField("适用情形", default=dict, blank=True)
    check_rule = models.JSONField("自动核验", default=dict, blank=True)
    registry_rule = models.JSONField("登记核验", default=dict, blank=True)
    cure = models.CharField("不符合时怎么办", max_length=500, blank=True)
    evidence = models.JSONField("证明材料代号", default=list, blank=True)

    class Meta:
        verbose_name = "受理条件"
        verbose_name_plural = "受理条件"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="condition_codes_once_per_version")
        ]
        triggers = [frozen_with_version()]

    def __str__(self) -> str:
        return self.text

    def applies_to(self, situation: str, answers: dict[str, Any]) -> bool:
        return applies(self.when, situation, answers)


class MaterialForm(models.TextChoices):
    ELECTRONIC = "electronic", "电子"
    PAPER = "paper", "纸质"
    BOTH = "both", "纸质或者电子"


class Material(Element):
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="materials")
    code = models.SlugField("代号", max_length=40)
    name = models.CharField("材料名称", max_length=200)
    is_required = models.BooleanField("必备材料", default=True)
    when = models.JSONField("何时需要", default=dict, blank=True)
    when_text = models.CharField("何时需要（文字）", max_length=300, blank=True)
    form = models.CharField("材料形式", max_length=12, choices=MaterialForm, default=MaterialForm.ELECTRONIC)
    issuer = models.CharField("出具机构", max_length=200, blank=True)
    issue_time = models.CharField("出具时间要求", max_length=200, blank=True)
    note = models.TextField("材料办理说明", blank=True)
    place = models.CharField("材料办理地点", max_length=200, blank=True)
    usage = models.CharField("材料使用说明", max_length=300, blank=True)
    originals = models.PositiveSmallIntegerField("原件份数", default=0)
    copies = models.PositiveSmallIntegerField("复印件份数", default=0)
    max_files = models.PositiveSmallIntegerField("文件数上限", default=10)
    sample = models.ForeignKey(
        "papers.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="样本",
    )
    blank_form = models.ForeignKey(
        "papers.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="空白表格",
    )

    class Meta:
        verbose_name = "申请材料"
        verbose_name_plural = "申请材料"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="material_codes_once_per_version")
        ]
        triggers = [frozen_with_version()]

    def __str__(self) -> str:
        return self.name

    @property
    def comes_from(self) -> str:
        """Where the applicant gets it, in words: 公安机关出具, 申请人自备; empty when not said."""
        return self.issuer if not self.issuer or "自备" in self.issuer else f"{self.issuer}出具"

    def applies_to(self, situation: str, answers: dict[str, Any]) -> bool:
        return applies(self.when, situation, answers)


class Stage(Element):
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="stages")
    kind = models.CharField("环节", max_length=10, choices=StageKind)
    name = models.CharField("环节名称", max_length=60, blank=True)
    limit = models.PositiveSmallIntegerField("环节时限", default=1)
    unit = models.CharField("单位", max_length=8, choices=Unit, default=Unit.WORKING)
    opinion_template = models.TextField("意见模板", blank=True, help_text="办理人须修改后才能提交")

    class Meta:
        verbose_name = "办理环节"
        verbose_name_plural = "办理环节"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="each_kind_of_stage_once")]
        triggers = [frozen_with_version()]

    def __str__(self) -> str:
        return self.name or StageKind(self.kind).label


class Fee(Element):
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="fees")
    name = models.CharField("收费项目", max_length=100)
    standard = models.CharField("收费标准", max_length=300)
    basis = models.CharField("收费依据", max_length=300)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "收费"
        verbose_name_plural = "收费"
        ordering = ["order", "pk"]
        triggers = [frozen_with_version()]

    def __str__(self) -> str:
        return self.name


class LegalBasis(Element):
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="legal_bases")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+", verbose_name="条款")
    is_certain = models.BooleanField("已核对", default=True, help_text="不确定的为待核，只对工作人员显示")
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "设定依据"
        verbose_name_plural = "设定依据"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "article"], name="an_article_is_cited_once")
        ]
        triggers = [frozen_with_version()]

    def __str__(self) -> str:
        return f"{self.article}" + ("" if self.is_certain else "（待核）")
