"""报送: what was published in a month, handed to the archive and to the library."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from portal.audit.history import statutory
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock


class Receiver(models.TextChoices):
    ARCHIVE = "archive", "市档案馆"
    LIBRARY = "library", "市图书馆"


class TransferState(models.TextChoices):
    DUE = "due", "待报送"
    SENT = "sent", "待签收"
    RECEIVED = "received", "已签收"


TRANSFER_MOVES: dict[str, set[str]] = {
    TransferState.DUE: {TransferState.SENT},
    TransferState.SENT: {TransferState.RECEIVED},
    TransferState.RECEIVED: set(),
}


@statutory
class TransferBatch(models.Model):
    """``manifest`` is frozen when the batch is sent: a line a document, each file with its SHA-256."""

    receiver = models.CharField("接收单位", max_length=8, choices=Receiver)
    month = models.DateField("公开月份", help_text="当月第一天")
    state = models.CharField("状态", max_length=8, choices=TransferState, default=TransferState.DUE)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="+", verbose_name="报送时限")
    manifest = models.JSONField("清单", default=list, blank=True)
    sha256 = models.CharField("清单摘要", max_length=64, blank=True)
    sent_at = models.DateTimeField("报送时间", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    received_on = models.DateField("签收日期", null=True, blank=True)
    receipt_no = models.CharField("回执编号", max_length=60, blank=True)
    received_by = models.CharField("签收人", max_length=40, blank=True)

    class Meta:
        verbose_name = "报送批次"
        verbose_name_plural = "报送批次"
        constraints = [
            models.UniqueConstraint(fields=["receiver", "month"], name="a_month_is_transferred_once_to_each"),
            models.CheckConstraint(name="transfer_month_is_a_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="transfer_received_on_set_exactly_when_received",
                condition=Q(state=TransferState.RECEIVED, received_on__isnull=False)
                | (~Q(state=TransferState.RECEIVED) & Q(received_on=None)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="manifest_frozen_when_sent",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=TransferState.DUE)
                & (
                    pgtrigger.Q(old__manifest__df=pgtrigger.F("new__manifest"))
                    | pgtrigger.Q(old__sha256__df=pgtrigger.F("new__sha256"))
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月报送{self.get_receiver_display()}"

    def move_to(self, state: TransferState) -> None:
        """Change the state in memory; raises RuleBroken when the move is not legal."""
        if state not in TRANSFER_MOVES[self.state]:
            raise RuleBroken(f"{self}现为“{self.get_state_display()}”，不能改为“{state.label}”。")
        self.state = state

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(self.manifest)
