"""The papers of a case: which facts stand in each. Called by the verbs, in their transaction."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from approvals.models import Case, Certificate, Reversal, ReversalGround, ReversalKind, Supplement
from approvals.workflow.running import known
from portal.days import spoken
from portal.papers import workflow as papers
from portal.papers.models import Letterhead, Paper
from portal.people.masking import without_numbers
from portal.people.models import User


def remedies_text(case: Case) -> str:
    """The paragraph every refusal carries (行政复议法 第二十条、行政诉讼法 第四十六条)."""
    head = Letterhead.objects.filter(department=case.department_id).first()
    organ = head.reconsideration_organ if head else "本级人民政府"
    court = head.court if head else "有管辖权的人民法院"
    return (
        f"如不服本决定，可以自收到本决定书之日起六十日内依法向{organ}申请行政复议，"
        f"或者在六个月内依法向{court}提起行政诉讼。"
    )


def _facts(case: Case) -> dict[str, Any]:
    return {
        "applicant": case.party_name,
        "applicant_kind": case.party.kind,
        "item": case.version.name,
        "case_number": case.number,
    }


def _issue(
    kind: str,
    case: Case,
    data: dict[str, Any],
    *,
    by: User | None,
    at: datetime,
    number: str = "",
    title: str = "",
) -> Paper:
    return papers.issue(
        kind, subject=case, department=case.department, data=_facts(case) | data, by=by, at=at,
        number=number, title=title,
    )  # fmt: skip


def issue_receipt(case: Case, *, by: User | None, at: datetime) -> Paper:
    names = list(
        dict.fromkeys(row.material.name for row in case.materials.select_related("material").order_by("pk"))
    )
    due = known(case.acceptance_clock).due_on
    data = {
        "received_on": case.received_on.isoformat(),
        "materials": names,
        "query_code": case.query_code,
        "next_step": f"我机关将于{spoken(due)}前告知您是否受理；逾期不告知的，自收到材料之日起即为受理。",
    }
    if case.situation:
        data["situation"] = case.situation.name
    return _issue("receipt", case, data, by=by, at=at)


def issue_supplement_notice(case: Case, supplement: Supplement, *, by: User | None, at: datetime) -> Paper:
    data = {
        "received_on": case.received_on.isoformat(),
        "missing": [without_numbers(text) for text in supplement.missing],
        "due_on": supplement.clock.due_on.isoformat(),
        "due_days": supplement.clock.limit,
    }
    return _issue("supplement_notice", case, data, by=by, at=at)


def issue_acceptance(case: Case, *, by: User | None, at: datetime) -> Paper:
    data = {
        "received_on": case.received_on.isoformat(),
        "accepted_on": known(case.accepted_on).isoformat(),
        "promised_on": known(case.promise_clock).due_on.isoformat(),
        "promise": case.version.promise_words,
        "statutory_on": known(case.statutory_clock).due_on.isoformat(),
        "statute": case.version.statutory_words,
    }
    return _issue("acceptance", case, data, by=by, at=at)


def issue_not_accepted(case: Case, reasons: str, remedies: str, *, by: User | None, at: datetime) -> Paper:
    data = {"received_on": case.received_on.isoformat(), "reasons": without_numbers(reasons)}
    return _issue("not_accepted", case, data, by=by, at=at)


def issue_grant(
    case: Case, certificate: Certificate | None, *, content: str, by: User | None, at: datetime
) -> Paper:
    data: dict[str, Any] = {
        "accepted_on": known(case.accepted_on).isoformat(),
        "content": without_numbers(content) or f"准予{case.version.name}",
    }
    if certificate:
        data |= {
            "certificate_name": certificate.name,
            "certificate_number": certificate.number,
            "valid_from": certificate.valid_from.isoformat(),
        }
        if certificate.valid_to:
            data["valid_until"] = certificate.valid_to.isoformat()
    return _issue("grant", case, data, by=by, at=at)


def issue_refusal(case: Case, *, reasons: str, basis: str, by: User | None, at: datetime) -> Paper:
    data = {
        "accepted_on": known(case.accepted_on).isoformat(),
        "reasons": without_numbers(reasons),
        "basis": without_numbers(basis),
    }
    return _issue("refusal", case, data, by=by, at=at)


def _licence(case: Case, reversal: Reversal) -> dict[str, Any]:
    """What both papers of a reversal say of the licence and of why it ends."""
    decision = case.decision
    data: dict[str, Any] = {
        "granted_on": localdate(decision.decided_at).isoformat(),
        "grant_number": decision.number,
        "act": str(reversal.get_kind_display()),
        "reasons": without_numbers(reversal.facts),
        "basis": without_numbers(reversal.basis),
    }
    if certificate := Certificate.objects.filter(case=case).first():
        data["certificate_number"] = certificate.number
    return data


def issue_reversal_notice(case: Case, reversal: Reversal, *, by: User | None, at: datetime) -> Paper:
    clock = known(reversal.clock)
    data = _licence(case, reversal) | {"due_on": clock.due_on.isoformat(), "due_days": clock.limit}
    title = f"拟{reversal.get_kind_display()}行政许可告知书"
    return _issue("reversal_notice", case, data, by=by, at=at, title=title)


def issue_reversal(case: Case, reversal: Reversal, *, by: User | None, at: datetime) -> Paper:
    data = _licence(case, reversal) | {"effective_on": localdate(at).isoformat()}
    if certificate := Certificate.objects.filter(case=case).first():
        data["certificate_name"] = certificate.name
    if reversal.statement:
        data["heard"] = f"当事人提出了陈述申辩。{without_numbers(reversal.answer)}"
    elif reversal.is_heard:
        data["heard"] = "本机关已告知拟作出的决定和陈述、申辩的权利，当事人在期限内没有提出。"
    if consequence := CONSEQUENCES.get(reversal.ground) or CONSEQUENCES.get(reversal.kind):
        data["consequence"] = consequence
    title = f"{reversal.get_kind_display()}行政许可决定书"
    return _issue("reversal", case, data, by=by, at=at, title=title)


# What the law adds to the end itself (行政许可法 第八条第二款、第六十九条第四款、第七十九条).
CONSEQUENCES: dict[str, str] = {
    ReversalGround.FRAUD: "被许可人基于该行政许可取得的利益不受保护；该许可属于直接关系公共安全、人身健康、生命财产安全事项的，三年内不得再次申请。",
    ReversalKind.WITHDRAWAL: "由此造成财产损失的，可以依法要求补偿。",
    ReversalKind.ANNULMENT: "合法权益因此受到损害的，可以依法要求赔偿。",
}


def issue_delivery(case: Case, receiver: str, *, how: str, by: User | None, at: datetime) -> Paper:
    issued = Paper.objects.of(case).filter(kind__in=("grant", "refusal", "certificate"))
    data = {
        "documents": [f"{paper.title}（{paper.number}）" for paper in issued],
        "method": without_numbers(how),
        "recipient": receiver.strip() or case.party_name,
        "delivered_on": localdate(at).isoformat(),
    }
    return _issue("delivery", case, data, by=by, at=at)


def issue_certificate(
    case: Case, certificate: Certificate, *, decision_number: str, by: User | None, at: datetime
) -> Paper:
    lines = [["持证人", certificate.holder], ["许可内容", without_numbers(certificate.content)]]
    if not case.party.is_natural:
        lines.insert(1, ["统一社会信用代码", case.party.masked_id])
    data: dict[str, Any] = {
        "lines": lines,
        "valid_from": certificate.valid_from.isoformat(),
        "decision_number": decision_number,
    }
    if certificate.valid_to:
        data["valid_until"] = certificate.valid_to.isoformat()
    return _issue("certificate", case, data, by=by, at=at, number=certificate.number, title=certificate.name)
