"""Parties, and who may act for them: asked, confirmed, withdrawn; unmasked only for a reason."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit import workflow as audit
from portal.people import workflow
from portal.people.models import Authorisation, Party
from portal.refusals import RuleBroken
from tests.people.makers import (
    make_administrator,
    make_authorisation,
    make_clerk,
    make_enterprise,
    make_party,
    make_user,
    valid_id_number,
    valid_uscc,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
FIRM = {
    "name": "示范市第一建筑工程有限公司",
    "id_number": valid_uscc(1),
    "applicant_type": "business",
    "legal_representative": "赵敏",
    "role": "agent",
}


def may_act(user, party) -> bool:
    return Party.objects.actable_by(user, TODAY).filter(pk=party.pk).exists()


@pytest.fixture
def citizen(client: Client):
    user = make_user(name="王小明")
    make_party(user)
    client.force_login(user)
    return user


def test_an_enterprise_asked_for_waits_until_a_clerk_has_seen_the_papers(client: Client, citizen):
    page = client.post(reverse("people:add_party"), FIRM, follow=True)
    text = page.content.decode()
    assert "等待核验" in text
    firm = Party.objects.get(name=FIRM["name"])
    assert firm.id_number == FIRM["id_number"]
    assert not may_act(citizen, firm)

    workflow.verify_authorisation(Authorisation.objects.get(), by=make_clerk(), at=NOW)

    assert may_act(citizen, firm)
    assert [entry.action for entry in audit.history(firm)] == [
        "people.party.added",
        "people.party.authorisation_requested",
        "people.party.authorisation_verified",
    ]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"id_number": "123"}, "统一社会信用代码应为18位，现为3位。"),
        ({"id_number": valid_uscc(1)[:-1] + "O"}, "统一社会信用代码中不应有“O”"),
        ({"name": ""}, "请填写单位全称。"),
        ({"legal_representative": ""}, "请填写法定代表人姓名。"),
    ],
)
def test_a_wrong_enterprise_is_refused_at_the_field(client: Client, citizen, answers: dict, sentence: str):
    page = client.post(reverse("people:add_party"), FIRM | answers)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Authorisation.objects.exists()


def test_a_code_on_file_under_another_name_is_refused(client: Client, citizen):
    make_enterprise(name="示范市第二建筑工程有限公司", code=FIRM["id_number"])
    page = client.post(reverse("people:add_party"), FIRM)
    assert "该证件号码已登记在其他名称下" in page.content.decode()


def test_asking_twice_is_answered_kindly(client: Client, citizen):
    client.post(reverse("people:add_party"), FIRM)
    page = client.post(reverse("people:add_party"), FIRM)
    assert "正在核验中，无需重复申请。" in page.content.decode()
    assert Authorisation.objects.count() == 1


def test_the_legal_representative_confirms_and_withdraws_without_a_clerk():
    boss, agent, firm = make_user(name="赵敏"), make_user(), make_enterprise()
    make_authorisation(boss, firm, role="legal_representative")
    asked = workflow.authorise(agent, firm, starts_on=TODAY, by=agent, at=NOW)
    client = Client()
    client.force_login(boss)
    assert "王小明" in client.get(reverse("people:party", args=[firm.pk])).content.decode()
    client.post(reverse("people:verify", args=[asked.pk]))
    assert may_act(agent, firm)
    client.post(reverse("people:withdraw", args=[asked.pk]), {"reason": "已离职"})
    assert not may_act(agent, firm)
    asked.refresh_from_db()
    assert asked.withdrawn_reason == "已离职"


def test_nobody_confirms_their_own_request_nor_one_of_a_stranger():
    agent, other, firm = make_user(), make_user(), make_enterprise()
    asked = workflow.authorise(agent, firm, role="legal_representative", starts_on=TODAY, by=agent, at=NOW)
    with pytest.raises(RuleBroken, match="不能核验自己的授权申请"):
        workflow.verify_authorisation(asked, by=agent, at=NOW)
    with pytest.raises(RuleBroken, match="只有该单位的法定代表人或窗口工作人员"):
        workflow.verify_authorisation(asked, by=other, at=NOW)
    with pytest.raises(RuleBroken, match="只有该单位的法定代表人或窗口工作人员"):
        workflow.withdraw_authorisation(asked, by=other, at=NOW)
    with pytest.raises(RuleBroken, match="只有该单位的法定代表人或窗口工作人员"):
        workflow.authorise(other, firm, starts_on=TODAY, verified=True, by=agent, at=NOW)


def test_a_stranger_cannot_tell_that_an_authorisation_exists(client: Client, citizen):
    firm = make_enterprise(agent=make_user())
    foreign = Authorisation.objects.get()
    assert client.get(reverse("people:withdraw", args=[foreign.pk])).status_code == 404
    assert client.post(reverse("people:verify", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("people:party", args=[firm.pk])).status_code == 404
    assert client.get(reverse("people:withdraw", args=[foreign.pk + 99])).status_code == 404


def test_an_agent_gives_it_back_and_may_ask_again(client: Client, citizen):
    firm = make_enterprise(agent=citizen)
    standing = Authorisation.objects.get()
    assert "立即不能再以" in client.get(reverse("people:withdraw", args=[standing.pk])).content.decode()
    assert may_act(citizen, firm)
    client.post(reverse("people:withdraw", args=[standing.pk]))
    assert not may_act(citizen, firm)
    with pytest.raises(RuleBroken, match="该授权已撤回"):
        workflow.withdraw_authorisation(standing, by=citizen, at=NOW)
    workflow.authorise(citizen, firm, starts_on=TODAY, by=citizen, at=NOW)


def test_the_choice_for_whom_one_acts_is_kept_and_ends_with_the_authorisation(client: Client, citizen):
    firm = make_enterprise(agent=citizen)
    client.post(reverse("people:act"), {"party": firm.pk})
    assert f"现在以“{firm.name}”的名义办事。" in client.get(reverse("people:parties")).content.decode()
    workflow.withdraw_authorisation(Authorisation.objects.get(), by=None, at=NOW)
    assert "现在以“王小明”的名义办事。" in client.get(reverse("people:parties")).content.decode()


@pytest.mark.parametrize("chosen", ["", "x", "999999", "9" * 40])
def test_one_cannot_choose_to_act_for_just_anyone(client: Client, citizen, chosen: str):
    make_enterprise()
    page = client.post(reverse("people:act"), {"party": chosen}, follow=True)
    assert "您没有该主体的有效授权。" in page.content.decode()


def test_after_choosing_one_is_sent_on_only_within_the_site(client: Client, citizen):
    own = Party.objects.get(user=citizen)
    page = client.post(reverse("people:act"), {"party": own.pk, "next": "/guides/"})
    assert page.url == "/guides/"
    page = client.post(reverse("people:act"), {"party": own.pk, "next": "https://evil.example/"})
    assert page.url == reverse("people:parties")


def test_a_citizen_states_who_they_are(client: Client):
    user = make_user()
    client.force_login(user)
    answers = {"name": "王晓明", "id_type": "id_card", "id_number": valid_id_number(3), "address": ""}
    page = client.post(reverse("people:identity"), answers | {"id_number": "110"})
    assert "公民身份号码应为18位，现为3位。" in page.content.decode()
    client.post(reverse("people:identity"), answers)
    own = Party.objects.get(user=user)
    assert (own.name, own.id_number, own.registry_verified) == ("王晓明", valid_id_number(3), False)
    assert valid_id_number(3) not in str(audit.history(own).get().facts)


def test_a_number_of_someone_else_is_refused(client: Client):
    make_party(make_user(), id_number=valid_id_number(3))
    user = make_user()
    client.force_login(user)
    answers = {"name": "王晓明", "id_type": "id_card", "id_number": valid_id_number(3)}
    page = client.post(reverse("people:identity"), answers)
    assert "该证件号码已被其他账号登记。如确为本人，请携带证件到窗口核验。" in page.content.decode()


def test_a_verified_identity_is_changed_only_at_the_window():
    user = make_user()
    make_party(user, registry_verified=True)
    with pytest.raises(RuleBroken, match="请携带证件到窗口办理"):
        workflow.declare_identity(user, name="王明", id_type="id_card", id_number=valid_id_number(9), at=NOW)


@pytest.mark.parametrize("name", ["account", "identity", "parties", "add_party"])
def test_the_pages_need_a_signed_in_citizen(client: Client, name: str):
    url = reverse(f"people:{name}")
    assert client.get(url).url.startswith(reverse("account_login"))
    client.force_login(make_user())
    assert client.get(url).status_code == 200
    client.force_login(make_clerk())
    assert client.get(url).status_code == (200 if name == "account" else 302)


# Unmasking


def test_a_full_number_is_shown_only_for_a_reason_and_the_reason_is_on_record(client: Client):
    party, clerk = make_party(id_number=valid_id_number(5)), make_clerk()
    client.force_login(clerk)
    change = client.get(reverse("admin:people_party_change", args=[party.pk])).content.decode()
    assert party.masked_id in change
    assert party.id_number not in change

    url = reverse("admin:people_party_deed", args=[party.pk, "unmask"])
    page = client.post(url, {"field": "id_number", "reason": "看"})
    assert "请写明查看原因，至少4个字。" in page.content.decode()
    assert not audit.history(party).exists()

    page = client.post(url, {"field": "id_number", "reason": "核对施工许可申请人身份"})
    assert f"证件号码：{party.id_number}" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    entry = audit.history(party).get()
    assert (entry.action, entry.actor) == ("people.party.unmasked", clerk)
    assert entry.facts == {"field": "id_number", "reason": "核对施工许可申请人身份"}


def test_an_administrator_cannot_unmask():
    party = make_party()
    for role in ("system", "security", "audit"):
        with pytest.raises(RuleBroken, match="没有查看完整个人信息的权限"):
            workflow.unmask(party, "id_number", "想看一看", by=make_administrator(role), at=NOW)


def test_only_personal_fields_can_be_unmasked():
    with pytest.raises(RuleBroken, match="该信息不可查看"):
        workflow.unmask(make_user(), "password", "想看一看", by=make_clerk(), at=NOW)


def test_staff_find_a_party_by_its_whole_number_or_phone(client: Client):
    party = make_party(id_number=valid_id_number(5))
    make_party()
    client.force_login(make_clerk())
    for term in (valid_id_number(5), "李建国"):
        page = client.get(reverse("admin:people_party_changelist"), {"q": term})
        assert party in page.context["cl"].result_list
    page = client.get(reverse("admin:people_party_changelist"), {"q": valid_id_number(5)[:10]})
    assert page.context["cl"].result_count == 0


def test_a_clerk_confirms_on_the_screen_and_a_second_click_is_told_so(client: Client):
    asked = workflow.authorise(make_user(), make_enterprise(), starts_on=TODAY, by=None, at=NOW)
    client.force_login(make_clerk())
    url = reverse("admin:people_authorisation_deed", args=[asked.pk, "verify"])
    assert client.post(url).status_code == 302
    page = client.post(url)
    assert (page.status_code, "该授权已核验，无需重复操作。" in page.content.decode()) == (422, True)
