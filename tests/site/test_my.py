"""我的办事: what needs me now, first; the rest in order; nothing of anyone else."""

import pytest

from approvals.models import CaseStatus
from tests.approvals.makers import at, make_applicant, make_case, make_draft, make_item, make_staff
from tests.people.makers import make_party, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant(client):
    user, party = make_applicant()
    client.force_login(user)
    return user, party


def test_what_waits_for_me_stands_above_what_is_on_its_way(client, applicant):
    user, party = applicant
    version = make_item()
    running = make_case(CaseStatus.ACCEPTED, version=version, user=user, party=party)
    waiting = make_case(CaseStatus.SUPPLEMENT, version=version, user=user, party=party)
    make_draft(version, user=user, party=party, when=at())

    page = client.get("/my/").content.decode().split("<aside")[0]

    now, on_its_way = page.split('id="running"')
    assert f"/cases/{waiting.number}/supplement/" in now
    assert "尚未提交" in now
    assert running.number in on_its_way
    assert waiting.number not in on_its_way


def test_a_closed_case_is_kept_below(client, applicant):
    user, party = applicant
    case = make_case(CaseStatus.CLOSED, user=user, party=party)
    assert case.number in client.get("/my/").content.decode().split('id="finished"')[1]


def test_another_person_sees_nothing_of_it(client):
    case = make_case(CaseStatus.ACCEPTED)
    stranger = make_user("stranger")
    make_party(user=stranger)
    client.force_login(stranger)
    assert case.number not in client.get("/my/").content.decode()
    assert case.number not in client.get("/my/messages/").content.decode()


def test_nothing_to_do_says_where_to_begin(client, applicant):
    page = client.get("/my/").content.decode()
    assert "现在没有需要您处理的事" in page


def test_staff_are_shown_to_their_workbench(client):
    case = make_case(CaseStatus.ACCEPTED)
    client.force_login(make_staff(case.department)["reviewer"])
    page = client.get("/my/").content.decode()
    assert "进入工作台" in page
    assert case.number not in page


@pytest.mark.parametrize("path", ["/my/", "/my/messages/"])
def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, path):
    assert client.get(path).url == f"/accounts/login/?next={path}"


def test_messages_are_read_by_a_button_not_by_looking(client, applicant):
    user, party = applicant
    case = make_case(CaseStatus.ACCEPTED, user=user, party=party)
    page = client.get("/my/messages/").content.decode()
    assert "未读" in page
    assert f'/cases/{case.number}/"' in page
    assert "未读" in client.get("/my/messages/").content.decode()

    after = client.post("/my/messages/", follow=True).content.decode()
    assert "标为已读。" in after
    assert ">未读<" not in after


@pytest.mark.parametrize("mark", ["x", "-1", "9" * 40, "1;drop"])
def test_a_mangled_page_mark_is_ignored(client, applicant, mark):
    for side in ("before", "after"):
        assert client.get("/my/", {side: mark}).status_code == 200
        assert client.get("/my/messages/", {side: mark}).status_code == 200


def test_my_page_costs_the_same_for_two_cases_and_for_six(client, applicant, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user, party = applicant
    version = make_item()
    states = [CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.CLOSED]
    counts = []
    for _ in range(2):
        for status in states:
            make_case(status, version=version, user=user, party=party)
        client.get("/my/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/my/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 17


def test_messages_cost_the_same_for_few_and_for_many(client, applicant):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user, party = applicant
    version = make_item()
    counts = []
    for _ in range(2):
        make_case(CaseStatus.ACCEPTED, version=version, user=user, party=party)
        client.get("/my/messages/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/my/messages/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
