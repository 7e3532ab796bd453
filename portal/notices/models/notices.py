import json
import re
from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.audit.words import kind_of
from portal.notices import numbering
from portal.notices.hours import is_quiet
from portal.notices.models.templates import Template, TemplateKind
from portal.people.crypto import EncryptedTextField, keyed_hash
from portal.people.identity import normalise_phone
from portal.people.masking import mask_phone
from portal.people.models import PostRole, User

# Numbers people know: of cases and papers, and days.
_NUMBER = re.compile(r"[A-Z]+\d+|\d{8,}|\d{4}-\d{2}-\d{2}")


class Channel(models.TextChoices):
    SMS = "sms", "短信"
    EMAIL = "email", "电子邮件"
    IN_SITE = "in_site", "站内消息"


class NoticeState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发出，待回执"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未送达"
    EXPIRED = "expired", "已过期未发"


FINISHED = (NoticeState.DELIVERED, NoticeState.FAILED, NoticeState.EXPIRED)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def in_site_for(self, user: Any) -> Self:
        """The messages on a person's own page, newest first."""
        return self.filter(channel=Channel.IN_SITE, user=user).select_related("template").order_by("-pk")

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def sendable(self, at: datetime) -> Self:
        """Waiting, due, still worth sending, and allowed at this hour."""
        due = self.filter(state=NoticeState.WAITING, act_at__lte=at, expires_at__gt=at)
        return due.filter(Q(urgent=True) | ~Q(channel=Channel.SMS)) if is_quiet(at) else due

    def out_of_date(self, at: datetime) -> Self:
        return self.filter(state=NoticeState.WAITING, expires_at__lte=at)

    def to_ask(self, at: datetime) -> Self:
        """Claimed or sent, and silent for longer than they should be."""
        return self.filter(state__in=[NoticeState.SENDING, NoticeState.SENT], act_at__lte=at)

    def to_phone(self, phone: str) -> Self:
        """Everything that went to this number as a text message, however it is typed."""
        return self.filter(recipient_hash=keyed_hash("phone", normalise_phone(phone)))

    def to_address(self, email: str) -> Self:
        return self.filter(recipient_hash=keyed_hash("email", email.strip().lower()))

    def in_charge_of(self, user: User, on: date) -> Self:
        """What a member of staff may look into: the business of their departments.

        A head also sees what belongs to no department; administrators see everything.
        """
        if user.is_administrator:
            return self
        posts = user.acting_posts(on)
        own = Q(department__in=posts.values("department"))
        return self.filter(own | Q(department=None) if user.has_role(PostRole.HEAD, on=on) else own)

    def about(self, subject_type: str, subject_id: str) -> Self:
        return self.filter(subject_type=subject_type, subject_id=subject_id)


class Notice(models.Model):
    """One message to one address: a row of the outbox, and the proof of what became of it."""

    template = models.ForeignKey(Template, models.PROTECT, verbose_name="模板", db_index=False)
    channel = models.CharField("渠道", max_length=16, choices=Channel)
    key = models.CharField("业务编号", max_length=120)
    version = models.PositiveIntegerField("版次", default=1)
    recipient_hash = models.CharField(max_length=64, editable=False)
    recipient_name = models.CharField("收件人", max_length=200, blank=True)
    address = EncryptedTextField("地址", blank=True, default="", purpose="notice_address")
    second_address = EncryptedTextField("备用邮箱", blank=True, default="", purpose="notice_address")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="用户", null=True, db_index=False
    )
    party = models.ForeignKey(
        "people.Party", models.PROTECT, verbose_name="当事人", null=True, db_index=False
    )
    department = models.ForeignKey(
        "people.Department", models.PROTECT, verbose_name="机构", null=True, db_index=False
    )
    subject_type = models.CharField("事项类型", max_length=64, blank=True, default="")
    subject_id = models.CharField("事项", max_length=64, blank=True, default="")
    text = EncryptedTextField("正文", purpose="notice_text")
    values = EncryptedTextField("变量", blank=True, default="", purpose="notice_text")
    segments = models.PositiveSmallIntegerField("短信条数", default=0)
    urgent = models.BooleanField("立即发送", default=False)
    state = models.CharField("状态", max_length=16, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    act_at = models.DateTimeField("下次处理", null=True)
    expires_at = models.DateTimeField("有效至")
    created_at = models.DateTimeField("生成时间")
    claimed_at = models.DateTimeField("领取时间", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    finished_at = models.DateTimeField("办结时间", null=True)
    read_at = models.DateTimeField("阅读时间", null=True)
    gateway = models.CharField("网关", max_length=32, blank=True, default="")
    gateway_id = models.CharField("网关流水号", max_length=128, blank=True, default="")
    code = models.CharField("结果代码", max_length=64, blank=True, default="")
    detail = models.CharField("结果说明", max_length=300, blank=True, default="")
    follows = models.ForeignKey(
        "self", models.PROTECT, verbose_name="承接", null=True, db_index=False, related_name="followers"
    )
    reason = models.CharField("重发原因", max_length=200, blank=True, default="")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知台账"
        permissions = [("resend_notice", "重发通知")]
        constraints = [
            models.UniqueConstraint(
                name="notice_is_sent_once",
                fields=["recipient_hash", "template", "key", "version", "channel"],
            ),
            models.CheckConstraint(
                name="notice_finished_at_set_exactly_when_finished",
                condition=Q(state__in=FINISHED, finished_at__isnull=False, act_at=None)
                | (~Q(state__in=FINISHED) & Q(finished_at=None, act_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="notice_to_send",
                fields=["-urgent", "act_at", "id"],
                condition=Q(state=NoticeState.WAITING),
            ),
            models.Index(
                name="notice_to_ask",
                fields=["act_at"],
                condition=Q(state__in=[NoticeState.SENDING, NoticeState.SENT]),
            ),
            models.Index(name="notice_in_site", fields=["user", "-id"], condition=Q(channel=Channel.IN_SITE)),
            models.Index(
                name="notice_about", fields=["subject_type", "subject_id"], condition=~Q(subject_id="")
            ),
            models.Index(
                name="notice_of_department",
                fields=["department", "-id"],
                condition=Q(department__isnull=False),
            ),
            models.Index(name="notice_at_gateway", fields=["gateway_id"], condition=~Q(gateway_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.template.title}（{self.business}）" if self.business != "—" else self.template.title

    @property
    def reference(self) -> str:
        """Under which the gateway knows it; the same at every try."""
        return numbering.reference(self.pk)

    @property
    def title(self) -> str:
        return self.template.title

    @property
    def business(self) -> str:
        """What it is about, in words: the kind of thing, and its number where the key begins with one.

        The key itself is for machines: it keeps a message from being sent twice.
        """
        kind = kind_of(self.subject_type) if self.subject_type else ""
        number = self.key.partition(":")[0]
        known = _NUMBER.fullmatch(number) and self.template.kind != TemplateKind.CODE
        return f"{kind}{number}" if known else kind or "—"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def can_be_resent(self) -> bool:
        """Whether there is something to send again, and an address to send it to."""
        outgoing = self.channel != Channel.IN_SITE and bool(self.address)
        return self.is_finished and outgoing and not self.template.is_secret

    @property
    def masked_address(self) -> str:
        if self.channel == Channel.SMS:
            return mask_phone(self.address)
        if self.channel == Channel.EMAIL:
            name, _, house = self.address.partition("@")
            return f"{name[:1]}***@{house}" if house else ""
        return ""

    @property
    def shown_text(self) -> str:
        """For staff: codes are never shown."""
        return "（验证码短信，正文不显示）" if self.template.kind == TemplateKind.CODE else self.text

    @property
    def words(self) -> dict[str, str]:
        """The template's values as words, in its order."""
        return json.loads(self.values) if self.values else {}
