from django.db import models


class ReceiptSource(models.TextChoices):
    PUSHED = "pushed", "网关推送"
    ASKED = "asked", "主动查询"
    ANSWERED = "answered", "发送应答"


class Receipt(models.Model):
    """What a gateway said about a notice, as it said it. A second copy of one is dropped."""

    notice = models.ForeignKey(
        "notices.Notice", models.PROTECT, verbose_name="通知", null=True, related_name="receipts"
    )
    source = models.CharField("来源", max_length=16, choices=ReceiptSource)
    delivered = models.BooleanField("送达")
    gateway = models.CharField("网关", max_length=32)
    gateway_id = models.CharField("网关流水号", max_length=128, blank=True, default="", db_index=True)
    code = models.CharField("代码", max_length=64, blank=True, default="")
    detail = models.CharField("说明", max_length=300, blank=True, default="")
    reported_at = models.DateTimeField("回执时间", null=True)
    received_at = models.DateTimeField("收到时间")
    digest = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = "回执"
        verbose_name_plural = "回执"

    def __str__(self) -> str:
        return f"{self.gateway} {'送达' if self.delivered else '未送达'} {self.code}".strip()
