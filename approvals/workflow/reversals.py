"""撤回、撤销、注销: a granted licence is ended by another decision, and the registries with it."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from approvals.deadlines import STATEMENT_BASIS, STATEMENT_WORKDAYS, add_months
from approvals.models import (
    AFTER_DECISION,
    BAN_YEARS,
    BASES,
    HEARD,
    Case,
    Certificate,
    CertificateState,
    Result,
    Reversal,
    ReversalGround,
    ReversalKind,
    ReversalState,
)
from approvals.workflow import duties, papers_of, registry
from approvals.workflow.running import clock_label, close_clock, tell_applicant, tell_staff
from portal.audit import workflow as audit
from portal.days import spoken
from portal.papers import workflow as papers
from portal.papers.models import Paper
from portal.people.models import Party, Post, PostRole, User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind

STATES = {
    ReversalKind.WITHDRAWAL: CertificateState.WITHDRAWN,
    ReversalKind.ANNULMENT: CertificateState.REVOKED,
    ReversalKind.CANCELLATION: CertificateState.CANCELLED,
}
GIVES_WAY = ("grant", "certificate")  # kinds of paper that end with the licence


def is_reversible(case: Case) -> bool:
    """Granted, and neither taken back nor about to be."""
    decision = getattr(case, "decision", None)
    if case.status not in AFTER_DECISION or decision is None or decision.result != Result.GRANT:
        return False
    return not case.reversals.exclude(state=ReversalState.DROPPED).exists()


def open_reversal(case: Case) -> Reversal | None:
    return case.reversals.open().select_related("clock", "notice", "proposed_by").first()


def standing_reversal(case: Case) -> Reversal | None:
    """The decision that ended the case's licence."""
    return case.reversals.decided().select_related("paper").first()


@transaction.atomic
def propose_reversal(case: Case, *, ground: str, facts: str, basis: str = "", by: User, at: datetime) -> Case:
    """Set out why a licence should end. Its holder is told first and may speak, unless it only records an end.

    Raises RuleBroken for a case without a standing licence, and without the handler's post.
    """
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.require_post(by, case, [PostRole.HANDLER], on)
    duties.refuse_conflict(by, case, on)
    if not is_reversible(case):
        raise RuleBroken(f"办件{case.number}没有可以撤回、撤销或者注销的许可，或者已在处理。")
    if ground not in ReversalGround.values:
        raise RuleBroken("请选择情形。", field="ground")
    facts = duties.checked_text(facts, field="facts", what="事实和理由", most=2000)
    _refuse_untimely(case, ground, on)
    kind = BASES[ground].kind
    reversal = Reversal(
        case=case, kind=kind, ground=ground, facts=facts, basis=basis.strip() or BASES[ground].article,
        proposed_by=by, proposed_at=at,
    )  # fmt: skip
    if kind in HEARD:
        reversal.clock = clocks.start(
            ClockKind.STATEMENT, subject=case, on=on, limit=STATEMENT_WORKDAYS, basis=STATEMENT_BASIS,
            department=case.department, handler=by, party=case.party, label=clock_label(case), by=by, at=at,
        )  # fmt: skip
        reversal.notice = papers_of.issue_reversal_notice(case, reversal, by=by, at=at)
    try:
        with transaction.atomic():
            reversal.save()
    except IntegrityError:
        raise RuleBroken(f"办件{case.number}的许可已在处理。") from None
    audit.record(
        "approvals.case.reversal_proposed", subject=case, actor=by, at=at, kind=str(kind.label),
        ground=str(reversal.get_ground_display()), basis=reversal.basis, reasons=facts,
        due_on=reversal.clock.due_on if reversal.clock else None,
    )  # fmt: skip
    if reversal.clock:
        case.current_clock = reversal.clock
        case.save(update_fields=["current_clock"])
        tell_applicant("reversal_noticed", case, at=at, what=kind.label, due_on=reversal.clock.due_on)
    else:
        _tell_approvers(case, reversal, at)
    return case


def _refuse_untimely(case: Case, ground: str, on: date) -> None:
    certificate = Certificate.objects.filter(case=case).first()
    over = certificate is not None and certificate.valid_to is not None and certificate.valid_to < on
    if ground == ReversalGround.EXPIRED and not over:
        raise RuleBroken("许可的有效期还没有届满，不能按届满未延续注销。", field="ground")


def _tell_approvers(case: Case, reversal: Reversal, at: datetime) -> None:
    """Also who approved the grant: nothing keeps them from looking at it again."""
    posts = Post.objects.present(localdate(at)).filter(department=case.department_id, role=PostRole.APPROVER)
    for person in {post.user_id: post.user for post in posts.select_related("user").order_by("pk")}.values():
        tell_staff(
            "reversal_waiting", case, person, at=at, key=f"{case.number}:{reversal.pk}",
            what=str(reversal.get_kind_display()),
        )  # fmt: skip


@transaction.atomic
def make_statement(case: Case, *, text: str, by: User, at: datetime) -> Case:
    """The holder's 陈述申辩, once, until the decision; the period ends with it."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_speak_for(by, case, on)
    reversal = _open(case)
    if not reversal.is_heard or reversal.stated_at is not None:
        raise RuleBroken("陈述申辩意见已经提交，或者现在不需要提交。")
    reversal.statement = duties.checked_text(text, field="text", what="陈述申辩意见", most=2000)
    reversal.stated_by, reversal.stated_at = by, at
    reversal.save(update_fields=["statement", "stated_by", "stated_at"])
    if reversal.clock and reversal.clock.closed_on is None:
        close_clock(reversal.clock, on=on, outcome="已陈述申辩", by=by, at=at)
    audit.record(
        "approvals.case.statement_made", subject=case, actor=by, at=at, behalf=case.party_name,
        statement=reversal.statement,
    )  # fmt: skip
    _tell_approvers(case, reversal, at)
    tell_staff("statement_received", case, reversal.proposed_by, at=at, key=f"{case.number}:{reversal.pk}")
    return case


@transaction.atomic
def end_statement_period(reversal: Reversal, *, at: datetime) -> bool:
    """The holder let the period pass: it is closed, and the approvers hear that they may decide."""
    case = Case.objects.locked(reversal.case)
    reversal = Reversal.objects.locked(reversal)
    clock = reversal.clock
    if not reversal.is_open or reversal.stated_at or clock is None or clock.closed_on:
        return False
    close_clock(clock, on=localdate(at), outcome="期满未陈述申辩", by=None, at=at)
    _tell_approvers(case, reversal, at)
    return True


def _open(case: Case) -> Reversal:
    found = open_reversal(case)
    if found is None:
        raise RuleBroken(f"办件{case.number}没有等待决定的撤回、撤销或者注销。")
    return Reversal.objects.locked(found)


def may_decide(reversal: Reversal, case: Case, by: User, on: date) -> None:
    """Raises RuleBroken unless this person may decide now: the holder has spoken or let the period pass."""
    duties.require_post(by, case, [PostRole.APPROVER], on)
    duties.refuse_conflict(by, case, on)
    if reversal.proposed_by_id == by.pk:
        raise RuleBroken("拟办人不能自己作出决定。")
    if reversal.clock and reversal.stated_at is None and reversal.clock.due_on >= on:
        due = spoken(reversal.clock.due_on)
        raise RuleBroken(f"被许可人可以在{due}前陈述、申辩，期满后才能决定。")


@transaction.atomic
def decide_reversal(case: Case, *, opinion: str, answer: str = "", by: User, at: datetime) -> Case:
    """The licence ends today: its papers, its certificate and what it wrote into the registries, all or nothing.

    Raises RuleBroken before the holder could speak, and without an answer to what they said.
    """
    on = localdate(at)
    case = Case.objects.locked(case)
    reversal = _open(case)
    may_decide(reversal, case, by, on)
    reversal.opinion = duties.checked_text(opinion, field="opinion", what="决定意见")
    if reversal.statement:
        reversal.answer = duties.checked_text(answer, field="answer", what="对陈述申辩意见的采纳情况")
    word = str(reversal.get_kind_display())
    reversal.paper = papers_of.issue_reversal(case, reversal, by=by, at=at)
    reversal.number, reversal.ended_by, reversal.ended_at = reversal.paper.number, by, at
    reversal.move_to(ReversalState.DECIDED)
    reversal.save()
    if reversal.clock and reversal.clock.closed_on is None:
        close_clock(reversal.clock, on=on, outcome="期满未陈述申辩", by=by, at=at)
    for paper in Paper.objects.of(case).filter(kind__in=GIVES_WAY).exclude(state="revoked"):
        papers.revoke(paper, reason=f"依据{reversal.number}{word}许可", word=word, by=by, at=at)
    certificate = Certificate.objects.filter(case=case).first()
    if certificate is not None:
        certificate.state = STATES[ReversalKind(reversal.kind)]
        certificate.save(update_fields=["state"])
    lost = registry.take_back(case, number=reversal.number, by=by, at=at)
    audit.record(
        "approvals.case.reversed", subject=case, actor=by, at=at, kind=word, number=reversal.number,
        opinion=reversal.opinion, basis=reversal.basis, reasons=reversal.facts, answer=reversal.answer,
        written=[f"{change.whose}：{change.what} {change.after}" for change in lost],
    )  # fmt: skip
    tell_applicant("case_reversed", case, at=at, what=word, decision=reversal.number)
    return case


@transaction.atomic
def drop_reversal(case: Case, *, reason: str, by: User, at: datetime) -> Case:
    """Let the licence stand after all; its holder is told."""
    on = localdate(at)
    case = Case.objects.locked(case)
    reversal = _open(case)
    duties.require_post(by, case, [PostRole.APPROVER], on)
    if reversal.proposed_by_id == by.pk:
        raise RuleBroken("拟办人不能自己作出决定。")
    reversal.opinion = duties.checked_text(reason, field="reason", what="不再处理的理由", most=500)
    reversal.ended_by, reversal.ended_at = by, at
    reversal.move_to(ReversalState.DROPPED)
    reversal.save(update_fields=["opinion", "ended_by", "ended_at", "state"])
    if reversal.clock and reversal.clock.closed_on is None:
        close_clock(reversal.clock, on=on, outcome="不再处理", by=by, at=at)
    audit.record("approvals.case.reversal_dropped", subject=case, actor=by, at=at, reason=reversal.opinion)
    if reversal.is_heard:
        tell_applicant("reversal_dropped", case, at=at, what=str(reversal.get_kind_display()))
    return case


def banned_until(party: Party, item_id: int, on: date) -> date | None:
    """The last day on which the party may not apply for this licence again (行政许可法 第七十九条)."""
    frauds = Reversal.objects.decided().filter(
        ground=ReversalGround.FRAUD, case__party=party, case__item=item_id
    )
    last = frauds.order_by("-ended_at").values_list("ended_at", flat=True).first()
    until = add_months(localdate(last), 12 * BAN_YEARS) if last else None
    return until if until is not None and until >= on else None
