"""Handle, review, approve: three people, each with an opinion of their own."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from approvals import workflow
from approvals.models import Case, CaseStatus, Certificate, Decision, StageKind
from portal.papers.models import Paper
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.workdays.models import Clock
from tests.approvals.makers import FRIDAY, MONDAY, THURSDAY, TUESDAY, at, make_case, make_item, make_staff
from tests.people.makers import make_clerk, make_post

pytestmark = pytest.mark.django_db


def test_one_person_never_holds_two_of_the_three_parts():
    case = make_case(CaseStatus.ACCEPTED)
    handler = case.handler
    make_post(handler, PostRole.REVIEWER)
    make_post(handler, PostRole.APPROVER)

    case = workflow.pass_on(case, opinion="建议准予。", by=handler, at=at(MONDAY))
    with pytest.raises(RuleBroken, match="您已是本办件的承办人，不能再作为审核人"):
        workflow.pass_on(case, opinion="同意。", by=handler, at=at(MONDAY))
    case = workflow.pass_on(case, opinion="同意上报。", by=make_staff()["reviewer"], at=at(MONDAY))
    with pytest.raises(RuleBroken, match="不能再作为批准人"):
        workflow.decide_grant(case, opinion="同意。", by=handler, at=at(MONDAY))


def test_the_database_itself_refuses_one_person_in_two_parts():
    case = make_case(CaseStatus.ACCEPTED, stage="approve")

    for fields in ({"reviewer": case.handler}, {"approver": case.handler}, {"approver": case.reviewer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**fields)


@pytest.mark.parametrize(
    ("opinion", "said"),
    [
        ("", "请填写承办意见"),
        ("  经审查，符合条件，同意。\n", "与模板完全相同"),
        ("长" * 1001, "最多1000个字，现为1001个字"),
    ],
)
def test_an_opinion_is_required_and_is_not_the_template(opinion, said):
    case = make_case(CaseStatus.ACCEPTED)

    with pytest.raises(RuleBroken, match=said) as refusal:
        workflow.pass_on(case, opinion=opinion, by=case.handler, at=at(MONDAY))

    assert refusal.value.field == "opinion"


def test_a_send_back_opens_a_new_round_in_which_every_stage_is_done_again():
    case = make_case(CaseStatus.ACCEPTED, stage="approve")
    staff = make_staff()

    case = workflow.send_back(case, reason="资金证明不清楚。", by=staff["approver"], at=at(MONDAY))
    assert (case.open_step.kind, case.open_step.round, case.open_step.assignee) == ("handle", 2, case.handler)
    with pytest.raises(RuleBroken, match="该环节由"):
        workflow.pass_on(case, opinion="好", by=make_clerk(PostRole.HANDLER), at=at(MONDAY))
    case = workflow.pass_on(case, opinion="已重新核对。", by=case.handler, at=at(TUESDAY))

    assert (case.open_step.kind, case.open_step.assignee) == ("review", staff["reviewer"])
    assert case.promise_clock.due_on == date(2026, 3, 13)
    assert list(case.steps.order_by("pk").values_list("kind", "round", "state")) == [
        ("handle", 1, "done"),
        ("review", 1, "done"),
        ("approve", 1, "sent_back"),
        ("handle", 2, "done"),
        ("review", 2, "todo"),
    ]


def test_nobody_sends_a_case_forward_by_sending_it_back():
    case = make_case(CaseStatus.ACCEPTED, stage="review")

    with pytest.raises(RuleBroken, match="只能退回到前面的环节"):
        workflow.send_back(
            case, reason="试试", to=StageKind.APPROVE, by=make_staff()["reviewer"], at=at(MONDAY)
        )


def test_a_grant_closes_the_promises_starts_the_delivery_and_makes_the_certificate():
    case = make_case(CaseStatus.ACCEPTED, stage="approve")

    case = workflow.decide_grant(
        case, opinion="同意准予。", content="示范小学教学楼", by=make_staff()["approver"], at=at(THURSDAY)
    )

    assert case.status == CaseStatus.GRANTED and case.approver == make_staff()["approver"]
    running = Clock.objects.of(case).running()
    assert [(clock.kind, clock.due_on) for clock in running] == [("case_delivery", date(2026, 3, 26))]
    assert case.certificate.content == "示范小学教学楼"
    assert case.certificate.paper.number == case.certificate.number
    assert case.decision.number == Paper.objects.get(kind="grant").number


def test_a_certificate_ends_when_its_item_says():
    version = make_item("safety-permit", result_valid_months=36)
    case = make_case(CaseStatus.GRANTED, version=version)

    assert (case.certificate.valid_from, case.certificate.valid_to) == (FRIDAY, date(2029, 3, 6))


def test_a_refusal_gives_reasons_basis_and_remedies():
    case, approver = make_case(CaseStatus.ACCEPTED, stage="approve"), make_staff()["approver"]

    for missing in ("opinion", "reasons", "basis"):
        words = {"opinion": "不予许可。", "reasons": "资金未落实。", "basis": "《建筑法》第八条"} | {
            missing: ""
        }
        with pytest.raises(RuleBroken) as refusal:
            workflow.decide_refuse(case, **words, by=approver, at=at(MONDAY))
        assert refusal.value.field == missing
    case = workflow.decide_refuse(
        case,
        opinion="不予许可。",
        reasons="资金未落实。",
        basis="《建筑法》第八条",
        by=approver,
        at=at(MONDAY),
    )

    assert "行政复议" in case.decision.remedies and "行政诉讼" in case.decision.remedies
    assert not Certificate.objects.exists()


def test_only_the_approving_stage_decides():
    case = make_case(CaseStatus.ACCEPTED, stage="review")

    with pytest.raises(RuleBroken, match="审核岗位人员可以办理"):
        workflow.decide_grant(case, opinion="同意。", by=make_staff()["approver"], at=at(MONDAY))
    with pytest.raises(RuleBroken, match="尚不能作出决定"):
        workflow.decide_grant(case, opinion="同意。", by=make_staff()["reviewer"], at=at(MONDAY))

    assert not Decision.objects.exists()


def test_a_second_approver_finds_the_case_decided():
    case, second = make_case(CaseStatus.ACCEPTED, stage="approve"), make_clerk(PostRole.APPROVER)
    workflow.decide_grant(case, opinion="同意。", by=make_staff()["approver"], at=at(MONDAY))

    with pytest.raises(RuleBroken, match="现为“准予许可”，没有待办的审批环节"):
        workflow.decide_refuse(case, opinion="不。", reasons="不。", basis="无", by=second, at=at(MONDAY))


def test_the_applicant_may_withdraw_until_the_decision_and_not_after():
    case = workflow.withdraw(
        make_case(CaseStatus.ACCEPTED), reason="工程取消", by=make_case().applicant_user, at=at(MONDAY)
    )
    assert case.status == CaseStatus.WITHDRAWN
    assert not Clock.objects.of(case).running().exists() and case.open_step is None

    granted = make_case(CaseStatus.GRANTED)
    with pytest.raises(RuleBroken, match="不能转为“已撤回”"):
        workflow.withdraw(granted, reason="晚了", by=granted.applicant_user, at=at(MONDAY))


def test_staff_cannot_withdraw_for_the_applicant():
    with pytest.raises(RuleBroken, match="只有申请人"):
        workflow.withdraw(make_case(), reason="省事", by=make_staff()["clerk"], at=at(MONDAY))


def test_delivery_and_closing_end_everything():
    case = make_case(CaseStatus.CLOSED)

    assert not Clock.objects.of(case).running().exists()
    assert {paper.kind for paper in Paper.objects.of(case)} == {
        "receipt", "acceptance", "grant", "certificate", "delivery",
    }  # fmt: skip


def test_a_supervisor_hands_a_case_to_another_handler_with_a_reason():
    case, staff = make_case(CaseStatus.ACCEPTED), make_staff()
    other = make_clerk(PostRole.HANDLER)

    with pytest.raises(RuleBroken, match="请填写改派理由"):
        workflow.transfer(case, to=other, reason="", by=staff["supervisor"], at=at(MONDAY))
    with pytest.raises(RuleBroken, match="负责人或者监察人员"):
        workflow.transfer(case, to=other, reason="我想办", by=other, at=at(MONDAY))
    with pytest.raises(RuleBroken, match="承办岗位上"):
        workflow.transfer(case, to=staff["clerk"], reason="换人", by=staff["supervisor"], at=at(MONDAY))
    case = workflow.transfer(case, to=other, reason="原承办人出差", by=staff["supervisor"], at=at(MONDAY))

    assert case.handler == other and case.open_step.assignee == other
    assert set(Clock.objects.of(case).running().values_list("handler", flat=True)) == {other.pk}


def test_text_with_a_personal_number_is_masked_before_it_is_printed():
    case = make_case()

    workflow.refuse_acceptance(
        case,
        reasons="身份证11010519491231002X与电话13912345678不符。",
        by=make_staff()["clerk"],
        at=at(MONDAY),
    )

    assert Paper.objects.get(kind="not_accepted").data["reasons"] == [
        "身份证1101**********002X与电话139****5678不符。"
    ]
