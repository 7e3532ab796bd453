"""Documents and their public state. What a document says is in its versions."""

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from disclosure.models.batches import ImportBatch
from disclosure.models.changes import CHANGED
from disclosure.models.codes import LINK_VALIDITY, OPEN_VERSIONS, DocumentState, LinkKind, Validity
from disclosure.models.columns import Column
from disclosure.models.counts import COUNTED
from portal.audit.history import statutory
from portal.people.models import Department, User
from portal.workdays.models import Clock

if TYPE_CHECKING:
    from disclosure.models.versions import DocumentVersion

Viewer = User | AnonymousUser | None


def validity_on(validity: str, expires_on: date | None, on: date) -> str:
    """What a document stated of itself, in words, on that day."""
    if validity == Validity.IN_FORCE and expires_on and expires_on < on:
        return str(Validity.LAPSED.label)
    return str(Validity(validity).label) if validity else ""


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, viewer: Viewer, at: datetime) -> Self:
        """The one rule of who may see a document; every public exit starts here.

        A document is public or it is not: who looks changes nothing. What staff see of drafts,
        and of what was withdrawn, are versions (``DocumentVersionQuerySet.visible_to``).
        """
        return self.filter(
            Q(public_until=None) | Q(public_until__gte=localdate(at)),
            state=DocumentState.PUBLISHED,
            published_at__lte=at,
        )

    def overdue_to_end(self, at: datetime) -> Self:
        """Still in state 公开, and visible to nobody any more: their last day has passed, the sweep has not come."""
        return self.filter(state=DocumentState.PUBLISHED, public_until__lt=localdate(at))

    def under(self, column: Column | int) -> Self:
        """Documents of a column or of any column below it."""
        return self.filter(column__in=Column.objects.under(column))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-id")

    def withdrawn(self) -> Self:
        """Once public, taken down since: what leaves a tombstone."""
        return self.filter(state=DocumentState.WITHDRAWN)

    def with_exits_to_check(self, at: datetime) -> Self:
        """Withdrawn, and not yet seen closed from outside; for a month looked at again every day."""
        day = timedelta(days=1)
        again = Q(withdrawn_at__gt=at - 30 * day, exits_checked_at__lte=at - day)
        return self.withdrawn().filter(Q(exits_clear_at=None) | again)

    def for_lists(self) -> Self:
        """With what one line of a list shows, in one query and without the long columns."""
        return self.select_related("current", "column", "publisher").defer("current__body", "current__text")

    def locked(self, document: "Document") -> "Document":
        """The row as it is now, held until the transaction ends."""
        return self.select_for_update(of=("self",)).select_related("column", "publisher").get(pk=document.pk)


@statutory(chained=True)
class Document(models.Model):
    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    index_no = models.CharField("索引号", max_length=40, unique=True, null=True, blank=True)
    column = models.ForeignKey(Column, models.PROTECT, related_name="documents", verbose_name="栏目")
    publisher = models.ForeignKey(
        Department, models.PROTECT, related_name="documents", verbose_name="发布机构"
    )
    joint_publishers = models.ManyToManyField(
        Department, related_name="joint_documents", blank=True, verbose_name="联合发文机关"
    )
    state = models.CharField(
        "公开状态", max_length=12, choices=DocumentState, default=DocumentState.UNPUBLISHED
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_on = models.DateField("发布日期", null=True, blank=True)
    current = models.ForeignKey(
        "disclosure.DocumentVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    validity = models.CharField("有效性", max_length=10, choices=Validity, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    public_until = models.DateField("限时公开至", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=300, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下人"
    )
    publication_clock = models.ForeignKey(
        Clock, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公开时限"
    )
    takedown_clock = models.ForeignKey(
        Clock, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下时限"
    )
    exits_checked_at = models.DateTimeField("最近核查出口", null=True, blank=True)
    exits_clear_at = models.DateTimeField("出口核查无误", null=True, blank=True)
    created_at = models.DateTimeField("建立时间")
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="导入批次"
    )
    batch_row = models.PositiveIntegerField("导入行号", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "公开文件"
        verbose_name_plural = "公开文件"
        constraints = [
            models.UniqueConstraint(fields=["batch", "batch_row"], name="document_from_a_row_once"),
            models.CheckConstraint(
                name="document_once_public_has_number_date_and_content",
                condition=Q(
                    state=DocumentState.UNPUBLISHED, published_at=None, published_on=None, current=None
                )
                | (
                    ~Q(state=DocumentState.UNPUBLISHED)
                    & Q(
                        index_no__isnull=False,
                        published_at__isnull=False,
                        published_on__isnull=False,
                        current__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="document_withdrawn_with_a_reason",
                condition=(Q(state=DocumentState.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""))
                | (~Q(state=DocumentState.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_reason="")),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="document_newest",
                condition=Q(state=DocumentState.PUBLISHED),
            ),
            models.Index(
                fields=["column", "-published_at", "-id"],
                name="document_newest_of_column",
                condition=Q(state=DocumentState.PUBLISHED),
            ),
            models.Index(
                fields=["publisher", "-published_at", "-id"],
                name="document_newest_of_publisher",
                condition=Q(state=DocumentState.PUBLISHED),
            ),
            models.Index(
                fields=["public_until"],
                name="document_to_end",
                condition=Q(state=DocumentState.PUBLISHED, public_until__isnull=False),
            ),
            models.Index(
                fields=["withdrawn_at"],
                name="document_exits_to_check",
                condition=Q(state=DocumentState.WITHDRAWN),
            ),
            models.Index(
                fields=["expires_on"], name="document_to_lapse", condition=Q(validity=Validity.IN_FORCE)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="index_no_immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.index_no IS NOT NULL AND NEW.index_no IS DISTINCT FROM OLD.index_no"
                ),
            ),
            pgtrigger.Protect(
                name="never_deleted_once_public",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.index_no IS NOT NULL"),
            ),
            *COUNTED,
            *CHANGED,
        ]

    def __str__(self) -> str:
        return self.index_no or f"未公开文件{self.pk or ''}"

    @property
    def department_id(self) -> int:
        """Whose business it is, as notices ask."""
        return self.publisher_id

    @property
    def is_withdrawn(self) -> bool:
        return self.state == DocumentState.WITHDRAWN

    def is_visible_to(self, viewer: Viewer, at: datetime) -> bool:
        """The object form of ``DocumentQuerySet.visible_to``."""
        return (
            self.state == DocumentState.PUBLISHED
            and self.published_at is not None
            and self.published_at <= at
            and (self.public_until is None or self.public_until >= localdate(at))
        )

    def validity_on(self, on: date) -> str:
        """有效, 失效, 废止 or 已修改 in words; empty for what has no validity."""
        return validity_on(self.validity, self.expires_on, on)

    @property
    def open_version(self) -> "DocumentVersion | None":
        """The one version in the making, if there is one."""
        return self.versions.filter(status__in=OPEN_VERSIONS).first()

    def publisher_names(self) -> list[str]:
        """The lead first, full names."""
        return [self.publisher.name, *(each.name for each in self.joint_publishers.all())]


class DocumentLinkQuerySet(models.QuerySet["DocumentLink"]):
    def between_public(self, at: datetime) -> Self:
        """Links both ends of which anyone may see."""
        public = Document.objects.visible_to(None, at)
        return self.filter(source__in=public, target__in=public)


@statutory
class DocumentLink(models.Model):
    """The source interprets, supersedes, repeals or amends the target; it acts once the source is public."""

    kind = models.CharField("关系", max_length=12, choices=LinkKind)
    source = models.ForeignKey(Document, models.PROTECT, related_name="links_out", verbose_name="文件")
    target = models.ForeignKey(Document, models.PROTECT, related_name="links_in", verbose_name="对象文件")
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间")

    objects = DocumentLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "文件关系"
        verbose_name_plural = "文件关系"
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "target"], name="document_link_stands_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="document_link_joins_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source}{self.get_kind_display()}{self.target}"

    @property
    def makes(self) -> str:
        """The validity the target gets; empty for an interpretation."""
        return LINK_VALIDITY.get(self.kind, "")
