"""The desk of the window and office staff."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from approvals.models import Case, CaseStatus
from portal.people.models import PostRole
from tests.approvals.makers import bring_to, make_case, make_draft, make_item, make_staff
from tests.people.makers import make_department, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> object:
    return localdate()


def desk(client, user, scope="mine", **query):
    client.force_login(user)
    return client.get(reverse(f"admin:approvals_case_{scope}"), query)


def act(client, case, code, **fields):
    data = {f"{code}-{name}": value for name, value in fields.items()}
    return client.post(reverse("admin:approvals_case_act", args=[case.pk, code]), data)


def test_the_clerk_finds_a_new_case_in_the_pool_and_its_handler_among_their_own(client, today):
    case = make_case(received_on=today)
    staff = make_staff(case.department)

    assert case.number in desk(client, staff[PostRole.CLERK], "pool").content.decode()
    assert case.number in desk(client, case.handler).content.decode()


def test_a_colleague_of_another_department_sees_nothing_of_the_case(client, today):
    case = make_case(received_on=today)
    stranger = make_staff(make_department("ghj"))[PostRole.CLERK]

    for scope in ("mine", "pool", "department"):
        assert case.number not in desk(client, stranger, scope).content.decode()
    assert client.get(reverse("admin:approvals_case_work", args=[case.pk])).status_code == 404


def test_a_case_that_is_over_is_found_by_its_number(client, today):
    case = make_case(CaseStatus.CLOSED, received_on=today)
    handler = case.handler

    row = reverse("admin:approvals_case_work", args=[case.pk])
    assert row not in desk(client, handler, "department").content.decode()
    assert row in desk(client, handler, "department", q=case.number).content.decode()


def test_a_citizen_is_not_let_in(client, today):
    case = make_case(received_on=today)
    client.force_login(make_user("citizen9"))

    assert client.get(reverse("admin:approvals_case_work", args=[case.pk])).status_code in (302, 403)


def test_the_case_page_offers_what_is_expected_first(client, today):
    case = make_case(received_on=today)
    staff = make_staff(case.department)
    client.force_login(staff[PostRole.CLERK])

    page = client.get(reverse("admin:approvals_case_work", args=[case.pk]))

    assert [entry["deed"].code for entry in page.context["forms"]] == [
        "accept",
        "ask_supplement",
        "refuse_acceptance",
    ]


def test_a_case_goes_from_acceptance_to_delivery_through_the_forms(client, today):
    case = make_case(received_on=today)
    staff = make_staff(case.department)
    road = [
        (staff[PostRole.CLERK], "accept", {}, CaseStatus.ACCEPTED),
        (
            case.handler,
            "pass_on",
            {"opinion": "材料齐全，建议准予。", "proposal": "grant"},
            CaseStatus.ACCEPTED,
        ),
        (
            staff[PostRole.REVIEWER],
            "pass_on",
            {"opinion": "复核无误。", "proposal": "grant"},
            CaseStatus.ACCEPTED,
        ),
        (staff[PostRole.APPROVER], "decide_grant", {"opinion": "同意准予。"}, CaseStatus.GRANTED),
        (staff[PostRole.CLERK], "deliver", {"how": "当面领取", "receiver": "王小明"}, CaseStatus.DELIVERED),
        (staff[PostRole.CLERK], "close", {}, CaseStatus.CLOSED),
    ]
    for person, code, fields, status in road:
        client.force_login(person)
        answer = act(client, case, code, **fields)
        assert answer.status_code == 302, answer.context["late"] or answer.context["forms"]
        case.refresh_from_db()
        assert case.status == status


def test_an_unedited_opinion_comes_back_at_its_field_and_nothing_is_stored(client, today):
    case = make_case(CaseStatus.ACCEPTED, received_on=today)
    client.force_login(case.handler)
    template = case.open_step.stage.opinion_template

    answer = act(client, case, "pass_on", opinion=template, proposal="grant")

    assert answer.status_code == 422
    assert "与模板完全相同" in answer.content.decode()
    assert case.open_step.kind == "handle"


def test_a_colleagues_earlier_click_is_answered_kindly(client, today):
    case = make_case(received_on=today)
    staff = make_staff(case.department)
    bring_to(case, CaseStatus.ACCEPTED, when=timezone.now())
    client.force_login(staff[PostRole.CLERK])

    answer = act(client, case, "accept")

    assert answer.status_code == 422
    assert "不能转为" in answer.content.decode()
    assert "页面已按最新情况刷新" in answer.content.decode()


def test_a_batch_answers_row_by_row(client, today):
    first = make_case(received_on=today)
    draft = make_draft(make_item(), shade=90)
    from approvals import workflow

    second = workflow.submit(draft, by=draft.user, at=timezone.now())
    staff = make_staff(first.department)
    workflow.accept(first, by=staff[PostRole.CLERK], at=timezone.now())
    client.force_login(staff[PostRole.CLERK])

    answer = client.post(
        reverse("admin:approvals_case_batch"), {"deed": "accept", "case": [first.pk, second.pk]}
    )

    assert [(case.pk, worked) for case, worked, _ in answer.context["results"]] == [
        (first.pk, False),
        (second.pk, True),
    ]


@pytest.mark.parametrize("size", [3, 12])
def test_the_queue_costs_the_same_at_any_length(client, django_assert_max_num_queries, today, size):
    from approvals import workflow

    version = make_item()
    staff = make_staff(version.item.department)
    for shade in range(size):
        draft = make_draft(version, shade=shade)
        workflow.submit(draft, by=draft.user, at=timezone.now())
    client.force_login(staff[PostRole.CLERK])

    with django_assert_max_num_queries(20):
        page = client.get(reverse("admin:approvals_case_department"))

    assert len(page.context["queue"].lines) == size


def test_a_full_number_is_shown_only_with_a_reason_on_record(client, today):
    from portal.audit.models import Entry

    case = make_case(received_on=today)
    staff = make_staff(case.department)
    client.force_login(staff[PostRole.CLERK])
    plain = case.party.id_number

    assert plain not in client.get(reverse("admin:approvals_case_work", args=[case.pk])).content.decode()
    refused = act(client, case, "unmask", field="id_number", reason="")
    shown = act(client, case, "unmask", field="id_number", reason="核对身份证复印件上的号码")

    assert plain not in refused.content.decode()
    assert plain in shown.content.decode()
    assert Entry.objects.filter(action="people.party.unmasked").count() == 1


def test_lights_filter_by_the_same_rule_as_the_clock(client, today):
    from portal.workdays import queues
    from portal.workdays.models import Clock

    cases = [make_case(received_on=today), make_case(CaseStatus.SUPPLEMENT, received_on=today)]
    for case in cases:
        case.refresh_from_db()
        light = Clock.objects.with_light(today).get(pk=case.current_clock_id).light
        found = {v for v in queues.LIGHTS if Case.objects.in_light(v, today).filter(pk=case.pk).exists()}
        assert found == {light}
