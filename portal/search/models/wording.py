"""What staff keep beside the index: other words for the same, what is shown first, what was not found."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Synonym(models.Model):
    """Words that mean the same, folded; whoever asks for one finds the others too."""

    terms = ArrayField(models.CharField(max_length=30), verbose_name="同义词")
    is_active = models.BooleanField("使用中", default=True)
    changed_at = models.DateTimeField("更新时间", db_default=Now())

    class Meta:
        verbose_name = "同义词"
        verbose_name_plural = "同义词"
        constraints = [
            models.CheckConstraint(
                name="search_synonym_of_two_or_more", condition=models.Q(terms__len__gte=2)
            ),
        ]

    def __str__(self) -> str:
        return "、".join(self.terms)


class Pin(models.Model):
    """Shown first for one question while it can be found at all: the thing is named as in the index."""

    question = models.CharField("搜索词", max_length=100)
    kind = models.CharField("类别", max_length=24)
    obj_id = models.CharField("对象", max_length=64)
    title = models.CharField("标题", max_length=300)
    url = models.CharField("地址", max_length=300)
    position = models.PositiveSmallIntegerField("顺序", default=1)
    is_active = models.BooleanField("使用中", default=True)
    changed_at = models.DateTimeField("更新时间", db_default=Now())

    class Meta:
        verbose_name = "推荐结果"
        verbose_name_plural = "推荐结果"
        constraints = [
            models.UniqueConstraint(
                fields=["question", "kind", "obj_id"], name="search_pin_once_for_a_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}：{self.title}"


class Unfound(models.Model):
    """A question nothing answered: its words, how often, when last; never who asked."""

    question = models.CharField("搜索词", max_length=40, unique=True)
    times = models.PositiveIntegerField("次数", default=1)
    first_on = models.DateField("首次")
    last_on = models.DateField("最近一次")

    class Meta:
        verbose_name = "搜不到的词"
        verbose_name_plural = "搜不到的词"
        indexes = [models.Index(fields=["-times", "-id"], name="search_unfound_most_first")]

    def __str__(self) -> str:
        return self.question
