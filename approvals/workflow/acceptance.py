"""From submitted to accepted, turned away, or waiting once for what is missing."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from approvals.deadlines import ACCEPTANCE_BASIS
from approvals.models import Case, CaseMaterial, CaseStatus, Supplement
from approvals.workflow import duties, papers_of
from approvals.workflow.running import (
    clock_label,
    close_clock,
    close_clocks,
    known,
    open_step,
    staff_of,
    stages_of,
    start_promises,
    tell_applicant,
    tell_staff,
)
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.papers.models import Attachment
from portal.people.models import PostRole, User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, Ground

SUPPLEMENT_EXPIRED = "逾期未补正，视为撤回申请"
MOST_ITEMS = 30


def complete_since(case: Case) -> date:
    """The day all materials were with the office: of receipt, or of the supplement."""
    supplement = case.supplements.exclude(received_on=None).first()
    return known(supplement.received_on) if supplement else case.received_on


def is_past_acceptance(case: Case, on: date) -> bool:
    """Whether the five working days have gone by in silence."""
    clock = case.acceptance_clock
    return clock is not None and case.status == CaseStatus.SUBMITTED and clock.due_on < on


def _refuse_after_silence(case: Case, on: date, what: str) -> None:
    if is_past_acceptance(case, on):
        raise RuleBroken(
            f"自收到材料之日起5个工作日内未作处理，依法自{complete_since(case):%Y-%m-%d}起即为受理，不能再{what}。",
            basis=ACCEPTANCE_BASIS,
        )


def _accept(case: Case, *, on: date, deemed: bool, by: User | None, at: datetime) -> Case:
    today = localdate(at)
    case.move_to(CaseStatus.ACCEPTED)
    case.accepted_at, case.accepted_on, case.accepted_by, case.is_deemed_accepted = at, on, by, deemed
    close_clocks(case, on=max(on, today), outcome="视为受理" if deemed else "受理", by=by, at=at)
    start_promises(case, on=on, by=by, at=at)
    case.save(
        update_fields=[
            "status", "accepted_at", "accepted_on", "accepted_by", "is_deemed_accepted",
            "promise_clock", "statutory_clock", "current_clock",
        ]
    )  # fmt: skip
    due_on = known(case.promise_clock).due_on
    audit.record(
        "approvals.case.deemed_accepted" if deemed else "approvals.case.accepted",
        subject=case, actor=by, at=at, accepted_on=on, due_on=due_on,
        basis=ACCEPTANCE_BASIS if deemed else "",
    )  # fmt: skip
    first = stages_of(case)[0]
    assignee = case.handler if first.kind == "handle" else None
    open_step(case, first, round_=1, assignee=assignee, on=max(on, today), by=by, at=at)
    papers_of.issue_acceptance(case, by=by, at=at)
    tell_applicant("case_deemed_accepted" if deemed else "case_accepted", case, at=at, on=on, due_on=due_on)
    if deemed:
        for head in staff_of(case, PostRole.HEAD, today):
            tell_staff("case_deemed_accepted_staff", case, head, at=at, on=on)
    return case


@transaction.atomic
def accept(case: Case, *, by: User, at: datetime) -> Case:
    """Accept; the promise counts from the day after. After five silent working days it is deemed instead."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_receive(by, case, on)
    if is_past_acceptance(case, on):
        return _accept(case, on=complete_since(case), deemed=True, by=by, at=at)
    return _accept(case, on=max(on, complete_since(case)), deemed=False, by=by, at=at)


@transaction.atomic
def deem_accepted(case: Case, *, at: datetime) -> Case:
    """Silence accepts, from the day of receipt. Changes nothing unless the clock has run out."""
    case = Case.objects.locked(case)
    if not is_past_acceptance(case, localdate(at)):
        return case
    return _accept(case, on=complete_since(case), deemed=True, by=None, at=at)


@transaction.atomic
def ask_supplement(case: Case, *, missing: list[str], by: User, at: datetime, note: str = "") -> Case:
    """Tell the applicant once, and completely, what is missing; the clock waits for them.

    ``missing``: one sentence each. Raises RuleBroken when it was asked before.
    """
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_receive(by, case, on)
    listed = [text.strip() for text in missing if text.strip()]
    if not listed:
        raise RuleBroken("请逐项写明需要补正的内容。", field="missing", basis=ACCEPTANCE_BASIS)
    if len(listed) > MOST_ITEMS or any(len(text) > 300 for text in listed):
        raise RuleBroken(f"补正内容最多{MOST_ITEMS}项，每项最多300个字。", field="missing")
    if case.supplements.exists():
        raise RuleBroken(
            "本办件已经告知过补正，补正应当一次告知全部内容，不能再次要求。", basis=ACCEPTANCE_BASIS
        )
    _refuse_after_silence(case, on, "要求补正")
    case.move_to(CaseStatus.SUPPLEMENT)
    day = max(on, case.received_on)
    clocks.pause(
        known(case.acceptance_clock), on=day, ground=Ground.SUPPLEMENT, basis=ACCEPTANCE_BASIS, by=by, at=at
    )
    case.current_clock = clocks.start(
        ClockKind.CASE_SUPPLEMENT, subject=case, on=day, limit=case.version.supplement_limit,
        basis="一次性补正告知书载明的补正期限", department=case.department, handler=case.handler,
        party=case.party, label=clock_label(case), by=by, at=at,
    )  # fmt: skip
    supplement = Supplement.objects.create(
        case=case, missing=listed, note=note.strip(), asked_by=by, asked_at=at, clock=case.current_clock
    )
    case.save(update_fields=["status", "current_clock"])
    due_on = case.current_clock.due_on
    audit.record(
        "approvals.case.supplement_asked", subject=case, actor=by, at=at, missing=listed, due_on=due_on
    )
    papers_of.issue_supplement_notice(case, supplement, by=by, at=at)
    tell_applicant("case_supplement", case, at=at, count=len(listed), due_on=due_on)
    return case


@transaction.atomic
def add_supplement_file(
    case: Case, *, material: str, file: UploadedFile, by: User, at: datetime
) -> CaseMaterial:
    """Add an upload to the open supplement. Raises RuleBroken when none is open."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_speak_for(by, case, on)
    supplement = case.open_supplement
    if case.status != CaseStatus.SUPPLEMENT or supplement is None:
        raise RuleBroken("当前不需要补充材料。")
    wanted = case.version.materials.filter(code=material).first()
    if wanted is None:
        raise RuleBroken("没有这项材料，请刷新页面后重试。", field="material")
    if case.materials.filter(supplement=supplement, material=wanted).count() >= wanted.max_files:
        raise RuleBroken(f"“{wanted.name}”最多{wanted.max_files}个文件，请先移除一个。", field=material)
    stored: Attachment = papers.store_upload(file, by=by, at=at)
    row, _ = CaseMaterial.objects.get_or_create(
        case=case, material=wanted, attachment=stored, defaults={"supplement": supplement, "added_at": at}
    )
    return row


@transaction.atomic
def remove_supplement_file(row: CaseMaterial, *, by: User, at: datetime) -> Case:
    """Take back a file of the supplement that was not handed in yet."""
    case = Case.objects.locked(row.case)
    duties.may_speak_for(by, case, localdate(at))
    supplement = case.open_supplement
    if supplement is None or row.supplement_id != supplement.pk:
        raise RuleBroken("已经提交的材料不能移除。")
    CaseMaterial.objects.filter(pk=row.pk).delete()
    return case


@transaction.atomic
def receive_supplement(case: Case, *, by: User, at: datetime) -> Case:
    """Hand in the supplement; the acceptance clock goes on. Raises RuleBroken after its date."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_speak_for(by, case, on)
    supplement = case.open_supplement
    if case.status != CaseStatus.SUPPLEMENT or supplement is None:
        raise RuleBroken("当前不需要补充材料，或者已经提交过。")
    clock = supplement.clock
    if clock.due_on < on:
        raise RuleBroken(f"补正期限已于{clock.due_on:%Y-%m-%d}届满，{SUPPLEMENT_EXPIRED}。")
    if not supplement.materials.exists():
        raise RuleBroken("请至少上传一个补充材料文件。", field="materials")
    case.move_to(CaseStatus.SUBMITTED)
    day = max(on, clock.started_on)
    close_clock(clock, on=day, outcome="已补正", by=by, at=at)
    case.acceptance_clock = clocks.resume(known(case.acceptance_clock), on=day, by=by, at=at)
    case.current_clock = case.acceptance_clock
    supplement.received_at, supplement.received_on = at, day
    supplement.save(update_fields=["received_at", "received_on"])
    case.save(update_fields=["status", "current_clock"])
    audit.record(
        "approvals.case.supplement_received", subject=case, actor=by, at=at, behalf=case.party_name,
        files=supplement.materials.count(),
    )  # fmt: skip
    if case.handler:
        tell_staff("case_supplement_received", case, case.handler, at=at)
    return case


@transaction.atomic
def expire_supplement(case: Case, *, at: datetime) -> Case:
    """Overdue supplement: the application is deemed withdrawn. Changes nothing before its date has passed."""
    on = localdate(at)
    case = Case.objects.locked(case)
    supplement = case.open_supplement
    if case.status != CaseStatus.SUPPLEMENT or supplement is None or supplement.clock.due_on >= on:
        return case
    case.move_to(CaseStatus.WITHDRAWN)
    case.withdrawn_at, case.is_deemed_withdrawn, case.withdrawal_reason = at, True, SUPPLEMENT_EXPIRED
    close_clocks(case, on=on, outcome="视为撤回", by=None, at=at)
    supplement.expired_at = at
    supplement.save(update_fields=["expired_at"])
    case.save(update_fields=["status", "withdrawn_at", "is_deemed_withdrawn", "withdrawal_reason"])
    audit.record(
        "approvals.case.supplement_expired", subject=case, actor=None, at=at, due_on=supplement.clock.due_on
    )
    tell_applicant("case_supplement_expired", case, at=at, due_on=supplement.clock.due_on)
    return case


@transaction.atomic
def refuse_acceptance(case: Case, *, reasons: str, remedies: str = "", by: User, at: datetime) -> Case:
    """不予受理: the reasons and the way to appeal stand in the letter."""
    on = localdate(at)
    case = Case.objects.locked(case)
    duties.may_receive(by, case, on)
    reasons = duties.checked_text(reasons, field="reasons", what="不予受理的理由")
    remedies = remedies.strip() or papers_of.remedies_text(case)
    _refuse_after_silence(case, on, "不予受理")
    case.move_to(CaseStatus.NOT_ACCEPTED)
    case.not_accepted_at = at
    close_clocks(case, on=on, outcome="不予受理", by=by, at=at)
    case.save(update_fields=["status", "not_accepted_at"])
    audit.record(
        "approvals.case.not_accepted", subject=case, actor=by, at=at, reasons=reasons, remedies=remedies
    )
    papers_of.issue_not_accepted(case, reasons, remedies, by=by, at=at)
    tell_applicant("case_not_accepted", case, at=at)
    return case
