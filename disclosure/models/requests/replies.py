"""The reply: drafted by one person, signed by another, and each one's word on it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from disclosure.models.requests.codes import DRAFTING_STEPS, SignOff
from disclosure.models.requests.requests import InformationRequest
from disclosure.replies import Reply, spoken
from portal.audit.history import statutory
from portal.papers.models import Paper
from portal.people.models import User


@statutory
class RequestReply(models.Model):
    """The words of the reply: a draft until signed, then as the letter carries them; the masked ones may be published.

    ``edition`` counts what was saved, so that nobody signs other words than they read.
    """

    request = models.OneToOneField(InformationRequest, models.PROTECT, related_name="reply_words")
    kind = models.CharField("答复类型", max_length=10, choices=Reply)
    content = models.TextField("公开的内容", blank=True)
    withheld = models.TextField("不予公开的部分", blank=True)
    reasons = models.TextField("理由", blank=True)
    law = models.TextField("禁止公开的法律、行政法规", blank=True)
    route = models.TextField("办理途径", blank=True)
    agency = models.CharField("掌握信息的机关及联系方式", max_length=200, blank=True)
    earlier = models.ForeignKey(
        InformationRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="已答复的申请",
    )
    public_interest = models.TextField("第三方不同意仍予公开的理由", blank=True)
    edition = models.PositiveSmallIntegerField("拟稿次数", default=1)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟稿人"
    )
    drafted_at = models.DateTimeField("拟稿时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="告知书"
    )
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    published_title = models.CharField("公布的标题", max_length=200, blank=True)
    published_text = models.TextField("公布的内容", blank=True)

    class Meta:
        verbose_name = "答复"
        verbose_name_plural = "答复"
        constraints = [
            models.CheckConstraint(
                name="reply_signed_by_another_than_its_drafter",
                condition=Q(signed_by=None) | Q(drafted_by=None) | ~Q(signed_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="reply_signed_before_its_letter_and_before_it_is_published",
                condition=Q(signed_by__isnull=False) | Q(paper=None, published_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-id"],
                name="reply_published",
                condition=Q(published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} 答复"

    @property
    def kind_label(self) -> str:
        return spoken(self.kind)

    @property
    def is_draft(self) -> bool:
        return self.signed_by_id is None


class ReplyStepQuerySet(models.QuerySet["ReplyStep"]):
    def drafting(self, user: User) -> "ReplyStepQuerySet":
        """Where this person had a hand in the draft, and therefore does not sign it."""
        return self.filter(person=user, deed__in=DRAFTING_STEPS)


class ReplyStep(models.Model):
    """One person's word on the draft of a reply. Appended, never changed."""

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="reply_steps")
    deed = models.CharField("环节", max_length=10, choices=SignOff)
    kind = models.CharField("答复类型", max_length=10, choices=Reply)
    edition = models.PositiveSmallIntegerField("拟稿次数")
    person = models.ForeignKey(User, models.PROTECT, related_name="reply_steps", verbose_name="办理人")
    opinion = models.CharField("意见", max_length=1000, blank=True)
    at = models.DateTimeField("时间")

    objects = ReplyStepQuerySet.as_manager()

    class Meta:
        verbose_name = "答复审签记录"
        verbose_name_plural = "答复审签记录"
        constraints = [
            models.CheckConstraint(
                name="reply_returned_or_signed_with_an_opinion",
                condition=~Q(deed__in=(SignOff.RETURNED, SignOff.SIGNED)) | ~Q(opinion=""),
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.request_id} {self.get_deed_display()}"

    @property
    def kind_label(self) -> str:
        return spoken(self.kind)
