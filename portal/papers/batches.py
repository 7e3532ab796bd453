"""What every table taken in bulk has: how far it is read, and what was wrong in it."""

import uuid

from django.db import models

from portal.people.models import User


class BatchState(models.TextChoices):
    RECEIVED = "received", "待检查"
    CHECKED = "checked", "已检查"
    LOADING = "loading", "正在导入"
    LOADED = "loaded", "导入完毕"
    GIVEN_UP = "given_up", "已放弃"


class Batch(models.Model):
    """One table. ``position`` is the last row dealt with, so that loading goes on where it stopped."""

    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=200)
    table = models.CharField("表格存储位置", max_length=120)
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.RECEIVED)
    rows = models.PositiveIntegerField("行数", default=0)
    position = models.PositiveIntegerField("已处理到", default=0)
    loaded = models.PositiveIntegerField("已导入", default=0)
    faulty = models.PositiveIntegerField("有误", default=0)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入人"
    )
    at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        """How much of the table is dealt with, in whole percent."""
        return self.position * 100 // self.rows if self.rows else 0

    @property
    def is_running(self) -> bool:
        return self.state == BatchState.LOADING

    @property
    def may_load(self) -> bool:
        return self.state in (BatchState.CHECKED, BatchState.LOADING)


class Fault(models.Model):
    """Why a row was not taken: the field and what to mend. The heir names its batch."""

    row = models.PositiveIntegerField("行号")
    field = models.CharField("栏", max_length=20, blank=True)
    message = models.CharField("问题", max_length=300)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"第{self.row}行 {self.field}：{self.message}"
