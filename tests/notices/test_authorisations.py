"""Who may act for whom: the person and the party learn of every change, once."""

from datetime import timedelta

import pytest

from portal.notices import workflow
from portal.notices.models import Notice
from portal.people import workflow as people
from portal.people.models import Authorisation, AuthorisationRole
from tests.people.makers import EARLY, EARLY_AT, make_authorisation, make_enterprise, make_party, make_user

pytestmark = pytest.mark.django_db
NOON = EARLY_AT + timedelta(hours=3)


@pytest.fixture
def firm():
    party = make_enterprise()
    party.set_phone("13800000008")
    party.save()
    return party


@pytest.fixture
def agent():
    return make_user("agent", name="李四", phone="13900000007")


def tell():
    return workflow.tell_authorisations(at=NOON)


def texts(channel="sms"):
    return {n.address: n.text for n in Notice.objects.filter(channel=channel)}


def test_the_person_and_the_firms_own_number_are_told_of_a_grant_once(firm, agent):
    people.authorise(agent, firm, starts_on=EARLY, verified=True, by=None, at=EARLY_AT)

    assert (tell(), tell()) == (1, 0)

    assert texts() == {
        "13900000007": "您代“示范市第一建筑工程有限公司”办事的授权已经核验，自2026年1月1日起可以登录代其办理。",
        "13800000008": "李四自2026年1月1日起可以代贵方办事。如非贵方授权，请登录撤回，或者到窗口撤回。",
    }
    assert Notice.objects.get(channel="in_site").user == agent
    assert len({(n.recipient_hash, n.template_id, n.key, n.channel) for n in Notice.objects.all()}) == 3


def test_a_request_is_told_when_it_is_verified_not_before(firm, agent):
    asked = people.authorise(agent, firm, starts_on=EARLY, by=agent, at=EARLY_AT)
    assert tell() == 0

    people.verify_authorisation(asked, by=None, at=NOON)

    assert tell() == 1 and len(texts()) == 2


def test_a_withdrawal_is_told_to_both_and_a_request_taken_back_only_to_the_person(firm, agent):
    granted = people.authorise(agent, firm, starts_on=EARLY, verified=True, by=None, at=EARLY_AT)
    tell()
    people.withdraw_authorisation(granted, reason="离职", by=agent, at=NOON)
    asked = people.authorise(agent, firm, starts_on=EARLY, by=agent, at=NOON)
    people.withdraw_authorisation(asked, by=agent, at=NOON)

    assert tell() == 2

    told = Notice.objects.filter(channel="sms").exclude(template__code__startswith="authorisation_granted")
    assert sorted(told.values_list("template__code", "key")) == [
        ("authorisation_withdrawn", str(granted.pk)),
        ("authorisation_withdrawn", str(asked.pk)),
        ("authorisation_withdrawn_party", str(granted.pk)),
    ]
    assert "代办申请已于" in told.get(key=str(asked.pk)).text


def test_without_a_number_of_its_own_the_firm_is_told_through_its_legal_representative(agent):
    firm, speaker = make_enterprise(), make_user("boss", name="赵敏")
    make_authorisation(speaker, firm, role=AuthorisationRole.LEGAL_REPRESENTATIVE)
    make_authorisation(make_user("colleague"), firm)

    people.authorise(agent, firm, starts_on=EARLY, verified=True, by=None, at=EARLY_AT)
    tell()

    assert {n.user.username for n in Notice.objects.filter(channel="in_site")} == {"agent", "boss"}


def test_a_citizen_who_lets_another_act_is_told_on_their_own_page(agent):
    owner = make_user("owner", name="王小明")
    people.authorise(agent, make_party(owner), starts_on=EARLY, verified=True, by=owner, at=EARLY_AT)
    tell()

    assert Notice.objects.get(user=owner, channel="in_site").template.code == "authorisation_granted_party"


def test_a_sweep_that_dies_tells_all_of_it_the_next_time(firm, agent, monkeypatch):
    people.authorise(agent, firm, starts_on=EARLY, verified=True, by=None, at=EARLY_AT)
    monkeypatch.setattr(people, "mark_told", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tell()
    assert not Notice.objects.exists() and Authorisation.objects.to_tell().count() == 1
    monkeypatch.undo()

    assert tell() == 1 and Notice.objects.count() == 3
