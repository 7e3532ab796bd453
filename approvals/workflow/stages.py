"""Handling, reviewing, sending back, handing over."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from approvals.models import Case, CaseStatus, Proposal, StageKind, Step, StepState
from approvals.workflow import duties
from approvals.workflow.draws import give_to
from approvals.workflow.running import close_clock, open_step, stage_after, stages_of, tell_staff
from portal.audit import workflow as audit
from portal.people.models import Post, PostRole, User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks

ACTOR = {StageKind.HANDLE: "handler", StageKind.REVIEW: "reviewer", StageKind.APPROVE: "approver"}


def step_of(case: Case, *, by: User, at: datetime) -> Step:
    """The open step of an accepted case, locked, if this person may do it. Raises RuleBroken."""
    if case.status != CaseStatus.ACCEPTED:
        raise RuleBroken(f"办件{case.number}现为“{case.get_status_display()}”，没有待办的审批环节。")
    step = Step.objects.select_for_update(of=("self",)).select_related("stage", "clock", "assignee").get(
        case=case, state=StepState.TODO
    )  # fmt: skip
    duties.may_take(by, step, case, localdate(at))
    return step


def finish_step(
    case: Case, step: Step, *, state: str, opinion: str, proposal: str, outcome: str, by: User, at: datetime
) -> None:
    """Write the opinion on the step and the person on the case (in memory), and end the step's clock."""
    step.state, step.opinion, step.proposal = state, opinion, proposal
    step.assignee, step.done_at = by, at
    step.save(update_fields=["state", "opinion", "proposal", "assignee", "done_at"])
    setattr(case, ACTOR[StageKind(step.kind)], by)
    if step.clock and step.clock.closed_on is None:
        close_clock(step.clock, on=localdate(at), outcome=outcome, by=by, at=at)


@transaction.atomic
def pass_on(case: Case, *, opinion: str, proposal: str = Proposal.GRANT, by: User, at: datetime) -> Case:
    """Finish the open step with an opinion and open the next stage. Not for the approver, who decides."""
    case = Case.objects.locked(case)
    step = step_of(case, by=by, at=at)
    following = stage_after(case, step.kind)
    if step.kind == StageKind.APPROVE or following is None:
        raise RuleBroken("批准环节应当直接作出准予或者不予的决定。")
    opinion = duties.checked_text(
        opinion, field="opinion", what=f"{step.stage}意见", template=step.stage.opinion_template
    )
    if proposal not in (Proposal.GRANT, Proposal.REFUSE):
        raise RuleBroken("请选择建议准予或者建议不予。", field="proposal")
    finish_step(
        case, step, state=StepState.DONE, opinion=opinion, proposal=proposal, outcome="已办", by=by, at=at
    )
    case.save(update_fields=[ACTOR[StageKind(step.kind)]])
    audit.record(
        "approvals.case.step_done", subject=case, actor=by, at=at, kind=step.kind, stage=str(step.stage),
        round=step.round, proposal=proposal, opinion=opinion,
    )  # fmt: skip
    open_step(
        case, following, round_=step.round, assignee=_earlier_person(case, following.kind, at),
        on=localdate(at), by=by, at=at,
    )  # fmt: skip
    return case


def _earlier_person(case: Case, kind: str, at: datetime) -> User | None:
    """Who did this stage in the last round, if still on duty; nobody in the first round."""
    last = Step.objects.filter(case=case, kind=kind, done_at__isnull=False).order_by("-round").first()
    if last is None:
        return None
    role = {"handle": "handler", "review": "reviewer", "approve": "approver"}[kind]
    on_duty = Post.objects.present(localdate(at)).filter(
        department=case.department_id, role=role, user=last.assignee
    )
    return last.assignee if on_duty.exists() else None


@transaction.atomic
def send_back(case: Case, *, reason: str, to: str = StageKind.HANDLE, by: User, at: datetime) -> Case:
    """Return the case to an earlier stage: a new round, in which every stage is done again."""
    case = Case.objects.locked(case)
    step = step_of(case, by=by, at=at)
    stages = {stage.kind: number for number, stage in enumerate(stages_of(case))}
    if to not in stages or stages[to] >= stages[step.kind]:
        raise RuleBroken("只能退回到前面的环节。", field="to")
    reason = duties.checked_text(
        reason, field="reason", what="退回理由", template=step.stage.opinion_template
    )
    finish_step(
        case,
        step,
        state=StepState.SENT_BACK,
        opinion=reason,
        proposal=Proposal.NONE,
        outcome="退回",
        by=by,
        at=at,
    )
    case.save(update_fields=[ACTOR[StageKind(step.kind)]])
    target = next(stage for stage in stages_of(case) if stage.kind == to)
    audit.record(
        "approvals.case.sent_back", subject=case, actor=by, at=at, kind=step.kind, to=to, round=step.round + 1,
        stage=str(step.stage), target=str(target), reason=reason,
    )  # fmt: skip
    assignee = _earlier_person(case, to, at)
    if to == StageKind.HANDLE and case.handler and assignee is None:
        assignee = case.handler
    opened = open_step(case, target, round_=step.round + 1, assignee=assignee, on=localdate(at), by=by, at=at)
    if opened.assignee:
        tell_staff(
            "case_sent_back",
            case,
            opened.assignee,
            at=at,
            key=f"{case.number}:{opened.round}",
            stage=str(target),
        )
    return case


@transaction.atomic
def claim(case: Case, *, by: User, at: datetime) -> Case:
    """Take up from the pool: a case without a handler, or a step of nobody yet."""
    on = localdate(at)
    case = Case.objects.locked(case)
    if case.status == CaseStatus.ACCEPTED:
        step = step_of(case, by=by, at=at)
        if step.assignee_id == by.pk:
            return case
        step.assignee = by
        step.save(update_fields=["assignee"])
        if step.clock:
            clocks.hand_over(step.clock, handler=by, by=by, at=at)
        if step.kind == StageKind.HANDLE and case.handler_id is None:
            case.handler = by
            case.save(update_fields=["handler"])
        audit.record("approvals.case.claimed", subject=case, actor=by, at=at, stage=str(step.stage))
        return case
    duties.require_post(by, case, [PostRole.HANDLER], on)
    duties.refuse_conflict(by, case, on)
    if case.handler_id == by.pk:
        return case
    if case.handler_id or case.status != CaseStatus.SUBMITTED:
        raise RuleBroken(f"办件{case.number}已由{case.handler or '他人'}承办。")
    case.handler = by
    case.save(update_fields=["handler"])
    give_to(case, by, by=by, at=at)
    audit.record("approvals.case.claimed", subject=case, actor=by, at=at, stage="承办")
    return case


@transaction.atomic
def transfer(case: Case, *, to: User, reason: str, by: User, at: datetime) -> Case:
    """Give the case another handler. Only the department's head or a supervisor, and with a reason."""
    on = localdate(at)
    case = Case.objects.locked(case)
    if not (duties.holds_post(by, case, [PostRole.HEAD], on) or by.has_role(PostRole.SUPERVISOR, on=on)):
        raise RuleBroken(f"只有{case.department}的负责人或者监察人员可以改派承办人。")
    reason = duties.checked_text(reason, field="reason", what="改派理由", most=300)
    if case.status not in (CaseStatus.SUBMITTED, CaseStatus.SUPPLEMENT, CaseStatus.ACCEPTED):
        raise RuleBroken(f"办件{case.number}现为“{case.get_status_display()}”，不能改派。")
    if to.pk == case.handler_id:
        raise RuleBroken(f"{to}已是本办件的承办人。", field="to")
    present = Post.objects.present(on).filter(department=case.department_id, role=PostRole.HANDLER, user=to)
    if not present.exists():
        raise RuleBroken(f"{to}今天不在{case.department}的承办岗位上。", field="to")
    if reason_out := duties.conflict_of(to, case.party, on):
        raise RuleBroken(f"{to}应当回避（{reason_out}）。", field="to")
    duties.refuse_other_stage(to, case, StageKind.HANDLE)
    before, case.handler = case.handler, to
    case.save(update_fields=["handler"])
    give_to(case, to, by=by, at=at)
    audit.record(
        "approvals.case.transferred", subject=case, actor=by, at=at, reason=reason,
        before=before.name if before else "", after=to.name, after_id=to.pk,
    )  # fmt: skip
    tell_staff("case_transferred", case, to, at=at, key=f"{case.number}:{at:%Y%m%d%H%M%S}", reason=reason)
    return case
