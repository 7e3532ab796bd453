"""The law library: acts and the articles that items, rules and letters cite."""

import uuid
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When

from disclosure import articles
from portal.audit.history import statutory
from portal.papers.models import Attachment


class Level(models.TextChoices):
    LAW = "law", "法律"
    REGULATION = "regulation", "行政法规"
    JUDICIAL = "judicial", "司法解释"
    DEPARTMENT_RULE = "department_rule", "部门规章"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    LOCAL_RULE = "local_rule", "地方政府规章"
    NORMATIVE = "normative", "规范性文件"
    GB = "gb", "国家标准（GB）"
    GB_T = "gb_t", "推荐性国家标准（GB/T）"
    JGJ = "jgj", "建筑工程行业标准（JGJ）"
    CJJ = "cjj", "城镇建设行业标准（CJJ）"
    DB = "db", "地方标准（DB）"
    GROUP = "group", "团体标准（T）"


STANDARDS = frozenset({Level.GB, Level.GB_T, Level.JGJ, Level.CJJ, Level.DB, Level.GROUP})


class ActStatus(models.TextChoices):
    IN_FORCE = "in_force", "现行有效"
    NOT_YET = "not_yet", "尚未生效"
    AMENDED = "amended", "已修改"
    REPEALED = "repealed", "废止"


class ActQuerySet(models.QuerySet["Act"]):
    def public(self) -> Self:
        """Compared with the original; what is still 待核 is for staff only."""
        return self.filter(is_certain=True)

    def with_status(self, on: date) -> Self:
        """Annotate ``status``: what ``Act.status_on`` says, told by the dates and never stored."""
        return self.annotate(
            status=Case(
                When(repealed_on__lte=on, then=Value(ActStatus.REPEALED)),
                When(superseded_on__lte=on, then=Value(ActStatus.AMENDED)),
                When(effective_on__gt=on, then=Value(ActStatus.NOT_YET)),
                default=Value(ActStatus.IN_FORCE),
                output_field=models.CharField(),
            )
        )

    def in_status(self, status: str, on: date) -> Self:
        return self.with_status(on).filter(status=status)

    def newest_first(self) -> Self:
        return self.order_by(F("issued_on").desc(nulls_last=True), "-pk")

    def locked(self, act: "Act") -> "Act":
        """The row as it is now, held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=act.pk)


@statutory
class Act(models.Model):
    """One text of an act or a standard; a revision that gives it a new number is a row of its own."""

    title = models.CharField("名称", max_length=200)
    level = models.CharField("效力级别", max_length=20, choices=Level)
    doc_no = models.CharField("文号", max_length=100, blank=True, help_text="标准填标准号，如GB/T 39046-2020")
    issuer = models.CharField("制定机关", max_length=200, blank=True)
    issued_on = models.DateField("公布日期", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    amended_on = models.DateField(
        "最近修改日期", null=True, blank=True, help_text="以修改决定修正、文号不变的，填最近一次修改的日期"
    )
    superseded_on = models.DateField("被新文本取代之日", null=True, blank=True, editable=False)
    repealed_on = models.DateField("废止之日", null=True, blank=True, editable=False)
    repeal_basis = models.CharField("废止依据", max_length=200, blank=True, editable=False)
    is_certain = models.BooleanField(
        "已核对", default=True, help_text="文号、日期未与原文核对的为待核，不对外显示"
    )
    url = models.URLField("原文网址", blank=True)
    text = models.TextField(
        "全文",
        blank=True,
        help_text="可以全文登载的文本，或者用自己的话写的概要；没有的留空，公开页面链接到制定机关网站",
    )

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = "法规文件"
        verbose_name_plural = "法规文件"
        constraints = [
            models.UniqueConstraint(fields=["title", "doc_no"], name="one_row_for_each_act"),
            models.CheckConstraint(name="act_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="act_takes_effect_not_before_it_is_issued",
                condition=Q(issued_on=None) | Q(effective_on=None) | Q(effective_on__gte=F("issued_on")),
            ),
        ]
        indexes = [
            models.Index(F("issued_on").desc(nulls_last=True), F("id").desc(), name="act_newest_first")
        ]

    def __str__(self) -> str:
        return f"《{self.title}》"

    def clean(self) -> None:
        faults: dict[str, Any] = {}
        if self.issued_on and self.effective_on and self.effective_on < self.issued_on:
            faults["effective_on"] = "施行日期不能早于公布日期。"
        if self.issued_on and self.amended_on and self.amended_on < self.issued_on:
            faults["amended_on"] = "最近修改日期不能早于公布日期。"
        if faults:
            raise ValidationError(faults)

    def status_on(self, on: date) -> ActStatus:
        """Repealed, replaced by a new text, not yet in force, or in force; each from its date."""
        if self.repealed_on and self.repealed_on <= on:
            return ActStatus.REPEALED
        if self.superseded_on and self.superseded_on <= on:
            return ActStatus.AMENDED
        if self.effective_on and self.effective_on > on:
            return ActStatus.NOT_YET
        return ActStatus.IN_FORCE

    @property
    def is_standard(self) -> bool:
        return self.level in STANDARDS

    @property
    def address(self) -> str:
        return f"/laws/{self.pk}/"


@statutory
class ActFile(models.Model):
    """A file that belongs to the text: the printed act, a table, a drawing of a standard."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="files", verbose_name="法规文件")
    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField("名称", max_length=120)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="附件")

    class Meta:
        verbose_name = "法规附件"
        verbose_name_plural = "法规附件"

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return f"/laws/{self.act_id}/files/{self.key}/"


class Succession(models.Model):
    """A later text takes the place of an earlier one."""

    class Kind(models.TextChoices):
        REVISES = "revises", "修订"
        REPLACES = "replaces", "废止并取代"

    earlier = models.ForeignKey(
        Act, on_delete=models.PROTECT, related_name="successions", verbose_name="原文件"
    )
    later = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="precedents", verbose_name="新文件")
    kind = models.CharField("方式", max_length=16, choices=Kind)
    on = models.DateField("生效之日", help_text="自这一天起，原文件不再适用")
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "文件沿革"
        verbose_name_plural = "文件沿革"
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="an_act_follows_another_once"),
            models.CheckConstraint(name="no_act_follows_itself", condition=~Q(earlier=F("later"))),
        ]

    def __str__(self) -> str:
        return f"{self.later}{self.get_kind_display()}{self.earlier}"


class ArticleQuerySet(models.QuerySet["Article"]):
    def public(self) -> Self:
        """Compared with the original, as is the act."""
        return self.filter(is_certain=True, act__is_certain=True)


@statutory
class Article(models.Model):
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="articles", verbose_name="法规文件")
    number = models.CharField("条款", max_length=60, blank=True, help_text="如：第三十二条第一款第（四）项")
    text = models.TextField("条文摘要", blank=True)
    is_certain = models.BooleanField("已核对", default=True, help_text="未与原文核对的为待核，不对外显示")

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "法规条款"
        verbose_name_plural = "法规条款"
        constraints = [models.UniqueConstraint(fields=["act", "number"], name="one_row_for_each_article")]

    def __str__(self) -> str:
        return f"{self.act}{self.number}"

    @property
    def place(self) -> articles.Place:
        """Sorts the articles of an act as they stand in it."""
        return (*articles.place(self.number), self.pk)

    @property
    def anchor(self) -> str:
        """The article within the addresses of its act; the row's number for what bears none."""
        return articles.anchor(self.number) or f"row{self.pk}"

    @property
    def address(self) -> str:
        return f"/laws/{self.act_id}/articles/{self.anchor}/"
