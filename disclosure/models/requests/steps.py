"""What happens between receipt and reply: a correction, opinions, advice, a fee."""

from django.db import models
from django.db.models import Q

from disclosure.fees import FeeMethod
from disclosure.models.requests.codes import ConsultKind, CounselKind, Opinion
from disclosure.models.requests.requests import InformationRequest
from portal.people.crypto import EncryptedTextField
from portal.people.models import User
from portal.workdays.models import Clock


class Correction(models.Model):
    """补正: asked once (条例 第三十条), hence one row a request."""

    request = models.OneToOneField(InformationRequest, models.PROTECT, related_name="correction")
    items = models.JSONField("需要补正的内容", default=list)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="告知人")
    asked_at = models.DateTimeField("告知时间")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="+")
    answer = models.TextField("补正说明", blank=True)
    received_at = models.DateTimeField("收到补正时间", null=True, blank=True)
    received_on = models.DateField("收到补正日期", null=True, blank=True)
    expired_at = models.DateTimeField("逾期时间", null=True, blank=True)

    class Meta:
        verbose_name = "补正"
        verbose_name_plural = "补正"
        constraints = [
            models.CheckConstraint(
                name="correction_is_received_or_expired_not_both",
                condition=Q(received_at=None) | Q(expired_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} 补正"


class Reasons(models.Model):
    """说明理由: asked where number or frequency is clearly beyond reason (条例 第三十五条), one row a request.

    ``delay_days`` are the working days of a reasonable period, where the reasons are reasonable but
    cannot be met in the ordinary one; zero while none was set.
    """

    request = models.OneToOneField(InformationRequest, models.PROTECT, related_name="reasons")
    facts = models.TextField("数量、频次的情况")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="告知人")
    asked_at = models.DateTimeField("告知时间")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="+")
    answer = models.TextField("申请人的理由", blank=True)
    received_on = models.DateField("收到理由日期", null=True, blank=True)
    expired_at = models.DateTimeField("逾期时间", null=True, blank=True)
    delay_days = models.PositiveSmallIntegerField("延迟答复工作日数", default=0)
    delay_reason = models.TextField("延迟答复的原因", blank=True)
    delayed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定延迟的人"
    )
    delayed_at = models.DateTimeField("决定延迟的时间", null=True, blank=True)

    class Meta:
        verbose_name = "说明理由"
        verbose_name_plural = "说明理由"
        constraints = [
            models.CheckConstraint(
                name="reasons_are_given_or_expired_not_both",
                condition=Q(received_on=None) | Q(expired_at=None),
            ),
            models.CheckConstraint(
                name="reply_delayed_only_for_reasons_given",
                condition=Q(delay_days=0, delayed_at=None)
                | Q(delay_days__gt=0, delayed_at__isnull=False, received_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} 说明理由"

    @property
    def is_settled(self) -> bool:
        """The applicant has spoken, or has let the period pass."""
        return self.received_on is not None or self.expired_at is not None


class Consultation(models.Model):
    """征求意见: of a third party or another organ; fifteen working days from the day it has the letter."""

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="consultations")
    kind = models.CharField("对象", max_length=12, choices=ConsultKind)
    name = models.CharField("被征求意见方", max_length=200)
    contact = EncryptedTextField("联系方式", purpose="contact", blank=True, default="")
    question = models.TextField("征求意见的内容")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发出人")
    sent_on = models.DateField("发出日期")
    delivered_on = models.DateField("对方收到日期", null=True, blank=True)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    opinion = models.CharField("意见", max_length=10, choices=Opinion, blank=True)
    answer = models.TextField("答复内容", blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)

    class Meta:
        verbose_name = "征求意见"
        verbose_name_plural = "征求意见"
        constraints = [
            models.CheckConstraint(
                name="consultation_has_an_opinion_exactly_when_answered",
                condition=Q(opinion="", answered_on=None) | (~Q(opinion="") & Q(answered_on__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    @property
    def is_open(self) -> bool:
        return not self.opinion

    @property
    def outcome(self) -> str:
        """What the answer, or the silence, means (条例 第三十二条、第三十四条)."""
        if self.opinion != Opinion.SILENT:
            return self.get_opinion_display()
        if self.kind == ConsultKind.JOINT_MAKER:
            return "逾期未答复，视为同意公开"
        return "逾期未答复，由本机关依法决定是否公开"


class FeeNotice(models.Model):
    """收费通知: one method a request; unpaid for thirty days, the request is given up."""

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="fee_notices")
    method = models.CharField("计收方式", max_length=8, choices=FeeMethod)
    quantity = models.PositiveIntegerField("件数序号或者页数")
    amount = models.PositiveIntegerField("金额（元）")
    pay_way = models.CharField("缴费方式", max_length=300)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="开具人")
    issued_at = models.DateTimeField("开具时间")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="+")
    paid_on = models.DateField("缴费日期", null=True, blank=True)
    receipt_no = models.CharField("缴款凭证号", max_length=60, blank=True)
    expired_at = models.DateTimeField("逾期时间", null=True, blank=True)

    class Meta:
        verbose_name = "收费通知"
        verbose_name_plural = "收费通知"
        constraints = [
            models.UniqueConstraint(fields=["request"], name="a_request_is_charged_once"),
            models.CheckConstraint(name="fee_notice_asks_for_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="fee_is_paid_or_expired_not_both", condition=Q(paid_on=None) | Q(expired_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.amount}元"


class Counsel(models.Model):
    """Advice asked inside the office: 会商, the legal adviser's opinion, leave to extend."""

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="counsels")
    kind = models.CharField("种类", max_length=12, choices=CounselKind)
    question = models.TextField("问题")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_of = models.ForeignKey(User, models.PROTECT, related_name="counsels_asked", verbose_name="请谁答复")
    asked_at = models.DateTimeField("提出时间")
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = "内部意见"
        verbose_name_plural = "内部意见"
        indexes = [
            models.Index(fields=["asked_of"], name="counsel_unanswered", condition=Q(answered_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_of}"
