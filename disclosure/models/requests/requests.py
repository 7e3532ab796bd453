"""A request for information: one person, one office, one answer (政府信息公开条例 第二十九条至第四十条)."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.timezone import localdate

from disclosure.models.requests.codes import (
    DRAFTING_STEPS,
    ENDED,
    LEGAL_MOVES,
    PUBLIC_WORDS,
    RUNNING,
    SIGNING_POSTS,
    TONES,
    Conversion,
    FilePurpose,
    Medium,
    ObtainWay,
    RequestChannel,
    RequestStatus,
)
from disclosure.replies import Reply, spoken
from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.crypto import EncryptedTextField, keyed_hash
from portal.people.masking import mask_id, mask_phone, mask_surname
from portal.people.models import ApplicantType, Department, IdType, Party, PostRole, User
from portal.people.rights import posts_with
from portal.refusals import RuleBroken
from portal.workdays.models import Clock

if TYPE_CHECKING:
    from disclosure.models.requests.steps import Correction, FeeNotice, Reasons

SAME_PERSON_ALIKE = 55  # per cent of shared pairs of characters from which a request is shown as a repeat
SAME_TOPIC_ALIKE = 60

# Dice's measure over the pairs of characters, in per cent.
_LIKENESS = """
    (200 * (SELECT count(*) FROM unnest("disclosure_informationrequest"."tokens") AS pair
            WHERE pair = ANY(%s::int[]))
     / greatest(cardinality("disclosure_informationrequest"."tokens") + %s, 1))
"""


class RequestQuerySet(models.QuerySet["InformationRequest"]):
    def visible_to(self, viewer: "User | AnonymousUser | None", on: date | None = None) -> Self:
        """The one rule of who may see a request; every exit starts here.

        An applicant sees their own and those of parties that authorise them; staff those of the
        departments they hold a post in and those they were asked about; who works on requests in the
        disclosure office, and supervisors, all; who only publishes there, what is answered.
        Administrators see none. A number with its query code opens one by itself.
        """
        if not isinstance(viewer, User) or not viewer.is_active:
            return self.none()
        on = on or localdate()
        if viewer.is_citizen:
            return self.filter(Q(applicant_user=viewer) | Q(party__in=Party.objects.actable_by(viewer, on)))
        held = viewer.posts.in_force(on).filter(role__in=posts_with("disclosure.view_informationrequest"))
        every = list(held.values_list("role", "department_id", "department__code"))
        posts = [post for post in every if post[0] != PostRole.PUBLICITY]
        if any(role == PostRole.SUPERVISOR or code == settings.DISCLOSURE_OFFICE for role, _, code in posts):
            return self.all()
        if not every:
            return self.none()
        seen = Q(department__in={pk for _, pk, _ in posts}) | Q(
            pk__in=viewer.counsels_asked.values("request_id")
        )
        if len(every) > len(posts):
            seen |= Q(status=RequestStatus.REPLIED)
        return self.filter(seen)

    def tracked(self, number: str, code: str) -> Self:
        """The one request of this number and query code, or none."""
        return self.filter(number=number.strip(), query_code_hash=keyed_hash("query_code", code.strip()))

    def running(self) -> Self:
        """Not ended: the office, or the applicant, still owes something."""
        return self.filter(status__in=RUNNING)

    def mine(self, user: User, on: date | None = None) -> Self:
        """What this person handles, has to sign, or was asked for advice on and has not answered."""
        asked = user.counsels_asked.filter(answered_at=None).values("request_id")
        to_sign = InformationRequest.objects.to_sign(user, on).values("pk")
        return self.filter(Q(handler=user, status__in=RUNNING) | Q(pk__in=asked) | Q(pk__in=to_sign))

    def to_sign(self, user: User, on: date | None = None) -> Self:
        """Replies drafted by others that this person may sign."""
        posts = user.posts.in_force(on or localdate()).filter(role__in=SIGNING_POSTS)
        waiting = self.filter(status=RequestStatus.SIGNING).exclude(applicant_user=user)
        if not posts.filter(department__code=settings.DISCLOSURE_OFFICE).exists():
            waiting = waiting.filter(department__in=posts.values("department"))
        drafted = user.reply_steps.filter(deed__in=DRAFTING_STEPS, request=OuterRef("pk"))
        return waiting.exclude(Exists(drafted))

    def pool(self, user: User, on: date | None = None) -> Self:
        """Running requests of the person's departments that nobody handles yet."""
        return self.filter(
            department__in=user.posts.in_force(on or localdate()).values("department"),
            handler=None,
            status__in=RUNNING,
        )

    def received_in(self, year: int) -> Self:
        """一、本年新收: by the first day of receipt. A later correction does not move it to another year."""
        return self.filter(received_on__year=year)

    def ended_in(self, year: int) -> Self:
        """三、本年度办理结果: answered, given up or withdrawn in that year, by ``reply``."""
        return self.filter(replied_on__year=year)

    def carried_out_of(self, year: int) -> Self:
        """四、结转下年度继续办理: received by 31 December and not ended by then.

        One that waits for a correction, an opinion or a payment is open until it ends, so it is carried
        over too; one whose receipt is not confirmed (``received_on`` empty) has not been received.
        """
        last = date(year, 12, 31)
        return self.filter(received_on__lte=last).filter(Q(replied_on=None) | Q(replied_on__gt=last))

    def like(self, tokens: Iterable[int], *, at_least: int) -> Self:
        """Those sharing so many per cent of these pairs of characters, likest and oldest first."""
        known = list(tokens)
        likeness = RawSQL(_LIKENESS, [known, len(known)], output_field=models.IntegerField())  # noqa: S611 (constant text, bound values)
        return self.alias(likeness=likeness).filter(likeness__gte=at_least).order_by("-likeness", "pk")

    def repeats_of(self, request: "InformationRequest") -> Self:
        """Other requests of the same person with much the same words, likest first."""
        same = Q(id_hash=request.id_hash)
        if request.phone_hash:
            same |= Q(phone_hash=request.phone_hash)
        others = self.filter(same).exclude(pk=request.pk)
        return others.like(request.tokens, at_least=SAME_PERSON_ALIKE)

    def locked(self, request: "InformationRequest") -> "InformationRequest":
        """The row as it is now, held until the transaction ends."""
        return (
            self.select_for_update(of=("self",))
            .select_related("department", "handler", "applicant_user", "reply_clock", "current_clock")
            .get(pk=request.pk)
        )

    def for_lists(self) -> Self:
        """With what one line of a list shows, in one query."""
        return self.select_related("department", "handler", "current_clock").defer(
            "tokens", "id_number", "phone", "email", "address", "query_code"
        )


@statutory(chained=True)
class InformationRequest(models.Model):
    """What the annual report counts from: ``applicant_type`` is the column, ``reply`` the row,
    ``received_on`` and ``replied_on`` the years, ``department`` the report. See the query set for
    what is new, ended and carried over in a year.
    """

    number = models.CharField("登记号", max_length=50, unique=True)
    query_code = EncryptedTextField("查询码", purpose="query_code", editable=False)
    query_code_hash = models.CharField(max_length=64, editable=False)
    form_key = models.UUIDField("表单凭据", unique=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="information_requests", verbose_name="答复机关"
    )
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="handled_requests", verbose_name="承办人"
    )
    channel = models.CharField("提交渠道", max_length=12, choices=RequestChannel)

    applicant_type = models.CharField("申请人类型", max_length=16, choices=ApplicantType)
    name = models.CharField("姓名或者名称", max_length=200)
    id_type = models.CharField("证件类型", max_length=20, choices=IdType)
    id_number = EncryptedTextField("证件号码", purpose="id_number")
    id_hash = models.CharField(max_length=64, editable=False)
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = EncryptedTextField("联系电话", purpose="phone", blank=True, default="")
    phone_hash = models.CharField(max_length=64, editable=False, blank=True, default="")
    email = EncryptedTextField("电子邮箱", purpose="email", blank=True, default="")
    address = EncryptedTextField("通信地址", purpose="address", blank=True, default="")
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="当事人"
    )
    applicant_user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="information_requests", verbose_name="账号"
    )

    title = models.CharField("信息名称", max_length=200)
    doc_no = models.CharField("文号", max_length=100, blank=True)
    description = models.TextField("特征描述", blank=True)
    way = models.CharField("获取方式", max_length=10, choices=ObtainWay)
    medium = models.CharField("载体形式", max_length=12, choices=Medium, default=Medium.ELECTRONIC)
    assistance = models.CharField("需要的帮助", max_length=200, blank=True)
    suggests_publication = models.BooleanField("建议主动公开", default=False)
    tokens = ArrayField(models.IntegerField(), default=list, editable=False)
    # The first request for the same information; itself once somebody else asked for the same.
    topic = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="same_topic", editable=False
    )
    conversion = models.CharField("主动公开处理", max_length=10, choices=Conversion, blank=True)
    conversion_note = models.CharField("处理说明", max_length=300, blank=True)

    status = models.CharField("状态", max_length=12, choices=RequestStatus, default=RequestStatus.UNCONFIRMED)
    submitted_at = models.DateTimeField("提交时间")
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    received_on = models.DateField("收到日期", null=True, blank=True)
    counted_from = models.DateField("答复期限起算日", null=True, blank=True)
    extended_days = models.PositiveSmallIntegerField("延长工作日数", default=0)
    reply = models.CharField("办理结果", max_length=10, choices=Reply, blank=True)
    replied_at = models.DateTimeField("办结时间", null=True, blank=True)
    replied_on = models.DateField("办结日期", null=True, blank=True)

    reply_clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    # The date that matters now: the reply, the correction, the opinion or the payment, by status.
    current_clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "政府信息公开申请"
        verbose_name_plural = "政府信息公开申请"
        constraints = [
            models.CheckConstraint(
                name="request_received_exactly_when_confirmed",
                condition=Q(status=RequestStatus.UNCONFIRMED, received_on=None)
                | (~Q(status=RequestStatus.UNCONFIRMED) & Q(received_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="request_has_a_reply_exactly_when_ended",
                condition=Q(status__in=ENDED, replied_on__isnull=False, replied_at__isnull=False)
                & ~Q(reply="")
                | (~Q(status__in=ENDED) & Q(replied_on=None, replied_at=None, reply="")),
            ),
            models.CheckConstraint(
                name="request_not_ended_before_it_was_received",
                condition=Q(replied_on=None) | Q(replied_on__gte=F("received_on")),
            ),
            models.CheckConstraint(
                name="request_extended_by_twenty_days_at_most", condition=Q(extended_days__lte=20)
            ),
        ]
        indexes = [
            models.Index(fields=["department", "status", "id"], name="request_by_department"),
            models.Index(fields=["handler", "status"], name="request_by_handler"),
            models.Index(fields=["applicant_user", "-id"], name="request_by_account"),
            models.Index(fields=["id_hash"], name="request_by_person"),
            models.Index(fields=["phone_hash"], name="request_by_phone", condition=~Q(phone_hash="")),
            models.Index(fields=["department", "received_on"], name="request_by_receipt"),
            models.Index(fields=["department", "replied_on"], name="request_by_reply"),
            models.Index(fields=["topic"], name="request_by_topic", condition=Q(topic__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def move_to(self, status: str) -> None:
        """Take the next status in memory. Raises RuleBroken when the law does not lead there."""
        if status not in LEGAL_MOVES.get(self.status, set()):
            now, asked = RequestStatus(self.status).label, RequestStatus(status).label
            raise RuleBroken(f"申请{self.number}现为“{now}”，不能转为“{asked}”。", field="status")
        self.status = RequestStatus(status)

    def set_identity(self, id_type: str, number: str) -> None:
        """Put the number (in normal form) and its hash on the row in memory."""
        self.id_type, self.id_number, self.id_hash = id_type, number, keyed_hash("id_number", number)

    def set_phone(self, phone: str) -> None:
        self.phone, self.phone_hash = phone, keyed_hash("phone", phone)

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def is_natural(self) -> bool:
        return self.applicant_type == ApplicantType.NATURAL

    @property
    def applicant_kind(self) -> str:
        """The kind of applicant as papers know it."""
        return {ApplicantType.NATURAL: "natural", ApplicantType.BUSINESS: "enterprise"}.get(
            ApplicantType(self.applicant_type), "other"
        )

    @property
    def masked_id(self) -> str:
        return self.id_number if self.id_type == IdType.USCC else mask_id(self.id_number)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def public_name(self) -> str:
        """As a published reply may name the applicant."""
        return mask_surname(self.name) if self.is_natural else self.name

    @property
    def public_status(self) -> str:
        """The applicant's word for it."""
        if self.status == RequestStatus.REPLIED:
            return f"已答复：{self.reply_label}"
        return PUBLIC_WORDS[self.status]

    @property
    def reply_label(self) -> str:
        """The outcome in a few words: of a refusal group also which row."""
        return spoken(self.reply) if self.reply else ""

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def asked_correction(self) -> "Correction | None":
        """The one correction notice, answered or not."""
        return getattr(self, "correction", None)

    @property
    def asked_reasons(self) -> "Reasons | None":
        """The one notice to state reasons, answered or not."""
        return getattr(self, "reasons", None)

    @property
    def open_fee(self) -> "FeeNotice | None":
        return self.fee_notices.filter(paid_on=None, expired_at=None).first()


class RequestFileQuerySet(models.QuerySet["RequestFile"]):
    def shown_to(self, viewer: "User | AnonymousUser") -> Self:
        """A proof of identity only to those who may look at whole numbers, and to its owner."""
        if isinstance(viewer, User) and viewer.is_staff and not viewer.has_perm("people.unmask_party"):
            return self.exclude(purpose=FilePurpose.IDENTITY)
        return self


class RequestFile(models.Model):
    """A file of a request: proof of identity, what was enclosed, what was handed over."""

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="files")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=12, choices=FilePurpose)
    added_at = models.DateTimeField("收件时间")

    objects = RequestFileQuerySet.as_manager()

    class Meta:
        verbose_name = "申请文件"
        verbose_name_plural = "申请文件"
        constraints = [
            models.UniqueConstraint(
                fields=["request", "attachment", "purpose"], name="a_request_keeps_a_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.attachment}"


class HeldFile(models.Model):
    """An upload of a form that was refused: kept for the next try, for a day (``drop_stale_files``)."""

    form_key = models.UUIDField("表单凭据", db_index=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=12, choices=FilePurpose)
    held_at = models.DateTimeField("上传时间", db_index=True)

    class Meta:
        verbose_name = "待提交的文件"
        verbose_name_plural = "待提交的文件"

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.attachment}"
