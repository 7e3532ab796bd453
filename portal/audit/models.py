from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Model

from portal.audit import sealing
from portal.audit.behaviour import BEHAVIOUR
from portal.audit.words import kind_of


def subject_key(subject: Model | tuple[str, str]) -> tuple[str, str]:
    """The name of a chain: ``("approvals.case", "17")``."""
    if isinstance(subject, tuple):
        return subject[0], str(subject[1])
    if subject.pk is None:
        raise ValueError("only what is stored can have a history")
    return subject._meta.label_lower, str(subject.pk)


class EntryQuerySet(models.QuerySet["Entry"]):
    def of(self, subject: Model | tuple[str, str]) -> Self:
        """The history of one subject, oldest first."""
        subject_type, subject_id = subject_key(subject)
        return self.filter(subject_type=subject_type, subject_id=subject_id).order_by("seq")


class Entry(models.Model):
    """Who did what, on whose behalf, to what, when; sealed to the entry before it."""

    subject_type = models.CharField("对象类别", max_length=64)
    subject_id = models.CharField("对象编号", max_length=64)
    seq = models.PositiveIntegerField("序号")
    action = models.CharField("事项代码", max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    actor_label = models.CharField("操作人姓名", max_length=120)
    behalf_label = models.CharField("代表", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    facts = models.JSONField("事实", default=dict)
    prev_hash = models.CharField("前一条摘要", max_length=64)
    hash = models.CharField("摘要", max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "留痕记录"
        verbose_name_plural = "留痕记录"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "seq"], name="entry_number_unique_in_its_chain"
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="entry_newest_first"),
            models.Index(fields=["actor", "-at"], name="entry_by_actor"),
            models.Index(
                fields=["-at", "-id"],
                name="entry_of_behaviour_newest",
                condition=models.Q(action__in=BEHAVIOUR),
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{kind_of(self.subject_type)}{self.subject_id} 第{self.seq}条"

    @property
    def payload(self) -> str:
        return sealing.payload(
            self.subject_type,
            self.subject_id,
            self.action,
            self.actor_id,
            self.actor_label,
            self.behalf_label,
            self.at,
            self.facts,
        )


class Chain(models.Model):
    """The head of one subject's entries; its row is the lock of the writers of that subject."""

    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    is_sealed = models.BooleanField(default=False)

    class Meta:
        verbose_name = "留痕链"
        verbose_name_plural = "留痕链"
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="chain_one_for_a_subject")
        ]
        indexes = [
            models.Index(fields=["id"], name="chain_not_yet_sealed", condition=models.Q(is_sealed=False))
        ]
        triggers = [
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="grows_by_one",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NOT ((NEW.seq = OLD.seq AND NEW.hash = OLD.hash AND NEW.prev_hash = OLD.prev_hash)"
                    " OR (NEW.seq = OLD.seq + 1 AND NEW.prev_hash = OLD.hash))"
                    " OR NEW.subject_type <> OLD.subject_type OR NEW.subject_id <> OLD.subject_id"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id}"


class DayDigest(models.Model):
    """The published seal of a day over the heads of all chains touched since the last one."""

    day = models.DateField("日期", unique=True)
    prev_root = models.CharField("前一日根值", max_length=64)
    root = models.CharField("根值", max_length=64)
    leaf_count = models.PositiveIntegerField("链数")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "每日摘要"
        verbose_name_plural = "每日摘要"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.day.isoformat()


class DigestLeaf(models.Model):
    """One chain's head as it stood when the day was sealed."""

    digest = models.ForeignKey(DayDigest, on_delete=models.PROTECT, related_name="leaves")
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "摘要叶"
        verbose_name_plural = "摘要叶"
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "subject_type", "subject_id"], name="leaf_once_for_a_chain_and_day"
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id} 至第{self.seq}条"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def late(self, at: datetime) -> list["Heartbeat"]:
        """Jobs that failed last time, or have been silent for longer than three of their rounds."""
        return [beat for beat in self.order_by("name") if not beat.is_well(at)]


class Heartbeat(models.Model):
    """The last run of a periodic job; one row a job."""

    name = models.CharField("任务代码", max_length=80, primary_key=True)
    every = models.DurationField("间隔")
    at = models.DateTimeField("最近运行")
    ok_at = models.DateTimeField("最近成功", null=True)
    ok = models.BooleanField("成功")
    note = models.CharField("说明", max_length=500, blank=True)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = "任务心跳"
        verbose_name_plural = "任务心跳"

    def __str__(self) -> str:
        return self.name

    def is_well(self, at: datetime) -> bool:
        """Succeeded last time, and not longer ago than three rounds and a minute."""
        return self.ok and at - self.at <= 3 * self.every + timedelta(minutes=1)
