"""Who sees a case, in whose list it stands, and what its story reads like."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from approvals import workflow
from approvals.models import Case, CaseStatus
from approvals.timeline import timeline
from portal.days import spoken
from portal.people.models import PostRole
from portal.workdays import workflow as clocks
from portal.workdays.reading import read_notice
from tests.approvals.makers import (
    FRIDAY,
    MONDAY,
    at,
    make_applicant,
    make_case,
    make_item,
    make_staff,
    make_upload,
)
from tests.people.makers import (
    make_administrator,
    make_authorisation,
    make_clerk,
    make_department,
    make_enterprise,
    make_user,
    valid_uscc,
)
from tests.workdays.test_redating import NOTICE_2027

pytestmark = pytest.mark.django_db


def seen_by(viewer) -> int:
    return Case.objects.visible_to(viewer, FRIDAY).count()


def test_each_sees_what_concerns_them_and_nothing_else():
    make_case()
    agent = make_user("agent", name="李四")
    firm = make_enterprise(agent=agent)
    make_case(user=agent, party=firm)
    elsewhere = make_department("gtj", uscc=valid_uscc(901))
    make_case(version=make_item("land-permit", elsewhere))
    staff, others = make_staff(), make_staff(elsewhere)

    assert seen_by(AnonymousUser()) == 0
    assert seen_by(make_applicant()[0]) == 2
    assert seen_by(agent) == 1
    assert seen_by(make_user("stranger", name="路人")) == 0
    assert seen_by(staff["clerk"]) == 2
    assert seen_by(others["clerk"]) == 1
    assert seen_by(staff["supervisor"]) == 3
    for role in ("system", "security", "audit"):
        assert seen_by(make_administrator(role)) == 0


def test_an_agent_whose_authorisation_ended_sees_the_case_no_more():
    agent = make_user("agent", name="李四")
    firm = make_enterprise()
    make_authorisation(agent, firm, ends_on=FRIDAY)
    make_case(user=agent, party=firm)

    assert Case.objects.visible_to(agent, FRIDAY).count() == 1
    assert Case.objects.visible_to(agent, MONDAY).count() == 0


def test_staff_who_left_their_post_see_nothing():
    make_case()
    clerk = make_staff()["clerk"]
    clerk.posts.update(ends_on=date(2026, 3, 8))

    assert Case.objects.visible_to(clerk, FRIDAY).exists()
    assert not Case.objects.visible_to(clerk, MONDAY).exists()


def test_a_case_stands_in_the_list_of_whose_turn_it_is():
    case, staff = make_case(), make_staff()

    def lists(role):
        user = staff[role]
        return Case.objects.mine(user).count(), Case.objects.pool(user, FRIDAY).count()

    assert (lists("handler"), lists("clerk"), lists("reviewer")) == ((1, 0), (0, 1), (0, 0))
    case = workflow.accept(case, by=staff["clerk"], at=at())
    assert (lists("handler"), lists("clerk"), lists("reviewer")) == ((1, 0), (0, 0), (0, 0))
    case = workflow.pass_on(case, opinion="建议准予。", by=staff["handler"], at=at())
    assert (lists("handler"), lists("reviewer"), lists("approver")) == ((0, 0), (0, 1), (0, 0))
    workflow.claim(case, by=staff["reviewer"], at=at())
    assert lists("reviewer") == (1, 0)
    case = workflow.pass_on(case, opinion="同意。", by=staff["reviewer"], at=at())
    assert (lists("reviewer"), lists("approver")) == ((0, 0), (0, 1))
    workflow.decide_grant(case, opinion="准予。", by=staff["approver"], at=at())
    assert (lists("approver"), lists("handler")) == ((0, 0), (1, 0))
    assert Case.objects.in_department(staff["clerk"], FRIDAY).count() == 1


def test_the_pool_offers_nobody_a_second_part_in_the_same_case():
    make_case(CaseStatus.ACCEPTED, stage="review")
    handler = make_staff()["handler"]
    handler.posts.update(role=PostRole.REVIEWER)

    assert not Case.objects.pool(handler, FRIDAY).exists()
    assert Case.objects.pool(make_clerk(PostRole.REVIEWER), FRIDAY).exists()


def test_citizen_and_staff_read_the_same_story_each_in_their_words():
    case, staff = make_case(CaseStatus.SUPPLEMENT), make_staff()
    workflow.add_supplement_file(
        case, material="contract", file=make_upload("b.png", 9), by=case.applicant_user, at=at(MONDAY)
    )
    case = workflow.receive_supplement(case, by=case.applicant_user, at=at(MONDAY))
    case = workflow.accept(case, by=staff["clerk"], at=at(MONDAY))
    case = workflow.pass_on(case, opinion="内部意见在此。", by=case.handler, at=at(MONDAY))

    citizen, office = timeline(case, "citizen"), timeline(case, "staff")

    assert [event.title for event in citizen] == [
        "提交申请",
        "需要您补充材料",
        "已收到您补充的材料",
        "已受理",
        "承办完成",
    ]
    assert "请于2026年3月20日前补充：1. 施工合同缺少签字页" in citizen[1].text
    assert not any(
        event.who or "内部意见" in event.text or case.handler.name in event.text for event in citizen
    )
    assert "随机分办" in [event.title for event in office]
    assert any("内部意见在此" in event.text for event in office)
    assert [e.at for e in office] == sorted(e.at for e in office)


@pytest.mark.parametrize(
    ("status", "sentence", "due_on"),
    [
        ("submitted", "是否受理", date(2026, 3, 13)),
        ("supplement", "请您在这一天前补充材料", date(2026, 3, 20)),
        ("accepted", "我们承诺在这一天前作出决定", date(2026, 3, 13)),
        ("granted", "送达决定和证照", date(2026, 3, 20)),
        ("closed", "已经办结", None),
        ("not_accepted", "申请复议", None),
    ],
)
def test_the_next_step_names_its_day(status, sentence, due_on):
    said, day = make_case(status).next_step(FRIDAY)

    assert sentence in said and day == due_on


def test_a_broken_promise_is_said_plainly():
    assert "未能在承诺的这一天前" in make_case("accepted").next_step(date(2026, 4, 1))[0]


def test_a_new_holiday_schedule_is_part_of_both_stories():
    case = make_case("accepted", received_on=date(2027, 2, 4))
    before = case.promise_clock.due_on
    notice = clocks.publish(
        clocks.register(read_notice(NOTICE_2027), kind="year", by=None, at=at(MONDAY)), by=None, at=at(MONDAY)
    )
    clocks.redate(notice, at=at(MONDAY))

    case.refresh_from_db()
    after = case.promise_clock.due_on
    assert after > before
    said = f"承诺办结时限由{spoken(before)}改为{spoken(after)}"
    citizen, office = (timeline(case, audience)[-1] for audience in ("citizen", "staff"))
    assert said in citizen.text and said in office.text and "国办发明电〔2026〕8号" in citizen.text
    assert "环节时限" in office.text and "环节时限" not in citizen.text


def test_a_list_of_cases_costs_the_same_for_two_and_for_ten(django_assert_num_queries):
    make_case()
    clerk = make_staff()["clerk"]

    def read():
        return [
            (
                case.item.name,
                str(case.department),
                str(case.handler),
                case.current_clock.due_on,
                case.public_status,
            )
            for case in Case.objects.in_department(clerk, FRIDAY).filter(status="accepted").for_lists()
        ]

    make_case("accepted")
    with django_assert_num_queries(1):
        assert len(read()) == 1
    for _ in range(4):
        make_case("accepted")
    with django_assert_num_queries(1):
        assert len(read()) == 5
