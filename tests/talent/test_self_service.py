"""An enterprise keeps its own record; what others wrote it may only ask to have changed."""

from datetime import date

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.refusals import RuleBroken
from portal.workdays.models import Clock
from talent import workflow
from talent.models import Enterprise, Equipment, Person, ProposalState
from tests.approvals.makers import make_upload
from tests.people.makers import make_authorisation, make_clerk, make_department, make_party, make_user
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_decision,
    make_import,
    make_person,
    make_qualification,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_user("agent", name="李四")


def make_own(agent, *, declared: bool = True) -> Enterprise:
    """An enterprise the agent may act for, entered by itself or by import."""
    make_department()
    enterprise = make_builder()
    make_authorisation(agent, enterprise.party)
    if declared:
        Enterprise.objects.filter(pk=enterprise.pk).update(
            origin=workflow.declared(enterprise.party, by=agent, at=at())
        )
    return Enterprise.objects.get(pk=enterprise.pk)


def test_what_it_said_itself_it_may_say_otherwise_and_the_record_says_who_did(agent):
    enterprise = make_own(agent)

    assert workflow.declare(enterprise, {"address": "示范路1号"}, by=agent, at=at()) == ["注册地址"]

    enterprise.refresh_from_db()
    fact = next(one for one in enterprise.own_facts() if one.field == "address")
    assert (fact.words, fact.is_open) == ("示范路1号", True)
    assert "自行申报" in str(fact.origin) and fact.origin.by == agent
    assert Entry.objects.filter(action="talent.enterprise.declared").count() == 1
    assert workflow.declare(enterprise, {"address": "示范路1号"}, by=agent, at=at()) == []
    assert Entry.objects.filter(action="talent.enterprise.declared").count() == 1


def test_nobody_without_an_authorisation_touches_a_record(agent):
    enterprise, stranger = make_own(agent), make_user("stranger")

    with pytest.raises(RuleBroken, match="有效授权"):
        workflow.declare(enterprise, {"address": "别处"}, by=stranger, at=at())
    with pytest.raises(RuleBroken, match="有效授权"):
        workflow.add_row(enterprise, "subsidiaries", {"name": "分公司", "uscc": ""}, by=stranger, at=at())


def test_what_a_decision_wrote_is_changed_by_a_proposal_that_the_office_accepts(agent):
    enterprise, head = make_own(agent), make_clerk("head")
    workflow.state(enterprise, {"capital": 4000}, origin=make_decision())
    enterprise.refresh_from_db()
    with pytest.raises(RuleBroken, match="提出变更申请"):
        workflow.declare(enterprise, {"capital": 9000}, by=agent, at=at())

    first = workflow.propose(
        enterprise, "capital", 8000, reason="股东增资", evidence=make_upload(), by=agent, at=at()
    )
    made = workflow.propose(
        enterprise, "capital", 9000, reason="股东再增资", evidence=make_upload(), by=agent, at=at()
    )
    first.refresh_from_db()
    assert first.state == ProposalState.WITHDRAWN and made.clock.due_on > DAY
    with pytest.raises(RuleBroken, match="承办人员"):
        workflow.decide_proposal(made, accepted=True, opinion="同意", by=agent, at=at())
    made = workflow.decide_proposal(made, accepted=True, opinion="材料齐全", by=head, at=at())

    enterprise.refresh_from_db()
    fact = next(one for one in enterprise.own_facts() if one.field == "capital")
    assert enterprise.capital == 9000 and made.number in str(fact.origin) and not fact.is_open
    assert Clock.objects.get(pk=made.clock_id).closed_on == DAY
    assert Notice.objects.filter(template__code="proposal_accepted").exists()
    with pytest.raises(RuleBroken, match="不能再次处理"):
        workflow.decide_proposal(made, accepted=False, opinion="不予同意", by=head, at=at())


def test_a_proposal_that_waits_is_taken_back_by_its_button_and_by_nobody_else(agent, client):
    enterprise = make_own(agent, declared=False)
    made = workflow.propose(
        enterprise, "founded_on", date(2001, 1, 1), reason="登记有误", evidence=make_upload(), by=agent, at=at()
    )  # fmt: skip
    button = reverse("talent:withdraw_proposal", args=[made.pk])
    client.force_login(make_user("stranger"))
    assert client.post(button).status_code == 404
    client.force_login(agent)
    assert button in client.get(reverse("talent:own_enterprise", args=[enterprise.uscc])).content.decode()

    page = client.post(button, follow=True).content.decode()

    made.refresh_from_db()
    assert made.state == ProposalState.WITHDRAWN and f"变更申请{made.number}已撤回" in page
    assert button not in page and "不能再次处理" in client.post(button, follow=True).content.decode()


def test_a_person_keeps_the_record_of_what_they_learned_and_did(client):
    user = make_user("worker", name="周工")
    make_party(user, name="周工")
    person = workflow.enter_own(user.own_party, by=user, at=at())
    client.force_login(user)
    address = reverse("talent:person_rows", args=["trainings"])
    learned = {
        "name": "建造师继续教育",
        "organiser": "示范市建设培训中心",
        "hours": "60",
        "finished_on": "2026-03-01",
    }

    assert client.post(address, learned).status_code == 302
    page = client.post(address, learned)
    assert (
        page.status_code == 422
        and "已经登记" in page.content.decode()
        and "示范市建设培训中心" in page.content.decode()
    )
    future = client.post(address, {**learned, "name": "安全教育", "finished_on": "2999-01-01"})
    assert future.status_code == 422 and "日期不能晚于今天" in future.content.decode()
    row = person.trainings.get()
    assert row.origin.kind == "self" and row.hours == 60
    ending = reverse("talent:person_end_row", args=["trainings", row.pk])
    assert client.post(ending, {"reason": "登记有误"}).status_code == 302
    assert not person.trainings.live().exists() and person.trainings.exists(), "put away, not deleted"
    assert client.get(reverse("talent:person_rows", args=["achievements"])).status_code == 200
    imported = person.trainings.create(name="安全培训", hours=8, finished_on=DAY, origin=make_import())
    refused = client.post(
        reverse("talent:person_end_row", args=["trainings", imported.pk]), {"reason": "不对"}
    )
    assert refused.status_code == 422 and "不能自行修改" in refused.content.decode()


def test_a_refused_proposal_changes_nothing_and_says_why(agent):
    enterprise, head = make_own(agent, declared=False), make_clerk("head")
    made = workflow.propose(
        enterprise,
        "founded_on",
        date(2001, 1, 1),
        reason="登记有误",
        evidence=make_upload(),
        by=agent,
        at=at(),
    )

    with pytest.raises(RuleBroken, match="不同意的理由"):
        workflow.decide_proposal(made, accepted=False, opinion="", by=head, at=at())
    workflow.decide_proposal(made, accepted=False, opinion="与营业执照不符", by=head, at=at())

    enterprise.refresh_from_db()
    assert enterprise.founded_on is None
    assert "与营业执照不符" in Notice.objects.filter(template__code="proposal_refused").first().text
    assert made.wanted_words == "2001年1月1日"


def test_the_enterprise_reads_who_locked_its_qualification_and_cannot_put_it_away(agent, client):
    enterprise = make_own(agent)
    held = make_qualification(enterprise, origin=make_decision(case_number="20260306000019"))
    client.force_login(agent)
    address = reverse("talent:end_row", args=[enterprise.uscc, "qualifications", held.pk])

    page = client.get(address).content.decode()

    assert "已锁定" in page and "（示建许〔2026〕1号）写入，不能自行修改" in page
    assert reverse("approvals:case", args=["20260306000019"]) in page
    refused = client.post(address, {"reason": "不想要了"})
    assert refused.status_code == 422 and "不能自行修改" in refused.content.decode()
    held.refresh_from_db()
    assert held.archived_at is None
    assert client.get(reverse("talent:own_rows", args=[enterprise.uscc, "qualifications"])).status_code == 200
    assert client.get(reverse("talent:add_row", args=[enterprise.uscc, "qualifications"])).status_code == 404


@pytest.mark.parametrize(
    ("section", "values", "words"),
    [
        ("equipment", {"name": "塔式起重机", "model": "", "holding": "owned", "count": 1, "made_on": None,
                       "leased_until": DAY}, "自有设备"),
        ("finances", {"year": 2027, "net_assets": 1}, "还没有开始"),
        ("files", {"title": "审计报告"}, "选择要上传"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused_in_words(agent, section, values, words):
    with pytest.raises(RuleBroken, match=words):
        workflow.add_row(make_own(agent), section, values, by=agent, at=at())


def test_a_row_is_put_away_with_a_reason_and_never_another_ones_row(agent, client):
    enterprise = make_own(agent)
    values = {"name": "挖掘机", "model": "", "holding": "owned", "count": 2}
    row = workflow.add_row(enterprise, "equipment", values, by=agent, at=at())
    imported = Equipment.objects.create(
        enterprise=enterprise, origin=make_import(), name="吊车", holding="owned"
    )

    workflow.end_row(row, reason="已经出售", by=agent, at=at())
    with pytest.raises(RuleBroken, match="不能自行修改"):
        workflow.end_row(imported, reason="已经出售", by=agent, at=at())

    client.force_login(agent)
    page = client.get(reverse("talent:own_rows", args=[enterprise.uscc, "equipment"])).content.decode()
    assert "吊车" in page and "挖掘机" not in page
    assert Equipment.objects.get(pk=row.pk).archived_reason == "已经出售"


def test_the_pages_walk_from_the_list_to_a_saved_row(agent, client):
    enterprise = make_own(agent)
    client.force_login(agent)
    assert enterprise.name in client.get("/registry/mine/").content.decode()
    base = f"/registry/mine/enterprises/{enterprise.uscc}/"

    assert client.post(f"{base}facts/", {"address": "示范路9号"}).status_code == 302
    for section, values in {
        "equipment": {"name": "塔吊", "holding": "leased", "count": 1, "leased_until": "2027-01-01"},
        "finances": {"year": 2025, "net_assets": "4000"},
        "subsidiaries": {"name": "示范分公司"},
        "projects": {"name": "示范楼", "code": "990100009999", "begun_on": "2026-01-01"},
        "files": {"title": "审计报告", "file": make_upload()},
    }.items():
        assert client.post(f"{base}rows/{section}/add/", values).status_code == 302, section
    project = enterprise.projects.get()
    ending = f"{base}rows/projects/{project.pk}/end/"
    assert client.post(ending, {"complete": "1", "done-on": "2026-02-01"}).status_code == 302
    assert enterprise.projects.get().completed_on == date(2026, 2, 1)
    page = client.get(base).content.decode()
    assert "示范路9号" in page and "自行申报" in page
    attachment = enterprise.files.get().attachment
    assert b"".join(client.get(f"{base}files/{attachment.key}/"))
    refused = client.post(f"{base}rows/finances/add/", {"year": 2025, "net_assets": "1"})
    assert refused.status_code == 422 and "已经填报" in refused.content.decode()


def test_a_person_enters_and_keeps_their_own_record(client):
    user = make_user("worker", name="周工")
    party = make_party(user)
    client.force_login(user)

    assert client.post("/registry/mine/enter/", {"party": party.pk}).status_code == 302
    assert client.post("/registry/mine/enter/", {"party": party.pk}).status_code == 302
    assert client.post("/registry/mine/person/", {"education": "college", "title": 1}).status_code == 302

    person = Person.objects.get(party=party)
    assert (person.education, person.title, person.sex) == ("college", 1, "m")
    assert "大学专科" in client.get("/registry/mine/person/").content.decode()


def test_the_office_decides_a_proposal_on_its_own_screen(agent, client):
    enterprise, head = make_own(agent, declared=False), make_clerk("head")
    client.force_login(agent)
    base = f"/registry/mine/enterprises/{enterprise.uscc}/propose/"
    sent = client.post(
        f"{base}address/", {"value": "示范路8号", "reason": "迁址了的", "evidence": make_upload()}
    )
    assert sent.status_code == 302
    assert client.get(f"{base}uscc/").status_code == 404
    made = enterprise.proposals.get()

    client.force_login(head)
    row = f"/admin/talent/proposal/{made.pk}/"
    assert "示范路8号" in client.get(f"{row}change/").content.decode()
    assert b"".join(client.get(f"{row}evidence/"))
    assert client.post(f"{row}deeds/accept/", {"opinion": "同意"}).status_code == 302
    enterprise.refresh_from_db()
    assert enterprise.address == "示范路8号"


def test_the_staff_page_costs_the_same_for_two_people_and_for_twelve(
    agent, client, django_assert_max_num_queries
):
    enterprise = make_own(agent)
    client.force_login(agent)
    url = reverse("talent:own_staff", args=[enterprise.uscc])

    def hire(names):
        for name in names:
            workflow.employ(
                make_person(name), enterprise, position="worker", origin=make_import(), valid_from=DAY,
                by=None, at=at(),
            )  # fmt: skip

    hire("甲乙")
    with django_assert_max_num_queries(14) as small:
        client.get(url)
    hire("丙丁戊己庚辛壬癸子丑")
    with django_assert_max_num_queries(len(small)):
        assert client.get(url).content.decode().count("办理离职") == 12
