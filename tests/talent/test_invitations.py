"""People come and go with their own word; of two enterprises that reach for one person, one wins."""

from datetime import date, timedelta

import pytest

from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.refusals import RuleBroken
from talent import workflow
from talent.models import (
    Employment,
    Invitation,
    InvitationState,
    Person,
    QualificationCategory,
    StaffingState,
)
from talent.workflow import staffing as monitor
from tests.approvals.test_concurrency import together
from tests.people.makers import make_authorisation, make_department, make_party, make_user, valid_id_number
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_constructor,
    make_import,
    make_person,
    make_qualification,
)

HIRED = {"position": "worker", "on": DAY}


@pytest.fixture
def agent(db):
    return make_user("agent", name="李四")


@pytest.fixture
def worker(db):
    user = make_user("worker", name="周工", phone="13912345678")
    make_party(user, id_number=valid_id_number(77))
    return user


def make_own(agent, name="示范市第一建筑工程有限公司"):
    enterprise = make_builder(name)
    make_authorisation(agent, enterprise.party)
    return enterprise


def test_name_and_number_must_agree_and_every_miss_is_answered_alike(worker):
    party = worker.own_party
    assert workflow.find_party("周工", valid_id_number(77).lower()) == party
    assert workflow.find_party(" 周工 ", "139 1234 5678") == party
    said = set()
    for name, number in (
        ("周二", "13912345678"),
        ("周工", "13900000000"),
        ("周工", ""),
        ("周工", valid_id_number(78)),
    ):
        with pytest.raises(RuleBroken) as refusal:
            workflow.find_party(name, number)
        said.add((str(refusal.value), refusal.value.field))
    assert len(said) == 1


def test_a_person_who_accepts_stands_in_the_registry_and_works_there_from_that_day(agent, worker):
    enterprise = make_own(agent)
    asked = workflow.invite(enterprise, worker.own_party, **HIRED, by=agent, at=at())
    with pytest.raises(RuleBroken, match="等待本人确认"):
        workflow.invite(enterprise, worker.own_party, **HIRED, by=agent, at=at())
    assert not Person.objects.filter(party=worker.own_party).exists()
    with pytest.raises(RuleBroken, match="只有本人"):
        workflow.accept(asked, by=agent, at=at())

    workflow.accept(asked, by=worker, at=at(DAY + timedelta(3)))

    post = Employment.objects.get(enterprise=enterprise)
    assert (post.person.party, post.valid_from) == (worker.own_party, DAY + timedelta(3))
    with pytest.raises(RuleBroken, match="不能再次处理"):
        workflow.accept(asked, by=worker, at=at(DAY + timedelta(3)))
    assert Entry.objects.filter(action="talent.invitation.accepted").count() == 1
    codes = set(Notice.objects.values_list("template__code", flat=True))
    assert {"invitation_received", "invitation_answered"} <= codes


def test_a_declined_or_withdrawn_invitation_hires_nobody(agent, worker):
    enterprise = make_own(agent)
    declined = workflow.invite(enterprise, worker.own_party, **HIRED, by=agent, at=at())
    workflow.decline(declined, answer="不认识这个单位", by=worker, at=at())
    again = workflow.invite(enterprise, worker.own_party, **HIRED, by=agent, at=at())
    workflow.withdraw_invitation(again, by=agent, at=at())

    with pytest.raises(RuleBroken, match="单位已撤回"):
        workflow.accept(again, by=worker, at=at())
    assert not Employment.objects.exists()
    assert Invitation.objects.get(pk=declined.pk).answer == "不认识这个单位"


def test_nobody_is_released_before_they_confirm_it(agent, worker):
    enterprise = make_own(agent)
    workflow.accept(
        workflow.invite(enterprise, worker.own_party, **HIRED, by=agent, at=at()), by=worker, at=at()
    )
    post = Employment.objects.get()

    asked = workflow.ask_release(post, on=date(2026, 3, 31), reason="合同到期", by=agent, at=at())
    post.refresh_from_db()
    assert post.valid_to is None
    workflow.accept(asked, by=worker, at=at(DAY + timedelta(1)))

    post.refresh_from_db()
    assert post.valid_to == date(2026, 3, 31)


def test_a_person_leaves_by_their_own_word_even_an_employment_that_was_imported(agent, worker):
    enterprise = make_own(agent)
    person = workflow.enter_person(worker.own_party, origin=make_import(), by=None, at=at())
    post = workflow.employ(
        person,
        enterprise,
        position="worker",
        origin=make_import(),
        valid_from=date(2026, 1, 1),
        by=None,
        at=at(),
    )
    with pytest.raises(RuleBroken, match="只有本人"):
        workflow.leave(post, on=DAY, by=agent, at=at())
    with pytest.raises(RuleBroken, match="不能早于今天"):
        workflow.leave(post, on=DAY - timedelta(1), by=worker, at=at())
    waiting = workflow.ask_release(post, on=date(2026, 3, 31), reason="合同到期", by=agent, at=at())

    left = workflow.leave(post, on=DAY, by=worker, at=at())

    assert left.valid_to == DAY and left.origin.kind == "import"  # who said when it began still stands
    assert Notice.objects.filter(template__code="person_left").exists()
    assert Invitation.objects.get(pk=waiting.pk).state == InvitationState.LAPSED


def test_both_are_told_before_what_the_departure_leaves_behind(agent, worker, client):
    enterprise = make_own(agent)
    person = make_person("周工")
    Person.objects.filter(pk=person.pk).update(party=worker.own_party)
    held = make_constructor(enterprise, Person.objects.get(pk=person.pk))
    post = held.person.employments.get()
    workflow.load_rules(department=make_department())
    make_qualification(enterprise, grade="3", category=QualificationCategory.objects.get(code="building"))

    for user, url in (
        (agent, f"/registry/mine/enterprises/{enterprise.uscc}/staff/{post.pk}/release/"),
        (worker, f"/registry/mine/employments/{post.pk}/leave/"),
    ):
        client.force_login(user)
        page = client.get(url).content.decode()
        assert "周工持有的二级注册建造师" in page and "变更注册" in page
        assert "离职后不再符合资质标准：缺" in page

    workflow.leave(post, on=DAY, by=worker, at=at())

    told = Notice.objects.filter(template__code="person_left").first().text
    assert "最后任职日为2026年3月6日。此后将缺" in told and "请在此之前补足" in told
    lacking = StaffingState.objects.filter(enterprise=enterprise, indicator="constructors").order_by("pk")
    assert [state.found for state in lacking] == [1, 1], "the last day still counts"
    monitor.watch(at=at(DAY + timedelta(1), hour=3))
    assert [state.found for state in lacking.all()] == [0, 0]


def test_the_pages_invite_answer_and_take_back(agent, worker, client):
    enterprise = make_own(agent)
    client.force_login(agent)
    asked = {
        "name": "周工",
        "number": "13912345678",
        "position": "worker",
        "is_full_time": "on",
        "on": "2026-03-06",
    }
    inviting = f"/registry/mine/enterprises/{enterprise.uscc}/staff/invite/"
    wrong = client.post(inviting, {**asked, "number": "13912345679"})
    assert wrong.status_code == 422 and "没有找到" in wrong.content.decode()
    assert client.post(inviting, asked).status_code == 302
    row = Invitation.objects.get()
    url = f"/registry/mine/invitations/{row.key}/"
    assert client.post(url, {"deed": "accept"}).status_code == 404  # not hers to accept

    client.force_login(worker)
    assert "邀请您入职" in client.get("/registry/mine/").content.decode()
    assert client.post(url, {"deed": "accept"}).status_code == 302
    again = client.post(url, {"deed": "accept"})
    assert again.status_code == 422 and "不能再次处理" in again.content.decode()
    client.force_login(make_user("stranger"))
    assert client.get(url).status_code == 404
    assert Employment.objects.count() == 1


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_two_invitations_accepted_in_one_moment_make_one_employment_and_one_clear_refusal(transactional_db):
    agent, worker = make_user("agent", name="李四"), make_user("worker", name="周工")
    make_party(worker)
    firms = [make_own(agent, f"示范市{name}建筑有限公司") for name in "甲乙"]
    asked = [workflow.invite(firm, worker.own_party, **HIRED, by=agent, at=at()) for firm in firms]

    done = together([lambda row=row: workflow.accept(row, by=worker, at=at()) for row in asked])

    (won,) = [one for one in done if isinstance(one, Invitation)]
    (lost,) = [one for one in done if isinstance(one, RuleBroken)]
    loser = next(firm for firm in firms if firm.pk != won.enterprise_id)
    assert loser.name in str(lost) and "已经失效" in str(lost)
    assert Employment.objects.get().enterprise_id == won.enterprise_id
    told = Notice.objects.filter(template__code="invitation_lapsed").first()
    assert loser.name in told.text and won.enterprise.name not in told.text
