import uuid

from django.db import models

from portal.people.models import User


class SavedSearch(models.Model):
    """A question a citizen keeps, to be told what new things answer it.

    ``above`` is the highest key of the index when it was saved: older things are not news.
    """

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="saved_searches", verbose_name="订阅人"
    )
    question = models.CharField("搜索词", max_length=100)
    query = models.CharField("条件", max_length=1000, blank=True)  # the filters as in the page's address
    by_sms = models.BooleanField("短信", default=False)
    by_email = models.BooleanField("电子邮件", default=False)
    above = models.BigIntegerField("起点")
    saved_at = models.DateTimeField("订阅时间")
    told_at = models.DateTimeField("最近告知", null=True)
    stopped_at = models.DateTimeField("取消时间", null=True)

    class Meta:
        verbose_name = "搜索订阅"
        verbose_name_plural = "搜索订阅"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question", "query"],
                condition=models.Q(stopped_at=None),
                name="search_saved_once_by_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(stopped_at=None), name="search_saved_running")
        ]

    def __str__(self) -> str:
        return self.question


class Told(models.Model):
    """A thing of which the keeper of a saved search has been told: once, whatever happens to its row."""

    saved = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="told")
    kind = models.CharField("类别", max_length=24)
    obj_id = models.CharField("对象", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "已告知"
        verbose_name_plural = "已告知"
        constraints = [
            models.UniqueConstraint(fields=["saved", "kind", "obj_id"], name="search_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.obj_id}"


class Mark(models.Model):
    """The highest key of the index on a day: rows above yesterday's may still be news to somebody.

    A row's key is drawn before its transaction commits, so the highest key seen is no border; a
    transaction open for a whole day there is none.
    """

    day = models.DateField("日期", primary_key=True)
    highest = models.BigIntegerField("最大编号")

    class Meta:
        verbose_name = "索引刻度"
        verbose_name_plural = "索引刻度"

    def __str__(self) -> str:
        return f"{self.day}: {self.highest}"
