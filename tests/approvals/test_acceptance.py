"""Acceptance: five working days, one supplement, and what silence means (行政许可法 第三十二条)."""

from datetime import date

import pytest

from approvals import sweeps, workflow
from approvals.models import CaseStatus
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.refusals import RuleBroken
from tests.approvals.makers import (
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    at,
    make_applicant,
    make_case,
    make_draft,
    make_staff,
    make_upload,
)

pytestmark = pytest.mark.django_db

FIFTH_DAY = date(2026, 3, 13)
DAY_AFTER = date(2026, 3, 16)


def supplemented(case, *, on):
    workflow.add_supplement_file(
        case, material="contract", file=make_upload("补充.png", 77), by=case.applicant_user, at=at(on)
    )
    return workflow.receive_supplement(case, by=case.applicant_user, at=at(on))


def test_the_promise_counts_from_the_day_after_acceptance():
    case = workflow.accept(make_case(), by=make_staff()["clerk"], at=at(MONDAY))

    assert case.accepted_on == MONDAY
    assert case.promise_clock.due_on == date(2026, 3, 16)
    assert case.statutory_clock.due_on == date(2026, 3, 18)
    assert case.acceptance_clock.kind == "case_acceptance"
    case.acceptance_clock.refresh_from_db()
    assert case.acceptance_clock.closed_on == MONDAY
    assert case.steps.get().assignee == case.handler


def test_silence_accepts_from_the_day_of_receipt():
    case = make_case()

    assert sweeps.deem_accepted_cases(at=at(FIFTH_DAY, 23)) == 0
    assert sweeps.deem_accepted_cases(at=at(DAY_AFTER, 2)) == 1

    case.refresh_from_db()
    assert (case.status, case.is_deemed_accepted, case.accepted_on) == ("accepted", True, FRIDAY)
    assert case.promise_clock.due_on == FIFTH_DAY


def test_a_job_that_missed_ten_nights_accepts_from_the_same_day_and_twice_is_harmless():
    case = make_case()

    assert sweeps.deem_accepted_cases(at=at(date(2026, 3, 27), 2)) == 1
    assert sweeps.deem_accepted_cases(at=at(date(2026, 3, 27), 3)) == 0

    case.refresh_from_db()
    assert case.accepted_on == FRIDAY
    assert audit.history(case).filter(action="approvals.case.deemed_accepted").count() == 1
    assert Notice.objects.filter(template__code="case_deemed_accepted", channel="sms").count() == 1
    assert Notice.objects.get(template__code="case_deemed_accepted_staff").user == make_staff()["head"]


def test_a_clerk_who_comes_too_late_finds_the_case_accepted_since_receipt():
    case, clerk = make_case(), make_staff()["clerk"]

    with pytest.raises(RuleBroken, match="即为受理，不能再要求补正"):
        workflow.ask_supplement(case, missing=["合同"], by=clerk, at=at(DAY_AFTER))
    with pytest.raises(RuleBroken, match="即为受理，不能再不予受理"):
        workflow.refuse_acceptance(case, reasons="不齐", by=clerk, at=at(DAY_AFTER))
    case = workflow.accept(case, by=clerk, at=at(DAY_AFTER))

    assert case.is_deemed_accepted and case.accepted_on == FRIDAY


def test_the_date_moves_back_by_the_working_days_the_applicant_took():
    case = make_case()
    assert case.acceptance_clock.due_on == FIFTH_DAY

    workflow.ask_supplement(case, missing=["营业执照"], by=make_staff()["clerk"], at=at(MONDAY))
    case = supplemented(case, on=THURSDAY)

    assert case.status == CaseStatus.SUBMITTED
    assert case.acceptance_clock.due_on == date(2026, 3, 18)
    assert case.current_clock == case.acceptance_clock


def test_a_supplement_is_asked_once_and_with_everything():
    case, clerk = make_case(), make_staff()["clerk"]

    with pytest.raises(RuleBroken, match="逐项写明"):
        workflow.ask_supplement(case, missing=["  "], by=clerk, at=at(MONDAY))
    workflow.ask_supplement(case, missing=["营业执照", "合同"], by=clerk, at=at(MONDAY))
    case = supplemented(case, on=TUESDAY)
    with pytest.raises(RuleBroken, match="不能再次要求"):
        workflow.ask_supplement(case, missing=["再来一份"], by=clerk, at=at(TUESDAY))

    missing = Paper.objects.get(kind="supplement_notice").data["missing"]
    assert [row["name"] for row in missing] == ["营业执照", "合同"]


def test_silence_after_a_supplement_accepts_from_the_day_all_papers_were_there():
    case = make_case()
    workflow.ask_supplement(case, missing=["合同"], by=make_staff()["clerk"], at=at(MONDAY))
    supplemented(case, on=THURSDAY)

    sweeps.deem_accepted_cases(at=at(date(2026, 3, 30)))

    case.refresh_from_db()
    assert case.accepted_on == THURSDAY


def test_an_overdue_supplement_withdraws_the_application_once():
    case = make_case(CaseStatus.SUPPLEMENT)
    due_on = case.current_clock.due_on

    assert sweeps.expire_supplements(at=at(due_on, 23)) == 0
    assert sweeps.expire_supplements(at=at(date(2026, 4, 20))) == 1
    assert sweeps.expire_supplements(at=at(date(2026, 4, 20))) == 0

    case.refresh_from_db()
    assert (case.status, case.is_deemed_withdrawn) == ("withdrawn", True)
    assert case.public_status == "逾期未补正，视为撤回申请"
    assert Notice.objects.filter(template__code="case_supplement_expired", channel="sms").count() == 1


def test_a_supplement_that_comes_after_its_date_is_refused_even_before_the_job_ran():
    case = make_case(CaseStatus.SUPPLEMENT)

    workflow.add_supplement_file(
        case,
        material="contract",
        file=make_upload("补充.png", 5),
        by=case.applicant_user,
        at=at(date(2026, 4, 20)),
    )
    with pytest.raises(RuleBroken, match="补正期限已于2026-03-20届满"):
        workflow.receive_supplement(case, by=case.applicant_user, at=at(date(2026, 4, 20)))


def test_an_empty_supplement_is_not_a_supplement():
    case = make_case(CaseStatus.SUPPLEMENT)

    with pytest.raises(RuleBroken, match="至少上传一个"):
        workflow.receive_supplement(case, by=case.applicant_user, at=at(MONDAY))


def test_a_refusal_to_accept_states_its_reasons():
    case, clerk = make_case(), make_staff()["clerk"]

    with pytest.raises(RuleBroken, match="请填写不予受理的理由"):
        workflow.refuse_acceptance(case, reasons=" ", by=clerk, at=at(MONDAY))
    case = workflow.refuse_acceptance(case, reasons="不属于本机关职权范围。", by=clerk, at=at(MONDAY))

    assert case.status == CaseStatus.NOT_ACCEPTED
    assert Paper.objects.get(kind="not_accepted").data["reasons"] == ["不属于本机关职权范围。"]
    assert not case.acceptance_clock.segments.model.objects.filter(clock__closed_on=None).exists()


@pytest.mark.parametrize(
    ("submitted", "received"),
    [
        (at(FRIDAY, 17, 29), FRIDAY),
        (at(FRIDAY, 17, 30), MONDAY),
        (at(date(2026, 3, 7), 9), MONDAY),
        (at(date(2026, 2, 14), 9), date(2026, 2, 14)),  # a Saturday that is worked
        (at(date(2026, 2, 16), 9), date(2026, 2, 24)),  # the Spring Festival
    ],
)
def test_what_comes_after_hours_is_received_on_the_next_working_day(submitted, received):
    make_staff()
    draft = make_draft(when=submitted)

    case = workflow.submit(draft, by=draft.user, at=submitted)

    assert case.received_on == received


def test_a_case_received_on_monday_may_be_accepted_on_saturday_and_counts_from_monday():
    saturday = date(2026, 3, 7)
    make_staff()
    draft = make_draft(when=at(saturday))
    case = workflow.submit(draft, by=draft.user, at=at(saturday))

    case = workflow.accept(case, by=make_staff()["clerk"], at=at(saturday, 11))

    assert case.accepted_on == MONDAY


def test_only_staff_of_the_department_receive():
    case = make_case()

    for stranger in (make_applicant()[0], make_staff()["approver"], make_staff()["supervisor"]):
        with pytest.raises(RuleBroken, match="岗位"):
            workflow.accept(case, by=stranger, at=at(MONDAY))

    case.refresh_from_db()
    assert case.status == CaseStatus.SUBMITTED


def test_a_refused_move_leaves_no_trace():
    case = make_case(CaseStatus.NOT_ACCEPTED)
    before = audit.history(case).count(), Notice.objects.count()

    with pytest.raises(RuleBroken, match="现为“不予受理”，不能转为“办理中”"):
        workflow.accept(case, by=make_staff()["clerk"], at=at(MONDAY))

    assert (audit.history(case).count(), Notice.objects.count()) == before
