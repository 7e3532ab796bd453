"""政府公报: issues compiled of published documents, and the PDF editions of an issue."""

import uuid
from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from disclosure.models.documents import Document
from disclosure.models.versions import DocumentVersion
from portal.audit.history import statutory
from portal.people.models import User
from portal.refusals import RuleBroken


class GazetteSection(models.TextChoices):
    RULES = "rules", "市政府规章"
    GOVERNMENT = "government", "市政府文件"
    OFFICE = "office", "市政府办公室文件"
    DEPARTMENTS = "departments", "部门文件"
    PERSONNEL = "personnel", "人事任免"
    OTHER = "other", "其他"


class IssueState(models.TextChoices):
    COMPILING = "compiling", "编排中"
    PUBLISHED = "published", "已出版"


class IssueQuerySet(models.QuerySet["GazetteIssue"]):
    def visible_to(self, viewer: Any, at: datetime) -> Self:
        """Public from the moment it is published; what of its documents may be seen is the documents' own rule."""
        return self.filter(state=IssueState.PUBLISHED, published_at__lte=at)

    def newest_first(self) -> Self:
        return self.order_by("-year", "-number")

    def locked(self, issue: "GazetteIssue") -> "GazetteIssue":
        return self.select_for_update(of=("self",)).get(pk=issue.pk)


@statutory
class GazetteIssue(models.Model):
    """Frozen once published: its number, its contents and their order stand."""

    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveSmallIntegerField("期号")
    state = models.CharField("状态", max_length=12, choices=IssueState, default=IssueState.COMPILING)
    created_at = models.DateTimeField("建立时间")
    published_at = models.DateTimeField("出版时间", null=True, blank=True)
    published_on = models.DateField("出版日期", null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = "政府公报"
        verbose_name_plural = "政府公报"
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="gazette_issue_numbers_run_once_a_year"),
            models.CheckConstraint(
                name="gazette_issue_published_at_set_exactly_when_published",
                condition=Q(
                    state=IssueState.PUBLISHED, published_at__isnull=False, published_on__isnull=False
                )
                | Q(state=IssueState.COMPILING, published_at=None, published_on=None),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="frozen_when_published",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=IssueState.PUBLISHED),
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{self.number}期"

    @property
    def address(self) -> str:
        return f"/disclosure/gazette/{self.year}/{self.number}/"

    @property
    def is_published(self) -> bool:
        return self.state == IssueState.PUBLISHED

    def require_open(self) -> None:
        if self.is_published:
            raise RuleBroken(f"{self}已出版，内容不能再变动。")


class GazetteEntry(models.Model):
    """A document in an issue, in the version that stood when the issue was published."""

    issue = models.ForeignKey(GazetteIssue, models.PROTECT, related_name="entries", verbose_name="公报")
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="gazette_entries", verbose_name="文件"
    )
    version = models.ForeignKey(DocumentVersion, models.PROTECT, related_name="+", verbose_name="版本")
    section = models.CharField("栏目", max_length=12, choices=GazetteSection)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "公报篇目"
        verbose_name_plural = "公报篇目"
        constraints = [
            models.UniqueConstraint(fields=["issue", "document"], name="a_document_stands_once_in_an_issue")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_with_issue",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM disclosure_gazetteissue i WHERE i.state = 'published' AND i.id IN (
                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.issue_id END,
                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.issue_id END)) THEN
                        RAISE EXCEPTION 'a published gazette issue is frozen';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue}：{self.version.title}"


class GazetteEdition(models.Model):
    """The PDF of an issue. A further one is made when a document of the issue was taken down, or is public again."""

    issue = models.ForeignKey(GazetteIssue, models.PROTECT, related_name="editions", verbose_name="公报")
    number = models.PositiveSmallIntegerField("版次")
    left_out = models.JSONField("撤下的篇目", default=list)
    file = models.CharField("存储位置", max_length=120)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    made_at = models.DateTimeField("制作时间")

    class Meta:
        verbose_name = "公报版次"
        verbose_name_plural = "公报版次"
        constraints = [models.UniqueConstraint(fields=["issue", "number"], name="gazette_editions_run_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.issue}第{self.number}版"

    @property
    def size_label(self) -> str:
        return (
            f"{self.size / 1_048_576:.1f} MB" if self.size >= 1_048_576 else f"{max(1, self.size // 1024)} KB"
        )
