"""What a document says, version by version, and how each came through the chain."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from disclosure.models.codes import (
    FROZEN_VERSIONS,
    LEGAL_MOVES,
    OFFICE_STAGES,
    OPEN_VERSIONS,
    POLICY_GENRES,
    STAGE_OF,
    STAGE_ROLES,
    Attribute,
    Audience,
    DocumentState,
    Genre,
    Method,
    ReviewStage,
    Scope,
    StatutoryItem,
    Topic,
    VersionStatus,
)
from disclosure.models.documents import Document
from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock

if TYPE_CHECKING:
    from portal.people.models import PostQuerySet

# What may still change on a published version: that another replaced it, and its late approval.
LIVING = ("status", "approver_id", "ratified_at", "ratification_clock_id")


def in_sql(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


frozen_when_published = pgtrigger.Trigger(
    name="frozen_when_published",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Condition(f"OLD.status IN ({in_sql(FROZEN_VERSIONS)})"),
    func=f"""
        IF TG_OP = 'UPDATE' AND NEW.status IN ({in_sql(FROZEN_VERSIONS)})
           AND to_jsonb(NEW) - ARRAY{list(LIVING)} = to_jsonb(OLD) - ARRAY{list(LIVING)} THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a published document version is frozen';
    """,
)

frozen_with_version = pgtrigger.Trigger(
    name="frozen_with_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func=f"""
        IF EXISTS (SELECT 1 FROM disclosure_documentversion v
                   WHERE v.status IN ({in_sql(FROZEN_VERSIONS)}) AND v.id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)) THEN
            RAISE EXCEPTION 'a published document version is frozen';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,  # noqa: S608 (constant text)
)


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def visible_to(self, viewer: User | AnonymousUser, on: date) -> Self:
        """Who may see a version, a draft among them: staff of its publisher, the office, supervisors."""
        if not isinstance(viewer, User) or not viewer.is_active or not viewer.is_staff:
            return self.none()
        posts: PostQuerySet = viewer.posts.in_force(on)
        if posts.filter(Q(role="supervisor") | Q(department__code=settings.DISCLOSURE_OFFICE)).exists():
            return self.all()
        return self.filter(document__publisher__in=posts.values("department"))

    def waiting_for(self, user: User, on: date) -> Self:
        """What this person may review, clear, approve or approve late: the post, and no part in it yet."""
        held = list(user.posts.in_force(on).values_list("department_id", "department__code", "role"))
        free = Q()
        for status, stage in STAGE_OF.items():
            free |= Q(status=status) & _places(held, stage)
        late = Q(
            status__in=FROZEN_VERSIONS,
            is_urgent=True,
            ratified_at=None,
            document__state=DocumentState.PUBLISHED,
        )
        free |= late & _places(held, ReviewStage.RATIFICATION)
        parts = ("author", "department_reviewer", "secrecy_reviewer", "approver")
        untouched = Q(*(Q(**{part: None}) | ~Q(**{part: user}) for part in parts))
        return self.filter(free & untouched)

    def for_lists(self) -> Self:
        """With what one line of a list shows, in one query and without the long columns."""
        return self.select_related(
            "document__column", "document__publisher", "document__publication_clock", "author"
        ).defer("body", "text")

    def open(self) -> Self:
        """In the making: neither published nor thrown away."""
        return self.filter(status__in=OPEN_VERSIONS)

    def due(self, at: datetime) -> Self:
        """Approved for a time that has come, and not yet published."""
        return self.filter(status=VersionStatus.SCHEDULED, publish_at__lte=at)

    def locked(self, version: "DocumentVersion") -> "DocumentVersion":
        """The row as it is now, held until the transaction ends, its document before it."""
        document = Document.objects.locked(Document(pk=version.document_id))
        row = (
            self.select_for_update(of=("self",))
            .select_related("author", "department_reviewer", "secrecy_reviewer", "approver")
            .get(pk=version.pk)
        )
        row.document = document
        return row


def _places(held: list[tuple[int, str, str]], stage: str) -> Q:
    """Where these posts may speak at the stage: their departments, or everywhere from the office."""
    roles = STAGE_ROLES[stage]
    if stage in OFFICE_STAGES and any(
        code == settings.DISCLOSURE_OFFICE and role in roles for _, code, role in held
    ):
        return Q(pk__isnull=False)
    return Q(document__publisher__in=[department for department, _, role in held if role in roles])


@statutory
class DocumentVersion(models.Model):
    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", verbose_name="文件")
    number = models.PositiveSmallIntegerField("版本号")
    status = models.CharField("状态", max_length=20, choices=VersionStatus, default=VersionStatus.DRAFT)

    title = models.CharField("标题", max_length=200)
    summary = models.CharField("内容概述", max_length=300, blank=True)
    body = models.TextField("正文", blank=True)
    text = models.TextField("正文纯文本", blank=True, editable=False)
    formed_on = models.DateField("成文日期", null=True, blank=True)
    doc_no = models.CharField("发文字号", max_length=60, blank=True)
    topic = models.CharField("主题分类", max_length=2, choices=Topic, blank=True)
    genre = models.CharField("体裁分类", max_length=16, choices=Genre, blank=True)
    group = models.CharField("组配分类", max_length=40, blank=True)
    audience = models.CharField("服务对象", max_length=16, choices=Audience, blank=True)
    keywords = models.CharField("关键词", max_length=100, blank=True)
    attribute = models.CharField("公开属性", max_length=12, choices=Attribute, default=Attribute.PROACTIVE)
    withheld_reason = models.CharField("不予公开理由", max_length=300, blank=True)
    methods = ArrayField(
        models.CharField(max_length=16, choices=Method), verbose_name="公开方式", default=list, blank=True
    )
    scope = models.CharField("公开范围", max_length=12, choices=Scope, default=Scope.PUBLIC)
    public_until = models.DateField("限时公开至", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    statutory_item = models.CharField("法定主动公开内容", max_length=5, choices=StatutoryItem, blank=True)
    source = models.CharField("信息来源", max_length=100, blank=True)
    editor = models.CharField("责任编辑", max_length=40, blank=True)
    office = models.CharField("责任处室", max_length=60, blank=True)
    no_interpretation_reason = models.CharField("不配解读的理由", max_length=300, blank=True)
    change_note = models.CharField("修改说明", max_length=300, blank=True)

    author = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="起草人"
    )
    department_reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="部门审核人"
    )
    secrecy_reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保密审查人"
    )
    approver = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    created_at = models.DateTimeField("起草时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    publish_at = models.DateTimeField("定时发布", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    is_urgent = models.BooleanField("紧急发布", default=False)
    urgent_reason = models.CharField("紧急发布理由", max_length=300, blank=True)
    ratified_at = models.DateTimeField("补办审批时间", null=True, blank=True)
    ratification_clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "文件版本"
        verbose_name_plural = "文件版本"
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_numbers_run_once"),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(status__in=OPEN_VERSIONS),
                name="document_has_one_version_in_the_making",
            ),
            models.CheckConstraint(
                name="document_author_reviews_nothing_of_their_own",
                condition=Q(author=None)
                | (
                    (Q(department_reviewer=None) | ~Q(department_reviewer=F("author")))
                    & (Q(secrecy_reviewer=None) | ~Q(secrecy_reviewer=F("author")))
                    & (Q(approver=None) | ~Q(approver=F("author")))
                ),
            ),
            models.CheckConstraint(
                name="document_reviewers_and_approver_differ",
                condition=(
                    (Q(department_reviewer=None) | Q(secrecy_reviewer=None))
                    | ~Q(department_reviewer=F("secrecy_reviewer"))
                )
                & (
                    Q(approver=None)
                    | (
                        (Q(department_reviewer=None) | ~Q(approver=F("department_reviewer")))
                        & (Q(secrecy_reviewer=None) | ~Q(approver=F("secrecy_reviewer")))
                    )
                ),
            ),
            models.CheckConstraint(
                name="document_version_published_at_set_exactly_when_published",
                condition=Q(status__in=FROZEN_VERSIONS, published_at__isnull=False)
                | (~Q(status__in=FROZEN_VERSIONS) & Q(published_at=None)),
            ),
            models.CheckConstraint(
                name="document_version_scheduled_for_a_time",
                condition=~Q(status=VersionStatus.SCHEDULED) | Q(publish_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["publish_at"],
                name="document_version_scheduled",
                condition=Q(status=VersionStatus.SCHEDULED),
            ),
            models.Index(fields=["author", "status", "-id"], name="document_version_by_author"),
            models.Index(
                fields=["status", "-id"],
                name="document_version_in_making",
                condition=Q(status__in=OPEN_VERSIONS),
            ),
            models.Index(fields=["-id"], name="document_version_undated", condition=Q(formed_on=None)),
            models.Index(
                fields=["-id"],
                name="document_version_to_ratify",
                condition=Q(is_urgent=True, ratified_at=None),
            ),
        ]
        triggers = [frozen_when_published]

    def __str__(self) -> str:
        return f"{self.title}（第{self.number}版）"

    def move_to(self, status: str) -> None:
        """Take the next status in memory. Raises RuleBroken when the chain does not lead there."""
        if status not in LEGAL_MOVES.get(self.status, set()):
            now, asked = VersionStatus(self.status).label, VersionStatus(status).label
            raise RuleBroken(f"《{self.title}》现为“{now}”，不能转为“{asked}”。")
        self.status = VersionStatus(status)

    @property
    def is_editable(self) -> bool:
        return self.status == VersionStatus.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_VERSIONS

    @property
    def is_policy(self) -> bool:
        """A rule or normative document: it has a validity and owes the public an interpretation."""
        return self.genre in POLICY_GENRES

    @property
    def awaits_ratification(self) -> bool:
        """Out without approval, and still out: who does not approve takes the document down."""
        return (
            self.is_urgent
            and self.ratified_at is None
            and self.status in FROZEN_VERSIONS
            and self.document.state == DocumentState.PUBLISHED
        )


class DocumentFileQuerySet(models.QuerySet["DocumentFile"]):
    def public(self) -> Self:
        """Files a visitor of the (visible) document may have."""
        return self.filter(is_public_copy=True)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


@statutory
class DocumentFile(models.Model):
    """A file of a version. Only the public copy leaves the house, and only its text is indexed."""

    version = models.ForeignKey(
        DocumentVersion, models.PROTECT, related_name="files", verbose_name="文件版本"
    )
    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField("名称", max_length=120)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="附件")
    is_public_copy = models.BooleanField(
        "对外公开", default=True, help_text="内部留存的原件不勾选，不对外提供，也不进入检索"
    )
    text = models.TextField("附件文字", blank=True, editable=False)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects = DocumentFileQuerySet.as_manager()

    class Meta:
        verbose_name = "文件附件"
        verbose_name_plural = "文件附件"
        triggers = [frozen_with_version]

    def __str__(self) -> str:
        return self.title
