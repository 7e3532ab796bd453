"""What a calendar notice did to open clocks, and what the nightly recompute found."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from portal.workdays.models.clocks import Clock
from portal.workdays.models.days import CalendarNotice


class ClockMoveQuerySet(models.QuerySet["ClockMove"]):
    def untold(self) -> Self:
        return self.filter(told_at=None)


class ClockMove(models.Model):
    """The date of one clock before and after a notice. Those concerned are told once."""

    # The database need not look each of these up, for a hundred thousand at a time: a clock cannot go while
    # its segments hold it, nor a published notice while its days do.
    notice = models.ForeignKey(
        CalendarNotice, models.PROTECT, related_name="moves", db_constraint=False, verbose_name="日历通知"
    )
    clock = models.ForeignKey(
        Clock, models.PROTECT, related_name="moves", db_index=False, db_constraint=False, verbose_name="时限"
    )
    old_due_on = models.DateField("原到期日")
    new_due_on = models.DateField("现到期日")
    moved_at = models.DateTimeField("变动时间")
    told_at = models.DateTimeField("告知时间", null=True, blank=True)

    objects = ClockMoveQuerySet.as_manager()

    class Meta:
        verbose_name = "到期日变动"
        verbose_name_plural = "到期日变动"
        constraints = [
            models.CheckConstraint(
                name="clock_move_changes_the_date", condition=~Q(old_due_on=F("new_due_on"))
            )
        ]
        indexes = [models.Index(fields=["id"], name="clock_move_not_yet_told", condition=Q(told_at=None))]

    def __str__(self) -> str:
        return f"{self.old_due_on:%Y-%m-%d} → {self.new_due_on:%Y-%m-%d}"


class ShadowRun(models.Model):
    """One night's recompute of every open clock: how many, and which disagree with their segments."""

    day = models.DateField("日期", unique=True)
    at = models.DateTimeField("运行时间")
    checked = models.PositiveIntegerField("核对时限数")
    faults = models.PositiveIntegerField("不一致数")
    first_faults = models.JSONField(
        "不一致明细", default=list, help_text="最多列出200个；每个一条留痕，请逐一查明。"
    )

    class Meta:
        verbose_name = "时限核对"
        verbose_name_plural = "时限核对"

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}：{self.checked}个时限，{self.faults}个不一致"
