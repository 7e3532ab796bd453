"""回避: who puts it on record, who ends it, and what it keeps a person from."""

from datetime import date

import pytest
from django.test import Client

from approvals import workflow
from approvals.models import ConflictOfInterest
from portal.audit import workflow as audit
from portal.audit.verification import verify
from portal.notices.models import Notice
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import (
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    at,
    make_applicant,
    make_case,
    make_staff,
)
from tests.people.makers import make_clerk, make_department, make_enterprise

pytestmark = pytest.mark.django_db
URL = "/admin/approvals/conflictofinterest/"


@pytest.fixture
def staff():
    return make_staff()


@pytest.fixture
def firm():
    return make_enterprise()


def declare(user, party, by, **fields):
    values = {"reason": "配偶为该公司股东", "starts_on": FRIDAY} | fields
    return workflow.declare_conflict(user, party, by=by, at=at(FRIDAY), **values)


def test_a_person_declares_for_themselves_and_the_head_is_told(staff, firm):
    conflict = declare(staff["handler"], firm, by=staff["handler"])

    assert [e.action for e in audit.history(conflict)] == ["approvals.conflict.declared"]
    told = Notice.objects.get(template__code="conflict_declared")
    assert told.user == staff["head"] and "示范市第一建筑工程有限公司" in told.text
    assert verify() == []


def test_a_head_declares_for_the_departments_people_and_nobody_else_does(staff, firm):
    declare(staff["handler"], firm, by=staff["head"])
    assert Notice.objects.get(template__code="conflict_declared").user == staff["handler"]

    elsewhere = make_staff(make_department("gtj"))
    for by in (staff["reviewer"], elsewhere["head"], staff["supervisor"]):
        with pytest.raises(RuleBroken, match="只有本人或者其部门负责人"):
            declare(staff["clerk"], firm, by=by)
    assert ConflictOfInterest.objects.count() == 1


def test_who_declared_neither_takes_up_the_partys_case_nor_is_given_it(staff):
    case = make_case()
    other = make_clerk(PostRole.HANDLER)
    conflict = declare(other, case.party, by=other)

    with pytest.raises(RuleBroken, match="配偶为该公司股东"):
        workflow.transfer(case, to=other, reason="均衡办件", by=staff["supervisor"], at=at(FRIDAY))
    assert workflow.cases_to_transfer(conflict) == []
    own = declare(case.handler, case.party, by=case.handler)
    assert workflow.cases_to_transfer(own) == [case.number]

    workflow.end_conflict(conflict, ends_on=MONDAY, reason="股份已经转让", by=other, at=at(MONDAY))
    moved = workflow.transfer(case, to=other, reason="承办人回避", by=staff["supervisor"], at=at(TUESDAY))
    assert moved.handler == other


def test_it_ends_with_a_reason_and_never_before_today(staff, firm):
    conflict = declare(staff["handler"], firm, by=staff["handler"])
    for ends_on, reason, said in (
        (FRIDAY, "不再任职", "最后一天不能早于今天"),
        (TUESDAY, " ", "请填写解除原因"),
    ):
        with pytest.raises(RuleBroken, match=said):
            workflow.end_conflict(
                conflict, ends_on=ends_on, reason=reason, by=staff["handler"], at=at(TUESDAY)
            )

    ended = workflow.end_conflict(
        conflict, ends_on=TUESDAY, reason="不再任职", by=staff["head"], at=at(TUESDAY)
    )

    assert ended.is_in_force(TUESDAY) and not ended.is_in_force(THURSDAY)
    entry = audit.history(ended).last()
    assert (entry.action, entry.facts["reason"]) == ("approvals.conflict.ended", "不再任职")
    with pytest.raises(RuleBroken, match="已于2026-03-10截止"):
        workflow.end_conflict(ended, ends_on=THURSDAY, reason="再次", by=staff["head"], at=at(THURSDAY))


def test_what_the_head_declared_the_person_does_not_end(staff, firm):
    conflict = declare(staff["handler"], firm, by=staff["head"])

    with pytest.raises(RuleBroken, match="须由负责人解除"):
        workflow.end_conflict(conflict, ends_on=MONDAY, reason="没有关系", by=staff["handler"], at=at(MONDAY))


def test_the_same_conflict_is_on_record_once_at_a_time(staff, firm):
    declare(staff["handler"], firm, by=staff["handler"], ends_on=MONDAY)

    with pytest.raises(RuleBroken, match="已经登记") as refused:
        declare(staff["handler"], firm, by=staff["handler"], starts_on=MONDAY)
    assert refused.value.field == "party"
    declare(staff["handler"], firm, by=staff["handler"], starts_on=TUESDAY)


def test_the_page_finds_the_party_by_name_or_number_and_says_what_to_do_with_its_cases(staff):
    case = make_case()
    desk = Client()
    desk.force_login(case.handler)
    asked = {"user": case.handler.pk, "reason": "申请人为本人堂兄", "starts_on": "2026-03-06"}

    wrong = desk.post(f"{URL}add/", asked | {"party": "没有这个人"})
    assert wrong.status_code == 422 and "没有登记过这个当事人" in wrong.content.decode()
    other = desk.post(f"{URL}add/", asked | {"party": case.party.name, "user": staff["clerk"].pk})
    assert other.status_code == 422 and "只能为本人或者本部门人员登记" in other.content.decode()

    told = desk.post(f"{URL}add/", asked | {"party": case.party.id_number}, follow=True).content.decode()
    assert f"{case.number}，请由监察岗位改派" in told

    conflict = ConflictOfInterest.objects.get()
    answer = desk.post(f"{URL}{conflict.pk}/deeds/end/", {"ends_on": "2026-03-06", "reason": "误登记"})
    assert answer.status_code == 422 and "最后一天不能早于今天" in answer.content.decode()


def test_each_sees_their_own_a_head_the_departments_and_the_list_stays_quick(
    staff, django_assert_max_num_queries
):
    elsewhere = make_staff(make_department("gtj"))
    _, party = make_applicant()
    declare(staff["clerk"], party, by=staff["clerk"])
    desk = Client()

    def shown(user):
        desk.force_login(user)
        with django_assert_max_num_queries(16):
            return desk.get(URL).content.decode().count("配偶为该公司股东")

    assert [shown(staff[role]) for role in ("clerk", "handler", "head", "supervisor")] == [1, 0, 1, 1]
    assert shown(elsewhere["head"]) == 0
    for number in range(20):
        declare(staff["clerk"], make_enterprise(name=f"第{number}公司"), by=staff["clerk"])
    assert shown(staff["head"]) == 21
    assert ConflictOfInterest.objects.visible_to(elsewhere["head"], date(2026, 3, 6)).count() == 0
