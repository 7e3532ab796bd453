"""What happened to a case and what comes next, in the words of who reads it."""

from datetime import date
from typing import Any

from approvals.models import Case, CaseStatus
from portal.days import spoken
from portal.workdays.timeline import Audience, Event, Telling, Words, listed


def _submitted(f: dict[str, Any]) -> tuple[str, str]:
    return "提交申请", f"收到日期为{spoken(f['received_on'])}，共提交{f['files']}个文件。"


def _proposal(f: dict[str, Any]) -> str:
    return {"grant": "建议准予", "refuse": "建议不予"}.get(f.get("proposal", ""), "")


# What the applicant reads. What is not named here stays inside the office.
PUBLIC: Words = {
    "submitted": _submitted,
    "accepted": lambda f: ("已受理", f"我们承诺在{spoken(f['due_on'])}前办结。"),
    "deemed_accepted": lambda f: (
        "视为受理",
        f"5个工作日内没有告知您补正，依法自{spoken(f['accepted_on'])}起即为受理；承诺在{spoken(f['due_on'])}前办结。",
    ),
    "supplement_asked": lambda f: (
        "需要您补充材料",
        f"请于{spoken(f['due_on'])}前补充：{listed(f['missing'])}",
    ),
    "supplement_received": lambda f: ("已收到您补充的材料", f"共{f['files']}个文件。"),
    "supplement_expired": lambda f: (
        "逾期未补正",
        "补正期限届满未收到补充材料，视为撤回申请。您可以重新申请。",
    ),
    "not_accepted": lambda f: ("不予受理", f["reasons"]),
    "step_done": lambda f: (f"{f['stage']}完成", ""),
    "sent_back": lambda f: ("重新核查", f"{f['stage']}环节要求进一步核查。"),
    "granted": lambda f: ("准予许可", f"决定书文号：{f['number']}。"),
    "refused": lambda f: ("不予许可", f"决定书文号：{f['number']}。理由：{f['reasons']}"),
    "withdrawn": lambda f: ("撤回申请", f.get("reason", "")),
    "delivered": lambda f: ("决定已送达", f["how"].partition("（")[0]),  # who signed for it stays inside
    "closed": lambda f: ("办结", ""),
    "reversal_proposed": lambda f: (
        f"拟{f['kind']}许可",
        f"{f['reasons']}" + (f" 可以在{spoken(f['due_on'])}前陈述、申辩。" if f.get("due_on") else ""),
    ),
    "statement_made": lambda f: ("提出陈述申辩", f["statement"]),
    "reversal_dropped": lambda f: ("不再处理，许可继续有效", f["reason"]),
    "reversed": lambda f: (
        f"已{f['kind']}许可",
        f"决定书文号：{f['number']}。依据{f['basis']}。"
        + (f"对陈述申辩：{f['answer']}" if f["answer"] else ""),
    ),
}
# What staff read instead or besides.
STAFF: Words = PUBLIC | {
    "delivered": lambda f: ("决定已送达", f["how"]),
    "drawn": lambda f: ("随机分办", f"在{len(f['candidates'])}名候选人中抽中{f['name']}。"),
    "left_undrawn": lambda f: ("未能分办", "没有可以承办的在岗人员，待下次重新抽取。"),
    "claimed": lambda f: ("认领", f"{f['stage']}环节。"),
    "transferred": lambda f: (
        "改派承办人",
        f"由{f['before'] or '未分办'}改为{f['after']}。理由：{f['reason']}",
    ),
    "step_done": lambda f: (f"{f['stage']}完成", f"第{f['round']}轮，{_proposal(f)}。意见：{f['opinion']}"),
    "sent_back": lambda f: (f"退回{f['target']}", f"第{f['round']}轮开始。理由：{f['reason']}"),
    "granted": lambda f: ("准予许可", f"文号：{f['number']}。意见：{f['opinion']}"),
    "refused": lambda f: (
        "不予许可",
        f"文号：{f['number']}。意见：{f['opinion']} 理由：{f['reasons']} 依据：{f['basis']}",
    ),
}
OWN = ("submitted", "supplement_received", "withdrawn", "statement_made")
TOLD = Telling("approvals.case", PUBLIC, STAFF, own=OWN)


def timeline(case: Case, audience: Audience) -> list[Event]:
    """Oldest first. The citizen reads no staff names, no draw, no opinions; the dates are the same."""
    return TOLD.timeline(case, audience, applicant=case.party_name, office=str(case.department))


NEXT_WORDS: dict[str, str] = {
    CaseStatus.SUBMITTED: "我们将在这一天前告知您是否受理；到期没有告知的，自收到材料之日起即为受理",
    CaseStatus.SUPPLEMENT: "请您在这一天前补充材料，逾期未补充的视为撤回申请",
    CaseStatus.ACCEPTED: "我们承诺在这一天前作出决定",
    CaseStatus.GRANTED: "我们将在这一天前向您送达决定和证照",
    CaseStatus.REFUSED: "我们将在这一天前向您送达决定",
    CaseStatus.DELIVERED: "决定已经送达，没有需要您办理的事",
    CaseStatus.CLOSED: "本件已经办结，没有需要您办理的事",
    CaseStatus.WITHDRAWN: "申请已经撤回；如仍需办理，可以重新申请",
    CaseStatus.NOT_ACCEPTED: "申请未被受理；您可以按决定书载明的途径申请复议或者提起诉讼",
}


def next_step(case: Case, on: date) -> tuple[str, date | None]:
    """The sentence and the date it speaks of; no date once nothing is owed."""
    clock = case.current_clock if case.is_open else None
    if clock is None or clock.closed_on:
        return NEXT_WORDS[case.status], None
    if clock.due_on < on and case.status == CaseStatus.ACCEPTED:
        return "我们未能在承诺的这一天前作出决定，对此致歉；正在抓紧办理", clock.due_on
    return NEXT_WORDS[case.status], clock.due_on
