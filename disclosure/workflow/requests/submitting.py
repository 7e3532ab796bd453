"""From a form, a letter or a voice to a registered request with its day of receipt."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import (
    BY_STAFF,
    CONFIRMED_BY_BOTH,
    SAME_TOPIC_ALIKE,
    FilePurpose,
    HeldFile,
    InformationRequest,
    Medium,
    ObtainWay,
    RequestChannel,
    RequestFile,
    RequestStatus,
)
from disclosure.numbering import request_number
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.holding import taken
from disclosure.workflow.requests.running import (
    close_clock,
    known,
    start_clock,
    tell_applicant,
    tell_handler,
)
from portal.audit import workflow as audit
from portal.papers.models import Attachment
from portal.papers.numbering import next_number
from portal.people import identity
from portal.people.crypto import keyed_hash
from portal.people.models import ApplicantType, Department, IdType, Party, User
from portal.people.workflow.parties import check_number
from portal.refusals import RuleBroken
from portal.search.tokens import clean, pairs
from portal.workdays.models import ClockKind

QUERY_CODE_DIGITS = 8
TOPIC_YEARS_BACK = 2
MOST_COMPARED = 1000


@dataclass(frozen=True)
class Asked:
    """What an applicant says: who they are, how to reach them, what they want, and how."""

    applicant_type: str
    name: str
    id_type: str
    id_number: str
    title: str
    way: str
    medium: str = Medium.ELECTRONIC
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    doc_no: str = ""
    description: str = ""
    assistance: str = ""
    suggests_publication: bool = False
    party: Party | None = field(default=None, compare=False)


def new_query_code() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(QUERY_CODE_DIGITS))


@transaction.atomic
def submit(
    asked: Asked,
    *,
    department: Department,
    form_key: UUID,
    identity_files: list[UploadedFile] | None = None,
    files: list[UploadedFile] | None = None,
    by: User | None,
    at: datetime,
) -> InformationRequest:
    """A request over the web, confirmed by the portal the same day; the same form twice is one request.

    ``by`` is None for one without an account. Raises RuleBroken naming the field to mend.
    """
    on = localdate(at)
    if made := _made_before(form_key):
        return made
    if asked.party and (
        by is None or not Party.objects.actable_by(by, on).filter(pk=asked.party.pk).exists()
    ):
        raise RuleBroken("您目前没有代该单位办理的授权。", field="party")
    verified = asked.party is not None and asked.party.registry_verified
    held = HeldFile.objects.filter(form_key=form_key, purpose=FilePurpose.IDENTITY)
    if not identity_files and not verified and not held.exists():
        raise RuleBroken(
            "请上传身份证明（条例要求申请人提供）。", field="identity_files", basis="条例第二十九条"
        )
    request = _made(asked, department, RequestChannel.WEB, form_key=form_key, by=by, at=at)
    request.applicant_user = by
    _insert(request, identity_files or [], files or [], by=by, at=at)
    _receive(request, received=on, by=None, at=at)
    audit.record(
        "disclosure.request.submitted", subject=request, actor=by, at=at, behalf=request.name,
        number=request.number, channel=request.channel, received_on=on, title=request.title,
    )  # fmt: skip
    _conclude(request, by=by, at=at)
    tell_applicant(
        "foi_submitted",
        request,
        at=at,
        query_code=request.query_code,
        due_on=known(request.reply_clock).due_on,
    )
    return request


@transaction.atomic
def register(
    asked: Asked,
    *,
    department: Department,
    channel: str,
    handed_in: date,
    form_key: UUID,
    confirmed_on: date | None = None,
    identity_files: list[UploadedFile] | None = None,
    files: list[UploadedFile] | None = None,
    by: User,
    at: datetime,
) -> InformationRequest:
    """A request that came on paper, by fax or e-mail, or was spoken; entered by staff.

    ``handed_in`` is the day it was handed over, signed for or came in; for ordinary mail, fax and
    e-mail the limit counts from ``confirmed_on``. Until then only the office's own date runs, by which
    it has to reach the applicant (``confirm``).
    """
    on = localdate(at)
    duties.require_post(by, department, duties.WORKING, on)
    if made := _made_before(form_key):
        return made
    if channel not in BY_STAFF:
        raise RuleBroken("请选择收到申请的渠道。", field="channel")
    both = channel in CONFIRMED_BY_BOTH
    if handed_in > on:
        raise RuleBroken("收件日期不能晚于今天。", field="handed_in")
    if both and confirmed_on is not None and not handed_in <= confirmed_on <= on:
        raise RuleBroken("双方确认日期应在收件日期和今天之间。", field="confirmed_on")
    request = _made(asked, department, channel, form_key=form_key, by=by, at=at)
    _insert(request, identity_files or [], files or [], by=by, at=at)
    received = deadlines.received_on(handed_in=handed_in, confirmed=confirmed_on, confirmed_by_both=both)
    if received:
        _receive(request, received=received, by=by, at=at)
    else:
        request.current_clock = start_clock(
            ClockKind.FOI_CONFIRM, request, on=handed_in, basis=deadlines.RECEIPT_BASIS, by=by, at=at,
            limit=0 if channel == RequestChannel.MAIL else deadlines.CONFIRM_WORKDAYS,
        )  # fmt: skip
        request.save(update_fields=["current_clock"])
    audit.record(
        "disclosure.request.registered", subject=request, actor=by, at=at, behalf=request.name, number=request.number,
        channel=request.channel, handed_in=handed_in, received_on=received or "", title=request.title,
    )  # fmt: skip
    _conclude(request, by=by, at=at)
    if received:
        _tell_received(request, at=at)
    return request


@transaction.atomic
def confirm(request: InformationRequest, *, on: date, by: User, at: datetime) -> InformationRequest:
    """Both sides have confirmed receipt: that day is day 0 (条例 第三十一条)."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at))
    if not localdate(request.submitted_at) <= on <= localdate(at):
        raise RuleBroken("双方确认日期应在登记之日和今天之间。", field="on", basis=deadlines.RECEIPT_BASIS)
    request.confirmed_by = by
    if request.current_clock:
        close_clock(request.current_clock, on=on, outcome="已确认", by=by, at=at)
    _receive(request, received=on, by=by, at=at)
    audit.record("disclosure.request.confirmed", subject=request, actor=by, at=at, received_on=on)
    letters.issue_receipt(request, by=by, at=at)
    _tell_received(request, at=at)
    return request


def _made_before(form_key: UUID) -> InformationRequest | None:
    """The request of this form, if it was handed in; a second click at the same moment waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(form_key)])
    return InformationRequest.objects.filter(form_key=form_key).first()


def _made(
    asked: Asked, department: Department, channel: str, *, form_key: UUID, by: User | None, at: datetime
) -> InformationRequest:
    """The row in memory, checked; the number comes last."""
    if not department.is_active:
        raise RuleBroken("请选择向哪个机关申请。", field="department")
    name = duties.checked_text(asked.name, field="name", what="姓名或者名称", most=100)
    title = clean(duties.checked_text(asked.title, field="title", what="所需信息的名称", most=200))
    natural = asked.applicant_type == ApplicantType.NATURAL
    if natural == (asked.id_type == IdType.USCC):
        raise RuleBroken(
            "公民请选择个人证件。" if natural else "法人或者其他组织请选择统一社会信用代码。", field="id_type"
        )
    if not (asked.phone or asked.email or asked.address):
        raise RuleBroken("请至少填写一种联系方式。", field="phone", basis="条例第二十九条")
    _check_way(asked)
    request = InformationRequest(
        form_key=form_key,
        department=department,
        channel=channel,
        applicant_type=asked.applicant_type,
        name=name,
        contact=asked.contact.strip(),
        email=asked.email.strip(),
        address=asked.address.strip(),
        party=asked.party,
        title=title,
        doc_no=asked.doc_no.strip(),
        description=asked.description.strip(),
        way=asked.way,
        medium=asked.medium,
        assistance=asked.assistance.strip(),
        suggests_publication=asked.suggests_publication,
        submitted_at=at,
    )
    request.set_identity(asked.id_type, check_number(asked.id_type, asked.id_number, today=localdate(at)))
    request.set_phone(identity.check_phone(asked.phone) if asked.phone else "")
    request.tokens = sorted(pairs(clean(f"{title} {request.doc_no} {request.description}")))
    return request


def _check_way(asked: Asked) -> None:
    needs = {
        ObtainWay.POST: (asked.address, "address", "选择邮寄的，请填写通信地址。"),
        ObtainWay.EMAIL: (asked.email, "email", "选择电子邮件的，请填写电子邮箱。"),
    }
    if asked.way in needs:
        given, name, text = needs[ObtainWay(asked.way)]
        if not given.strip():
            raise RuleBroken(text, field=name)


def _insert(
    request: InformationRequest,
    identity_files: list[UploadedFile],
    files: list[UploadedFile],
    *,
    by: User | None,
    at: datetime,
) -> None:
    stored = taken(request.form_key, FilePurpose.IDENTITY, identity_files, by=by, at=at)
    stored += taken(request.form_key, FilePurpose.ENCLOSURE, files, by=by, at=at)
    request.topic = _topic_of(request, localdate(at))
    code = new_query_code()
    request.query_code, request.query_code_hash = code, keyed_hash("query_code", code)
    year, organ = localdate(at).year, request.department.code
    request.number = request_number(organ, year, next_number(f"request.{organ}", str(year)))
    request.save(force_insert=True)
    keep_files(request, stored, at=at)


def keep_files(
    request: InformationRequest, stored: Sequence[tuple[str, Attachment]], *, at: datetime
) -> None:
    RequestFile.objects.bulk_create(
        [
            RequestFile(request=request, attachment=attachment, purpose=purpose, added_at=at)
            for purpose, attachment in stored
        ]
    )


def _topic_of(request: InformationRequest, on: date) -> InformationRequest | None:
    """The first request of the last two years, by somebody else, for much the same information."""
    recent = InformationRequest.objects.filter(
        department=request.department, submitted_at__year__gte=on.year - TOPIC_YEARS_BACK
    ).order_by("-pk")[:MOST_COMPARED]
    likest = (
        InformationRequest.objects.filter(pk__in=recent.values("pk"))
        .exclude(id_hash=request.id_hash)
        .like(request.tokens, at_least=SAME_TOPIC_ALIKE)
        .only("pk", "topic_id")
        .first()
    )
    if likest is None:
        return None
    root = likest.topic_id or likest.pk
    InformationRequest.objects.filter(pk=root, topic=None).update(topic=root)
    return InformationRequest.objects.only("pk").get(pk=root)


def _receive(request: InformationRequest, *, received: date, by: User | None, at: datetime) -> None:
    request.move_to(RequestStatus.OPEN)
    request.received_on = request.counted_from = received
    request.reply_clock = request.current_clock = start_clock(
        ClockKind.FOI_REPLY, request, on=received, limit=deadlines.REPLY_WORKDAYS, basis=deadlines.REPLY_BASIS,
        by=by, at=at,
    )  # fmt: skip
    request.save(
        update_fields=[
            "status", "received_on", "counted_from", "reply_clock", "current_clock", "confirmed_by", "applicant_user",
        ]
    )  # fmt: skip


def _conclude(request: InformationRequest, *, by: User | None, at: datetime) -> None:
    if request.received_on:
        letters.issue_receipt(request, by=by, at=at)
    tell_handler("foi_arrived", request, at=at)


def _tell_received(request: InformationRequest, *, at: datetime) -> None:
    tell_applicant(
        "foi_received", request, at=at, query_code=request.query_code,
        received_on=known(request.received_on), due_on=known(request.reply_clock).due_on,
    )  # fmt: skip
