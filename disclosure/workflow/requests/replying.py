"""Extending, replying, and the applicant's own way out."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import (
    Consultation,
    ConsultKind,
    CounselKind,
    FilePurpose,
    InformationRequest,
    Opinion,
    RequestReply,
    RequestStatus,
)
from disclosure.replies import RULES, Reply, ReplyGroup
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.running import ENDING, end, known, tell_applicant, tell_handler
from disclosure.workflow.requests.submitting import keep_files
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks

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
def extend(
    request: InformationRequest, *, days: int, reason: str, by: User, at: datetime
) -> InformationRequest:
    """Approved by the head of the disclosure work and told before the date; once (条例 第三十三条第二款)."""
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on, duties.LEADING)
    deadlines.check_extension(days)
    reason = without_numbers(duties.checked_text(reason, field="reason", what="延期理由", most=500))
    if request.status not in (RequestStatus.OPEN, RequestStatus.CONSULTING):
        raise RuleBroken("只有正在办理的申请可以延期。")
    if request.extended_days:
        raise RuleBroken("本申请已经延期过，只能延期一次。", basis=deadlines.REPLY_BASIS)
    request.reply_clock = clocks.extend(
        known(request.reply_clock),
        on=on,
        days=days,
        basis=deadlines.REPLY_BASIS,
        ground=reason[:60],
        by=by,
        at=at,
    )
    if request.status == RequestStatus.OPEN:
        request.current_clock = request.reply_clock
    request.extended_days = days
    request.save(update_fields=["extended_days", "current_clock"])
    request.counsels.filter(kind=CounselKind.EXTENSION, answered_at=None).update(
        answer=f"同意延长{days}个工作日。", answered_at=at
    )
    due_on = request.reply_clock.due_on
    audit.record(
        "disclosure.request.extended",
        subject=request,
        actor=by,
        at=at,
        days=days,
        reason=reason,
        due_on=due_on,
    )
    letters.issue_extension(request, reason=reason, by=by, at=at)
    tell_applicant("foi_extended", request, at=at, days=days, due_on=due_on)
    return request


@transaction.atomic
def reply(
    request: InformationRequest,
    *,
    kind: str,
    words: Words,
    files: list[UploadedFile] | None = None,
    by: User,
    at: datetime,
) -> InformationRequest:
    """Answer with one of the kinds of table 3: counted once, also where parts are disclosed and parts not.

    Raises RuleBroken naming what the letter of this kind must say and does not.
    """
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on, duties.SIGNING)
    if kind not in RULES or kind in BY_ITSELF:
        raise RuleBroken("请选择答复类型；逾期不补正和逾期不缴费由期限届满自动办结。", field="kind")
    if request.counsels.filter(answered_at=None).exists():
        raise RuleBroken("还有会商或者法律顾问意见没有答复，请等答复后再作决定，或者撤销征询。")
    row = _words(request, kind, words)
    row.signed_by = by
    stored = [
        (FilePurpose.REPLY, papers.store_upload(upload, by=by, at=at)) for upload in _allowed(kind, files)
    ]
    outcome = str(ReplyGroup(RULES[kind].group).label)
    end(request, status=RequestStatus.REPLIED, reply=kind, outcome=outcome, by=by, on=on, at=at)
    request.save(update_fields=ENDING)
    keep_files(request, stored, at=at)
    row.save(force_insert=True)
    audit.record(
        "disclosure.request.replied", subject=request, actor=by, at=at, reply=kind, label=request.reply_label,
        files=len(stored),
    )  # fmt: skip
    row.paper = letters.issue_reply(
        request, row, files=[attachment.name for _, attachment in stored], by=by, at=at
    )
    row.save(update_fields=["paper"])
    if row.public_interest:
        for third in _objecting(request):
            letters.issue_third_party(request, third, row, by=by, at=at)
    tell_applicant("foi_replied", request, at=at)
    return request


def _allowed(kind: str, files: list[UploadedFile] | None) -> list[UploadedFile]:
    uploads = files or []
    if uploads and RULES[kind].group not in (ReplyGroup.GRANTED, ReplyGroup.PARTIAL):
        raise RuleBroken("只有予以公开和部分公开的答复可以附文件。", field="files")
    if len(uploads) > MOST_FILES:
        raise RuleBroken(f"最多附{MOST_FILES}个文件，现为{len(uploads)}个。", field="files")
    return uploads


def _objecting(request: InformationRequest) -> list[Consultation]:
    return list(
        request.consultations.filter(
            kind=ConsultKind.THIRD_PARTY, opinion__in=(Opinion.DISAGREES, Opinion.PARTLY)
        ).order_by("pk")
    )


def _words(request: InformationRequest, kind: str, words: Words) -> RequestReply:
    """The row of the reply in memory, with everything its kind must say."""
    rule = RULES[kind]
    row = RequestReply(request=request)
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
    opens = rule.group in (ReplyGroup.GRANTED, ReplyGroup.PARTIAL)
    if opens and kind == Reply.GRANTED and _objecting(request) and not row.public_interest:
        raise RuleBroken(
            "第三方不同意公开。认为不公开会对公共利益造成重大影响而决定公开的，请写明理由，并将书面告知第三方。",
            field="public_interest",
            basis=deadlines.THIRD_PARTY_BASIS,
        )
    if not opens or not _objecting(request):
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


@transaction.atomic
def withdraw(
    request: InformationRequest, *, reason: str = "", on: date | None = None, by: User | None, at: datetime
) -> InformationRequest:
    """The applicant takes the request back; counted under 其他. Possible until the reply."""
    today = localdate(at)
    day = on or today
    request = InformationRequest.objects.locked(request)
    duties.may_speak_for(by, request, today)
    if request.received_on is None:
        request.received_on = request.counted_from = day  # who withdraws has been reached
    if not request.received_on <= day <= today:
        raise RuleBroken("撤回日期应在收到申请之日和今天之间。", field="on")
    end(
        request, status=RequestStatus.WITHDRAWN, reply=Reply.OTHER, outcome="申请人撤回", by=by, on=day, at=at
    )
    request.save(update_fields=[*ENDING, "received_on", "counted_from"])
    request.consultations.filter(opinion="").update(
        opinion=Opinion.SILENT, answered_on=day, answer="申请人已撤回申请，无需答复。"
    )
    request.counsels.filter(answered_at=None).update(answer="申请人已撤回申请，无需答复。", answered_at=at)
    audit.record(
        "disclosure.request.withdrawn", subject=request, actor=by, at=at, behalf=request.name,
        reason=without_numbers(reason.strip())[:300],
    )  # fmt: skip
    letters.issue_withdrawal(request, on=day, by=by, at=at)
    tell_applicant("foi_withdrawn", request, at=at)
    tell_handler("foi_withdrawn_staff", request, at=at)
    return request
