from django.db import models
from django.db.models import Q


class OptOut(models.Model):
    """退订: a number that wants no reminders by text message. Notices of law still reach it."""

    phone_hash = models.CharField(max_length=64, unique=True, editable=False)
    masked_phone = models.CharField("号码", max_length=20)
    keyword = models.CharField("回复内容", max_length=20)
    opted_out_at = models.DateTimeField("退订时间")
    revoked_at = models.DateTimeField("恢复时间", null=True, blank=True)

    class Meta:
        verbose_name = "短信退订"
        verbose_name_plural = "短信退订"
        permissions = [("revoke_optout", "恢复短信提醒")]

    def __str__(self) -> str:
        return self.masked_phone


class Halt(models.Model):
    """A gateway that refuses everything (balance, account, signature): its channel waits."""

    channel = models.CharField("渠道", max_length=16)
    gateway = models.CharField("网关", max_length=32)
    code = models.CharField("代码", max_length=64)
    detail = models.CharField("说明", max_length=300, blank=True, default="")
    halted_at = models.DateTimeField("停发时间")
    probe_at = models.DateTimeField("下次试发")
    lifted_at = models.DateTimeField("恢复时间", null=True, blank=True)

    class Meta:
        verbose_name = "网关停发"
        verbose_name_plural = "网关停发"
        constraints = [
            models.UniqueConstraint(
                name="halt_stands_once_for_a_channel", fields=["channel"], condition=Q(lifted_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.code}"
