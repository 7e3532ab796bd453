"""The decision and what follows it; and the applicant's own way out before it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from approvals.deadlines import DELIVERY_BASIS, DELIVERY_WORKDAYS, REFUSAL_BASIS
from approvals.models import (
    Case,
    CaseStatus,
    Certificate,
    Decision,
    Proposal,
    Result,
    StageKind,
    Step,
    StepState,
)
from approvals.numbering import certificate_number
from approvals.workflow import duties, papers_of, registry
from approvals.workflow.running import clock_label, close_clocks, known, tell_applicant, tell_staff
from approvals.workflow.stages import finish_step, step_of
from portal.audit import workflow as audit
from portal.papers.numbering import next_number
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind


def _approving_step(case: Case, *, by: User, at: datetime) -> Step:
    step = step_of(case, by=by, at=at)
    if step.kind != StageKind.APPROVE:
        raise RuleBroken(f"办件{case.number}还在“{step.stage}”环节，尚不能作出决定。")
    return step


def _decide(case: Case, step: Step, *, status: str, opinion: str, by: User, at: datetime) -> None:
    """Everything both results share: the step, the clocks, the delivery clock."""
    on = localdate(at)
    proposal = Proposal.GRANT if status == CaseStatus.GRANTED else Proposal.REFUSE
    finish_step(
        case, step, state=StepState.DONE, opinion=opinion, proposal=proposal, outcome="已决定", by=by, at=at
    )
    case.move_to(status)
    case.decided_at = at
    close_clocks(case, on=on, outcome=str(CaseStatus(status).label), by=by, at=at)
    case.current_clock = clocks.start(
        ClockKind.CASE_DELIVERY, subject=case, on=on, limit=DELIVERY_WORKDAYS, basis=DELIVERY_BASIS,
        department=case.department, handler=case.handler, party=case.party, label=clock_label(case), by=by, at=at,
    )  # fmt: skip
    case.save(update_fields=["approver", "status", "decided_at", "current_clock"])


@transaction.atomic
def decide_grant(
    case: Case, *, opinion: str, content: str = "", valid_from: date | None = None, by: User, at: datetime
) -> Case:
    """准予许可, with its certificate and what it writes into the registries: all of it or nothing.

    Raises RuleBroken for all but the approver, and when the registries forbid what would be written.
    """
    on = localdate(at)
    case = Case.objects.locked(case)
    step = _approving_step(case, by=by, at=at)
    opinion = duties.checked_text(
        opinion, field="opinion", what="批准意见", template=step.stage.opinion_template
    )
    begins = valid_from or on
    if begins < on:
        raise RuleBroken("有效期不能早于决定之日。", field="valid_from")
    content = content.strip()
    _decide(case, step, status=CaseStatus.GRANTED, opinion=opinion, by=by, at=at)
    certificate = _certify(case, content=content, begins=begins) if case.version.issues_certificate else None
    paper = papers_of.issue_grant(case, certificate, content=content, by=by, at=at)
    decision = Decision.objects.create(
        case=case,
        result=Result.GRANT,
        number=paper.number,
        opinion=opinion,
        decided_by=by,
        decided_at=at,
        paper=paper,
    )
    if certificate:
        certificate.paper = papers_of.issue_certificate(
            case, certificate, decision_number=decision.number, by=by, at=at
        )
        certificate.save()
    written = registry.write(case, certificate, number=decision.number, by=by, at=at)
    audit.record(
        "approvals.case.granted", subject=case, actor=by, at=at, number=decision.number, opinion=opinion,
        certificate=certificate.number if certificate else "",
        written=[f"{change.whose}：{change.what} {change.after}" for change in written],
    )  # fmt: skip
    tell_applicant("case_granted", case, at=at)
    _tell_handler(case, at)
    return case


def _certify(case: Case, *, content: str, begins: date) -> Certificate:
    version, item = case.version, case.item
    serial = next_number(f"certificate.{item.code}", str(begins.year))
    until = registry.valid_to(case, begins)
    return Certificate(
        case=case,
        name=version.result_name or version.name,
        number=certificate_number(case.department.region_code, item.basic_code, begins.year, serial),
        holder=case.party_name,
        content=content or f"准予{version.name}",
        valid_from=begins,
        valid_to=until,
    )


def _tell_handler(case: Case, at: datetime) -> None:
    if case.handler:
        tell_staff("case_to_deliver", case, case.handler, at=at, due_on=known(case.current_clock).due_on)


@transaction.atomic
def decide_refuse(
    case: Case, *, opinion: str, reasons: str, basis: str, remedies: str = "", by: User, at: datetime
) -> Case:
    """不予许可: reasons, legal basis and the way to appeal are required (行政许可法 第三十八条第二款)."""
    case = Case.objects.locked(case)
    step = _approving_step(case, by=by, at=at)
    opinion = duties.checked_text(
        opinion, field="opinion", what="批准意见", template=step.stage.opinion_template
    )
    reasons = duties.checked_text(reasons, field="reasons", what="不予许可的理由", most=2000)
    basis = duties.checked_text(basis, field="basis", what="不予许可的依据")
    remedies = remedies.strip() or papers_of.remedies_text(case)
    _decide(case, step, status=CaseStatus.REFUSED, opinion=opinion, by=by, at=at)
    paper = papers_of.issue_refusal(case, reasons=reasons, basis=basis, by=by, at=at)
    decision = Decision.objects.create(
        case=case, result=Result.REFUSE, number=paper.number, opinion=opinion, reasons=reasons, basis=basis,
        remedies=remedies, decided_by=by, decided_at=at, paper=paper,
    )  # fmt: skip
    audit.record(
        "approvals.case.refused", subject=case, actor=by, at=at, number=decision.number, opinion=opinion,
        reasons=reasons, basis=basis, rule=REFUSAL_BASIS,
    )  # fmt: skip
    tell_applicant("case_refused", case, at=at)
    _tell_handler(case, at)
    return case


@transaction.atomic
def deliver(case: Case, *, how: str, receiver: str = "", by: User, at: datetime) -> Case:
    """The decision and the certificate are in the applicant's hands; ``how`` says by which way."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_receive(by, case, on)
    how = duties.checked_text(how, field="how", what="送达方式", most=100)
    case.move_to(CaseStatus.DELIVERED)
    case.delivered_at = at
    case.delivery_note = f"{how}（{receiver.strip()}签收）" if receiver.strip() else how
    close_clocks(case, on=on, outcome="已送达", by=by, at=at)
    case.save(update_fields=["status", "delivered_at", "delivery_note"])
    audit.record("approvals.case.delivered", subject=case, actor=by, at=at, how=case.delivery_note)
    papers_of.issue_delivery(case, receiver, how=how, by=by, at=at)
    tell_applicant("case_delivered", case, at=at)
    return case


@transaction.atomic
def close(case: Case, *, by: User, at: datetime) -> Case:
    """办结: nothing is owed any more."""
    case = Case.objects.locked(case)
    duties.require_post(by, case, duties.RECEIVING, localdate(at))
    case.move_to(CaseStatus.CLOSED)
    case.closed_at = at
    case.save(update_fields=["status", "closed_at"])
    audit.record("approvals.case.closed", subject=case, actor=by, at=at)
    return case


@transaction.atomic
def withdraw(case: Case, *, reason: str = "", by: User, at: datetime) -> Case:
    """The applicant takes the application back; possible until the decision."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_speak_for(by, case, on)
    case.move_to(CaseStatus.WITHDRAWN)
    case.withdrawn_at, case.withdrawal_reason = at, reason.strip()[:300]
    close_clocks(case, on=on, outcome="申请人撤回", by=by, at=at)
    Step.objects.filter(case=case, state=StepState.TODO).update(state=StepState.STOPPED)
    case.save(update_fields=["status", "withdrawn_at", "withdrawal_reason"])
    audit.record(
        "approvals.case.withdrawn", subject=case, actor=by, at=at, behalf=case.party_name,
        reason=case.withdrawal_reason,
    )  # fmt: skip
    tell_applicant("case_withdrawn", case, at=at)
    if case.handler and case.handler_id != by.pk:
        tell_staff("case_withdrawn_staff", case, case.handler, at=at)
    return case
