"""What happened to a request and what comes next, in the words of who reads it."""

from datetime import date
from typing import Any

from disclosure.models import InformationRequest
from disclosure.models.requests import ConsultKind, CounselKind, Opinion, RequestChannel, RequestStatus
from portal.days import spoken
from portal.workdays.timeline import Audience, Event, Telling, Words, listed


def _registered(f: dict[str, Any]) -> tuple[str, str]:
    how = RequestChannel(f["channel"]).label
    day = f.get("received_on")
    return "登记申请", f"{how}；收到日期为{spoken(day)}。" if day else f"{how}；等待与申请人确认收到日期。"


PUBLIC: Words = {
    "submitted": lambda f: ("提交申请", f"收到日期为{spoken(f['received_on'])}。"),
    "registered": _registered,
    "confirmed": lambda f: ("确认收到", f"双方确认的收到日期为{spoken(f['received_on'])}。"),
    "correction_asked": lambda f: ("需要补正", f"请于{spoken(f['due_on'])}前补正：{listed(f['items'])}"),
    "correction_received": lambda f: ("收到补正", f"答复期限自{spoken(f['received_on'])}起重新计算。"),
    "correction_expired": lambda f: ("逾期未补正", "视为放弃申请，不再处理。您可以重新提出申请。"),
    "consulted": lambda f: (f"征求{ConsultKind(f['kind']).label}意见", "所需时间不计算在答复期限内。"),
    "opinion_received": lambda f: ("征求意见结束", "答复期限继续计算。"),
    "extended": lambda f: (
        "延期答复",
        f"延长{f['days']}个工作日，至{spoken(f['due_on'])}。理由：{f['reason']}",
    ),
    "reasons_asked": lambda f: ("需要说明理由", f"请于{spoken(f['due_on'])}前说明申请理由。{f['facts']}"),
    "reasons_received": lambda f: ("收到申请理由", ""),
    "reasons_expired": lambda f: ("逾期未说明理由", f"至{spoken(f['due_on'])}没有收到申请理由。"),
    "delayed": lambda f: (
        "延迟答复",
        f"申请理由合理，延迟{f['days']}个工作日，至{spoken(f['due_on'])}。原因：{f['reason']}",
    ),
    "fee_asked": lambda f: ("收费通知", f"应缴信息处理费{f['amount']}元，请于{spoken(f['due_on'])}前缴纳。"),
    "fee_paid": lambda f: ("已缴费", f"{spoken(f['on'])}缴费{f['amount']}元，答复期限自次日起重新计算。"),
    "fee_expired": lambda f: ("逾期未缴费", "视为放弃申请，不再处理。您可以重新提出申请。"),
    "transferred": lambda f: ("转办", f"由{f['before']}转由{f['after']}答复，期限不变。理由：{f['reason']}"),
    "replied": lambda f: ("已答复", f"{f['label']}。详见告知书。"),
    "withdrawn": lambda f: ("撤回申请", f.get("reason", "")),
}
STAFF: Words = PUBLIC | {
    "assigned": lambda f: ("确定承办人", f"由{f['before'] or '未分办'}改为{f['after']}。{f['reason']}"),
    "consulted": lambda f: (f"征求{ConsultKind(f['kind']).label}意见", f["name"]),
    "consultation_delivered": lambda f: (
        "征求意见书送达",
        f"{f['name']}于{spoken(f['on'])}收到，应于{spoken(f['due_on'])}前答复。",
    ),
    "opinion_received": lambda f: (
        "征求意见结束",
        f"{f['name']}：{f['means'] or Opinion(f['opinion']).label}。{f['answer']}",
    ),
    "counsel_asked": lambda f: (f"请{f['of']}提出意见", f"{CounselKind(f['kind']).label}：{f['question']}"),
    "counsel_answered": lambda f: (f"{CounselKind(f['kind']).label}答复", f["answer"]),
    "reply_drafted": lambda f: ("拟写答复", f"{f['label']}（第{f['edition']}稿）"),
    "reply_submitted": lambda f: ("答复提交审签", f.get("opinion", "")),
    "reply_recalled": lambda f: ("收回拟写的答复", ""),
    "reply_returned": lambda f: ("答复退回修改", f["opinion"]),
    "reply_signed": lambda f: ("签发答复", f["opinion"]),
    "unmasked": lambda f: ("查看完整信息", f"理由：{f['reason']}"),
    "reply_published": lambda f: ("公布答复", f["title"]),
    "reply_withheld": lambda f: ("撤下公布的答复", ""),
    "conversion_settled": lambda f: ("主动公开处理", f["note"]),
}
OWN = ("submitted", "correction_received", "reasons_received", "withdrawn")
TOLD = Telling("disclosure.request", PUBLIC, STAFF, own=OWN)


def timeline(request: InformationRequest, audience: Audience) -> list[Event]:
    """Oldest first. The applicant reads no staff names, no advice, no third party's words."""
    return TOLD.timeline(request, audience, applicant=request.name, office=str(request.department))


NEXT_WORDS: dict[str, str] = {
    RequestStatus.UNCONFIRMED: "我们会在这一天前与您联系确认收到日期，确认之日起计算答复期限",
    RequestStatus.OPEN: "我们将在这一天前答复您",
    RequestStatus.CORRECTION: "请您在这一天前补正，逾期视为放弃申请",
    RequestStatus.CONSULTING: "正在征求意见，答复期限暂停计算；对方应在这一天前答复",
    RequestStatus.PAYMENT: "请您在这一天前缴费，逾期视为放弃申请",
    RequestStatus.REASONS: "请您在这一天前说明申请理由",
    RequestStatus.SIGNING: "我们将在这一天前答复您",
    RequestStatus.REPLIED: "已经答复，请查看告知书；不服答复的，告知书写明了救济途径",
    RequestStatus.ABANDONED: "本申请已经结束；如仍需要，可以重新提出申请",
    RequestStatus.WITHDRAWN: "申请已经撤回；如仍需要，可以重新提出申请",
}


LATE_WORDS: dict[str, str] = {
    RequestStatus.UNCONFIRMED: "我们未能在这一天前与您确认收到日期，对此致歉；也请您拨打咨询电话与我们确认",
    RequestStatus.OPEN: "我们未能在这一天前答复您，对此致歉；正在抓紧办理",
    RequestStatus.SIGNING: "我们未能在这一天前答复您，对此致歉；正在抓紧办理",
    RequestStatus.CORRECTION: "补正的期限已过，将按放弃申请办结；有正当理由的，请马上拨打咨询电话",
    RequestStatus.PAYMENT: "缴费的期限已过，将按放弃申请办结；已经缴费的，请马上拨打咨询电话",
    RequestStatus.REASONS: "说明理由的期限已过，可能不予处理；有正当理由的，请马上拨打咨询电话",
}


def next_step(request: InformationRequest, on: date) -> tuple[str, date | None]:
    """The sentence and the date it speaks of; no date once nothing is owed."""
    clock = request.current_clock if request.is_running else None
    sentence = NEXT_WORDS[request.status]
    if clock is None or clock.closed_on:
        return sentence, None
    if request.status == RequestStatus.CONSULTING and clock.pk == request.reply_clock_id:
        return "正在征求意见，答复期限暂停计算", None
    if clock.due_on < on:
        sentence = LATE_WORDS.get(request.status, sentence)
    return sentence, clock.due_on
