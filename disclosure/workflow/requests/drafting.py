"""Drafting a reply and handing it in: what is typed is kept until somebody else signs it (``signing``)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import (
    Consultation,
    ConsultKind,
    FilePurpose,
    InformationRequest,
    Opinion,
    ReplyStep,
    RequestFile,
    RequestReply,
    RequestStatus,
    SignOff,
)
from disclosure.replies import RULES, Reply, ReplyGroup
from disclosure.workflow.requests import duties
from disclosure.workflow.requests.running import tell_staff
from disclosure.workflow.requests.submitting import keep_files
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken

MOST_FILES = 20
NEEDED = {
    "content": "公开的内容，或者获取该信息的方式、途径、时间",
    "withheld": "不予公开的部分",
    "reasons": "理由",
    "law": "禁止公开的法律、行政法规名称和条款",
    "route": "应当通过的途径",
}
# Ended by the period itself, never by hand.
BY_ITSELF = {Reply.NOT_CORRECTED, Reply.NOT_PAID}


@dataclass(frozen=True)
class Words:
    """What a reply says; which of them it must say follows from its kind (``replies.RULES``)."""

    content: str = ""
    withheld: str = ""
    reasons: str = ""
    law: str = ""
    route: str = ""
    agency: str = ""
    earlier: str = ""
    public_interest: str = ""


@transaction.atomic
def enclose(
    request: InformationRequest, files: list[UploadedFile], *, by: User, at: datetime
) -> list[RequestFile]:
    """Keep files for the draft, also of a draft that is refused: nothing is chosen twice."""
    request = InformationRequest.objects.locked(request)
    _may_draft(request, by, at)
    there = request.files.filter(purpose=FilePurpose.DRAFT).select_related("attachment")
    known = {row.attachment.sha256: row for row in there}
    if len(known) + len(files) > MOST_FILES:
        raise RuleBroken(f"最多附{MOST_FILES}个文件，请先去掉不用的。", field="enclosed")
    stored = [papers.store_upload(upload, by=by, at=at) for upload in files]
    keep_files(request, [(FilePurpose.DRAFT, one) for one in stored if one.sha256 not in known], at=at)
    for twice in (one for one in stored if one.sha256 in known):
        papers.discard(twice, by=by, at=at)
    return list(there.filter(attachment__sha256__in=[one.sha256 for one in stored]).order_by("pk"))


@transaction.atomic
def draft_reply(
    request: InformationRequest,
    *,
    kind: str,
    words: Words,
    kept: Iterable[RequestFile] | None = None,
    by: User,
    at: datetime,
) -> InformationRequest:
    """Write, or write anew, what is to be answered: one of the kinds of table 3, counted once.

    Of the enclosed files only ``kept`` stay; all when not given. Raises RuleBroken naming what
    the letter of this kind must say and does not.
    """
    request = InformationRequest.objects.locked(request)
    _may_draft(request, by, at)
    row = written(request, kind, words)
    files = request.files.filter(purpose=FilePurpose.DRAFT)
    if kept is not None:
        for dropped in files.exclude(pk__in=[one.pk for one in kept]).select_related("attachment"):
            dropped.delete()
            papers.discard(dropped.attachment, by=by, at=at)
    if files.exists() and RULES[kind].group not in (ReplyGroup.GRANTED, ReplyGroup.PARTIAL):
        raise RuleBroken("只有予以公开和部分公开的答复可以附文件。", field="kept")
    before = draft_of(request)
    row.drafted_by, row.drafted_at = by, at
    if before:
        row.pk, row.edition = before.pk, before.edition + 1
    row.save(force_insert=before is None, force_update=before is not None)
    note(request, row, SignOff.DRAFTED, by=by, at=at)
    return request


@transaction.atomic
def submit_reply(
    request: InformationRequest, *, opinion: str = "", by: User, at: datetime
) -> InformationRequest:
    """Hand the draft in to be signed. The limit goes on: only the signed letter answers."""
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    _may_draft(request, by, at)
    row = draft_of(request)
    if row is None:
        raise RuleBroken("还没有拟写答复。")
    require_ready(request, row)
    request.move_to(RequestStatus.SIGNING)
    request.save(update_fields=["status"])
    step = note(request, row, SignOff.SUBMITTED, opinion=opinion, by=by, at=at)
    for person in duties.signers(request, on):
        tell_staff("foi_reply_waiting", request, person, at=at, key=f"{request.number}:{step.pk}")
    return request


@transaction.atomic
def recall_reply(request: InformationRequest, *, by: User, at: datetime) -> InformationRequest:
    """Take the draft back before it is signed."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at), duties.DRAFTING)
    row = draft_of(request)
    if request.status != RequestStatus.SIGNING or row is None:
        raise RuleBroken("现在没有待审签的答复。")
    request.move_to(RequestStatus.OPEN)
    request.save(update_fields=["status"])
    note(request, row, SignOff.RECALLED, by=by, at=at)
    return request


def drop_draft(request: InformationRequest, *, by: User, at: datetime) -> None:
    """The draft of an office that will not answer; what was done with it stays on record."""
    if row := draft_of(request):
        for enclosed in request.files.filter(purpose=FilePurpose.DRAFT).select_related("attachment"):
            enclosed.delete()
            papers.discard(enclosed.attachment, by=by, at=at)
        row.delete()


def draft_of(request: InformationRequest) -> RequestReply | None:
    """The draft as it is now, held until the transaction ends."""
    return (
        RequestReply.objects.select_for_update(of=("self",)).filter(request=request, signed_by=None).first()
    )


def require_ready(request: InformationRequest, row: RequestReply) -> None:
    """Raises RuleBroken where something has come in between: an opinion, a question not answered yet."""
    if request.counsels.filter(answered_at=None).exists():
        raise RuleBroken("还有会商或者法律顾问意见没有答复，请等答复后再作决定，或者撤销征询。")
    earlier = row.earlier.number if row.earlier else ""
    said = {name: getattr(row, name) for name in Words.__dataclass_fields__ if name != "earlier"}
    written(request, row.kind, Words(**said, earlier=earlier))


def note(
    request: InformationRequest, row: RequestReply, deed: SignOff, *, opinion: str = "", by: User, at: datetime
) -> ReplyStep:  # fmt: skip
    """One person's word on the draft, for good."""
    opinion = without_numbers(opinion.strip())
    step = ReplyStep.objects.create(
        request=request, deed=deed, kind=row.kind, edition=row.edition, person=by, opinion=opinion, at=at
    )
    audit.record(
        f"disclosure.request.reply_{deed}", subject=request, actor=by, at=at, label=row.kind_label,
        edition=row.edition, opinion=opinion,
    )  # fmt: skip
    return step


def _may_draft(request: InformationRequest, by: User, at: datetime) -> None:
    duties.may_work(by, request, localdate(at), duties.DRAFTING)
    if request.status != RequestStatus.OPEN:
        raise RuleBroken(f"申请{request.number}现为“{request.get_status_display()}”，不能拟写答复。")


def objecting(request: InformationRequest) -> list[Consultation]:
    """Third parties that do not want it disclosed, or not all of it."""
    return list(
        request.consultations.filter(
            kind=ConsultKind.THIRD_PARTY, opinion__in=(Opinion.DISAGREES, Opinion.PARTLY)
        ).order_by("pk")
    )


def written(request: InformationRequest, kind: str, words: Words) -> RequestReply:
    """The row of the reply in memory, with everything its kind must say."""
    if kind not in RULES or kind in BY_ITSELF:
        raise RuleBroken("请选择答复类型；逾期不补正和逾期不缴费由期限届满自动办结。", field="kind")
    rule = RULES[kind]
    row = RequestReply(request_id=request.pk, kind=kind)
    for name in ("content", "withheld", "reasons", "law", "route", "public_interest"):
        text = without_numbers(getattr(words, name).strip())
        if name in rule.needs or (name != "public_interest" and text):
            text = duties.checked_text(text, field=name, what=NEEDED[name], most=5000)
        setattr(row, name, text if name in rule.needs or name == "public_interest" else "")
    row.agency = words.agency.strip() if kind == Reply.NOT_HELD else ""
    if kind == Reply.REPEATED:
        row.earlier = _earlier(request, words.earlier)
    if kind == Reply.STILL_UNCLEAR and not (
        request.asked_correction and request.asked_correction.received_on
    ):
        raise RuleBroken(
            "只有补正后仍不明确的申请可以这样答复，请先告知补正。", field="kind", basis="条例第三十条"
        )
    if kind == Reply.EXCESSIVE and not (request.asked_reasons and request.asked_reasons.is_settled):
        raise RuleBroken(
            "只有要求过说明理由的申请可以这样答复：申请人说明的理由不合理，或者逾期没有说明。",
            field="kind",
            basis=deadlines.REASONS_BASIS,
        )
    opens = rule.group in (ReplyGroup.GRANTED, ReplyGroup.PARTIAL)
    if opens and kind == Reply.GRANTED and objecting(request) and not row.public_interest:
        raise RuleBroken(
            "第三方不同意公开。认为不公开会对公共利益造成重大影响而决定公开的，请写明理由，并将书面告知第三方。",
            field="public_interest",
            basis=deadlines.THIRD_PARTY_BASIS,
        )
    if not opens or not objecting(request):
        row.public_interest = ""
    return row


def _earlier(request: InformationRequest, number: str) -> InformationRequest:
    found = InformationRequest.objects.filter(
        number=number.strip(), id_hash=request.id_hash, status=RequestStatus.REPLIED
    ).first()
    if found is None or found.pk == request.pk:
        raise RuleBroken(
            "请填写同一申请人此前已经答复的申请的登记号。", field="earlier", basis="条例第三十六条第（六）项"
        )
    return found
