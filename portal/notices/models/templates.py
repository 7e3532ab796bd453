from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portal.notices import wording


class UnknownTemplate(LookupError):
    """No template of this code is loaded: a mistake in the code that asks for it."""


class TemplateKind(models.TextChoices):
    CODE = "code", "验证码"
    NOTICE = "notice", "办事通知"
    REMINDER = "reminder", "提醒"


class TemplateManager(models.Manager["Template"]):
    def coded(self, code: str) -> "Template":
        """Raises UnknownTemplate."""
        try:
            return self.get(code=code)
        except self.model.DoesNotExist:
            raise UnknownTemplate(f"no notice template {code!r}: add it to templates.yaml") from None


class Template(models.Model):
    """The approved words of a message. Words come from templates.yaml, gateway codes from staff."""

    code = models.SlugField("代码", max_length=64, unique=True)
    title = models.CharField("标题", max_length=60)
    kind = models.CharField("类别", max_length=16, choices=TemplateKind, default=TemplateKind.NOTICE)
    body = models.TextField("正文")
    channels = ArrayField(models.CharField(max_length=16), verbose_name="渠道")
    bypass_quiet = models.BooleanField("不受安静时段限制", default=False)
    lives_for = models.DurationField("有效期", default=timedelta(days=3))
    aliyun_code = models.CharField("阿里云模板编号", max_length=64, blank=True, default="")
    tencent_code = models.CharField("腾讯云模板编号", max_length=64, blank=True, default="")
    is_retired = models.BooleanField("已停用", default=False)

    objects = TemplateManager()

    class Meta:
        verbose_name = "通知模板"
        verbose_name_plural = "通知模板"

    def __str__(self) -> str:
        return self.title

    @property
    def variables(self) -> list[str]:
        return wording.variables(self.body)

    @property
    def is_secret(self) -> bool:
        """Its text opens a door: never shown to staff, wiped once it is of no more use."""
        return self.kind == TemplateKind.CODE

    def word(self, values: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
        """The body with the values in it, and the values as words. Raises WrongVariables."""
        words = wording.worded(self.variables, values, self.code)
        return self.body.format_map(words), words
