"""The letters about a request: which facts stand in each. Called by the verbs, in their transaction."""

from datetime import date, datetime
from typing import Any

from django.conf import settings

from disclosure.deadlines import ACT, CONSULT_WORKDAYS
from disclosure.fees import STANDARDS, FeeMethod
from disclosure.models.requests import (
    Consultation,
    ConsultKind,
    Correction,
    FeeNotice,
    InformationRequest,
    Reasons,
    Remedy,
    RequestReply,
    default_remedy,
)
from disclosure.replies import RULES, Reply, ReplyGroup
from disclosure.workflow.requests.running import known
from portal.papers import workflow as papers
from portal.papers.models import Letterhead, Paper
from portal.people.masking import without_numbers
from portal.people.models import Department, User

NUMBER_WORDS = {FeeMethod.BY_CASE: "本自然月内第{}件", FeeMethod.BY_PAGE: "{}页"}


def remedies_text(reply: str, department: Department) -> str:
    """The paragraph of this kind of reply, with the department's own reviewing organ and court."""
    remedy = Remedy.objects.filter(reply=reply).first() or default_remedy(reply)
    head = Letterhead.objects.filter(department=department).first()
    organ = head.reconsideration_organ if head else settings.RECONSIDERATION_ORGAN
    court = head.court if head else settings.COMPETENT_COURT
    return remedy.text.replace("{行政复议机关}", organ).replace("{人民法院}", court)


def _facts(request: InformationRequest, data: dict[str, Any]) -> dict[str, Any]:
    """What every letter about the request names, and its own, without numbers of persons."""
    facts = {
        "applicant": request.name,
        "applicant_kind": request.applicant_kind,
        "item": without_numbers(request.title),
        "request_number": request.number,
        "received_on": known(request.received_on).isoformat(),
    }
    plain = {key: without_numbers(value) if isinstance(value, str) else value for key, value in data.items()}
    return facts | plain


def _issue(
    kind: str, request: InformationRequest, data: dict[str, Any], *, by: User | None, at: datetime, title: str = ""
) -> Paper:  # fmt: skip
    data = _facts(request, data)
    return papers.issue(
        kind, subject=request, department=request.department, data=data, by=by, at=at, title=title
    )


def issue_receipt(request: InformationRequest, *, by: User | None, at: datetime) -> Paper:
    data = {
        "channel": request.get_channel_display(),
        "way": f"{request.get_way_display()}（{request.get_medium_display()}）",
        "query_code": request.query_code,
        "due_on": known(request.reply_clock).due_on.isoformat(),
    }
    return _issue("foi_receipt", request, data, by=by, at=at)


def issue_correction(request: InformationRequest, asked: Correction, *, by: User, at: datetime) -> Paper:
    data = {
        "missing": [without_numbers(text) for text in asked.items],
        "due_on": asked.clock.due_on.isoformat(),
        "due_days": asked.clock.limit,
    }
    return _issue("foi_correction", request, data, by=by, at=at)


def issue_extension(request: InformationRequest, *, reason: str, by: User, at: datetime) -> Paper:
    data = {
        "reasons": reason,
        "days": f"{request.extended_days}个工作日",
        "due_on": known(request.reply_clock).due_on.isoformat(),
    }
    return _issue("foi_extension", request, data, by=by, at=at)


def issue_reasons(request: InformationRequest, asked: Reasons, *, by: User, at: datetime) -> Paper:
    data = {
        "content": asked.facts,
        "due_on": asked.clock.due_on.isoformat(),
        "due_days": asked.clock.limit,
    }
    return _issue("foi_reasons", request, data, by=by, at=at)


def issue_delay(request: InformationRequest, asked: Reasons, *, by: User, at: datetime) -> Paper:
    data = {
        "reasons": asked.delay_reason,
        "days": f"{asked.delay_days}个工作日",
        "due_on": known(request.reply_clock).due_on.isoformat(),
    }
    return _issue("foi_delay", request, data, by=by, at=at)


def issue_consultation(request: InformationRequest, row: Consultation, *, by: User, at: datetime) -> Paper:
    """To the one asked, not to the applicant, whose name it does not hold."""
    third = row.kind == ConsultKind.THIRD_PARTY
    data = {
        "applicant": row.name,
        "applicant_kind": "other",
        "content": row.question,
        "days": f"{CONSULT_WORKDAYS}个工作日",
    }
    if not third:
        data["basis"] = f"{ACT}第三十四条"
    title = "" if third else "政府信息公开征求意见函"
    return _issue("foi_consult", request, data, by=by, at=at, title=title)


def issue_third_party(request: InformationRequest, row: Consultation, words: RequestReply, *, by: User, at: datetime) -> Paper:  # fmt: skip
    data = {
        "applicant": row.name,
        "applicant_kind": "other",
        "content": words.content,
        "reasons": words.public_interest,
        "remedies": remedies_text(Reply.GRANTED, request.department),
    }
    return _issue("foi_third_party", request, data, by=by, at=at)


def issue_fee(request: InformationRequest, row: FeeNotice, *, by: User, at: datetime) -> Paper:
    data = {
        "method": FeeMethod(row.method).label,
        "standard": STANDARDS[FeeMethod(row.method)],
        "quantity": NUMBER_WORDS[FeeMethod(row.method)].format(row.quantity),
        "amount": f"{row.amount}元",
        "pay_way": row.pay_way,
        "due_on": row.clock.due_on.isoformat(),
    }
    return _issue("foi_fee", request, data, by=by, at=at)


def issue_withdrawal(request: InformationRequest, *, on: date, by: User | None, at: datetime) -> Paper:
    return _issue("foi_withdrawal", request, {"withdrawn_on": on.isoformat()}, by=by, at=at)


FINDINGS: dict[str, str] = {
    Reply.TO_BE_MADE: "该申请要求的信息没有现成的，需要另行制作、加工或者分析",
    Reply.STILL_UNCLEAR: "该申请经补正后内容仍不明确",
    Reply.PETITION: "该申请属于信访、投诉、举报等活动",
    Reply.PUBLICATION: "该申请要求提供的是公开出版物",
    Reply.EXCESSIVE: "该申请的数量、频次明显超过合理范围，且没有正当理由",
    Reply.CONFIRMATION: "该申请要求行政机关确认或者重新出具已经获取的信息",
    Reply.OTHER: "该申请不再继续办理",
}
TITLES: dict[str, str] = {Reply.OTHER: "政府信息公开申请处理告知书"}


def kind_of(words: RequestReply) -> str:
    """Which letter a reply is written on."""
    reply, group = words.kind, RULES[words.kind].group
    if group in (ReplyGroup.GRANTED, ReplyGroup.PARTIAL):
        return "foi_disclosure"
    if group == ReplyGroup.DENIED:
        return "foi_denial"
    if reply == Reply.NOT_HELD and words.agency:
        return "foi_not_ours"
    if reply == Reply.REPEATED:
        return "foi_repeated"
    return "foi_not_held" if group == ReplyGroup.UNABLE else "foi_not_processed"


def _of_reply(request: InformationRequest, words: RequestReply, files: list[str]) -> tuple[str, dict[str, Any], str]:  # fmt: skip
    """Kind, facts and title of the letter that says these words."""
    rule, kind = RULES[words.kind], kind_of(words)
    data: dict[str, Any] = {"remedies": remedies_text(words.kind, request.department)}
    carried = {
        "foi_disclosure": ("content", "withheld", "reasons"),
        "foi_denial": ("reasons", "law", "route"),
        "foi_not_ours": ("reasons", "agency"),
        "foi_not_processed": ("reasons", "route"),
    }.get(kind, ("reasons",))
    data |= {key: value for key in carried if (value := getattr(words, key))}
    if kind in ("foi_not_held", "foi_not_processed") and words.kind in FINDINGS:
        data["finding"] = FINDINGS[words.kind]
    if kind == "foi_repeated":
        data["earlier"] = known(words.earlier).number
    if rule.article and kind not in ("foi_disclosure", "foi_not_ours"):
        data["basis"] = f"{ACT}{rule.article}"
    if files and kind == "foi_disclosure":
        data["materials"] = files
    return kind, data, TITLES.get(words.kind, "")


def issue_reply(request: InformationRequest, words: RequestReply, *, files: list[str], by: User, at: datetime) -> Paper:  # fmt: skip
    kind, data, title = _of_reply(request, words, files)
    return _issue(kind, request, data, by=by, at=at, title=title)


def preview_reply(
    request: InformationRequest, words: RequestReply, *, files: list[str], at: datetime
) -> bytes:
    """The letter of a draft as it would look: no number, no seal, no code."""
    kind, data, title = _of_reply(request, words, files)
    return papers.preview(kind, department=request.department, data=_facts(request, data), title=title, at=at)
