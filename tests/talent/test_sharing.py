"""What the systems of other departments are told of the registries, and what is written down of it."""

import logging
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit.models import Entry
from talent import workflow
from talent.models import LookUp, Scope, SharingDay, SharingKey
from talent.sharing import records
from talent.sharing.fields import FIELDS, scopes_of
from talent.workflow import sharing
from tests.people.makers import make_administrator, make_clerk, make_department, make_enterprise, make_user
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_constructor,
    make_decision,
    make_import,
    make_person,
    make_qualification,
)
from tests.talent.sharing_makers import make_key, system_with
from tests.talent.watch_makers import make_short_of_one

pytestmark = pytest.mark.django_db
FAR = date(2099, 1, 1)


def address(firm) -> str:
    return f"/api/v1/registry/enterprises/{firm.uscc}"


def test_a_department_reads_a_qualification_by_whose_decision_and_how_it_is_staffed():
    firm = make_builder(legal_representative="赵敏")
    make_qualification(firm, origin=make_decision(), valid_to=FAR)
    make_constructor(firm, expires_on=FAR)
    _, token = make_key()

    answer = system_with(token).get(address(firm))

    told = answer.json()
    assert answer.status_code == 200, told
    held = told["qualifications"][0]
    assert (held["name"], held["in_force"], held["provenance"]["kind"]) == (
        "建筑工程施工总承包二级",
        True,
        "decided",
    )
    assert held["provenance"]["decision_number"] == "示建许〔2026〕1号"
    assert told["staffing"]["state"] == "unknown" and told["registered_staff"] == [
        {"kind": "二级注册建造师", "count": 1}
    ]
    assert told["provenance"]["kind"] == "imported" and told["withheld"] == []
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope.noun == "enterprise"])
def test_each_scope_discloses_its_fields_and_names_the_others(scope):
    firm = make_builder(contact="王会计", contact_phone="0990-1234567")
    make_qualification(firm, valid_to=FAR)
    make_constructor(firm, expires_on=FAR)
    _, token = make_key([scope])

    told = system_with(token).get(address(firm)).json()

    open_ = {field.name for one in (Scope.ENTERPRISE_BASIC, scope) for field in FIELDS[one]}
    every = {field.name for one in scopes_of("enterprise") for field in FIELDS[one]}
    assert set(told) == open_ | {"withheld"}
    assert set(told["withheld"]) == every - open_
    if scope != Scope.ENTERPRISE_CONTACTS:
        assert "0990-1234567" not in str(told)


def test_a_look_up_is_counted_kept_and_audited_with_its_reason():
    firm = make_builder()
    key, token = make_key([Scope.ENTERPRISE_CONTACTS], needs_about=True)
    system = system_with(token)

    refused = system.get(address(firm))
    assert refused.status_code == 422 and refused.json()["detail"][0]["field"] == "about"
    assert not SharingDay.objects.exists()

    system.get(address(firm), {"about": "核验13800001234的申请"})

    seen, entry = LookUp.objects.get(), Entry.objects.get(action="talent.record.looked_up")
    assert (seen.enterprise, seen.key, seen.scopes) == (
        firm,
        key,
        ["enterprise.basic", "enterprise.contacts"],
    )
    assert seen.about == entry.facts["about"] == "核验138****1234的申请"
    assert (entry.subject_id, entry.facts["department"]) == (str(firm.pk), "示范市自然资源和规划局")
    assert SharingDay.objects.get().used == 1


def test_one_answer_for_every_key_that_does_not_open():
    firm = make_builder()
    now = timezone.now()
    over, over_token = make_key()
    SharingKey.objects.filter(pk=over.pk).update(
        valid_from=now.date() - timedelta(9), valid_to=now.date() - timedelta(1)
    )
    early, early_token = make_key()
    SharingKey.objects.filter(pk=early.pk).update(valid_from=now.date() + timedelta(2))
    gone, gone_token = make_key()
    assert system_with(gone_token).get(address(firm)).status_code == 200
    sharing.revoke(gone, reason="系统下线", by=None, at=now)
    renewed, old_token = make_key()
    _, new_token = sharing.issue(renewed, by=None, at=now)
    assert system_with(new_token).get(address(firm)).status_code == 200

    tokens = [
        over_token,
        early_token,
        gone_token,
        old_token,
        "",
        "x",
        "x.y",
        new_token[:-1],
        f"{renewed.handle}.",
    ]
    answers = [system_with(token).get(address(firm)) for token in tokens]
    answers += [Client().get(address(firm)), Client(headers={"authorization": new_token}).get(address(firm))]
    answers += [Client().get(address(firm), {"key": new_token})]

    assert {(one.status_code, one.content, one["WWW-Authenticate"]) for one in answers} == {
        (401, answers[0].content, "Bearer")
    }
    assert "密钥无效" in answers[0].json()["detail"][0]["message"]


def test_what_is_no_enterprise_and_what_is_out_of_scope():
    firm, gone = make_builder(), make_builder("示范市宏远建筑工程有限公司")
    _, token = make_key([Scope.ENTERPRISE_BASIC])
    _, of_people = make_key([Scope.PERSON_BASIC])
    system = system_with(token)

    assert system.get("/api/v1/registry/enterprises/91990100MA00000009").status_code == 404
    assert system.get("/api/v1/registry/enterprises/1").status_code == 422
    assert system_with(of_people).get(address(firm)).status_code == 403
    workflow.archive_record(gone, reason="企业已经注销", ground="cancelled", by=None, at=at())
    told = system.get(address(gone))
    assert (told.status_code, told.json()["detail"][0]["ground"]) == (410, "注销或者吊销")
    assert "企业已经注销" not in told.content.decode()
    double = make_builder("示范市宏远建筑公司")
    workflow.merge(firm, double, reason="重复登记", by=None, at=at())
    told = system.get(address(double))
    assert (told.status_code, told.json()["detail"][0]["into"]) == (410, firm.uscc)
    assert not LookUp.objects.exists()


def test_beyond_the_quota_one_waits_for_the_next_day():
    firm = make_builder()
    _, token = make_key(quota=1)
    system = system_with(token)

    assert system.get(address(firm)).status_code == 200
    refused = system.get(address(firm))

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 86_401
    assert "限额（1次）" in refused.json()["detail"][0]["message"]
    assert LookUp.objects.count() == SharingDay.objects.get().used == 1


def test_a_head_asks_the_security_administrator_grants_the_head_fetches_it_once(client):
    office = make_department("zrj", name="示范市自然资源和规划局")
    head, other = make_clerk("head", office), make_clerk("head")
    guard = make_administrator("security")
    today = timezone.localdate()
    asked = {
        "purpose": "办理规划许可时核验", "basis": "《中华人民共和国城乡规划法》第三十八条", "quota": 100, "needs_about": "on",
        "scopes": ["enterprise.qualifications"], "valid_from": today, "valid_to": today + timedelta(300),
    }  # fmt: skip
    client.force_login(head)
    assert client.post("/admin/talent/sharingkey/add/", {**asked, "valid_to": FAR}).status_code == 422
    assert client.post("/admin/talent/sharingkey/add/", asked).status_code == 302
    key = SharingKey.objects.get()
    deeds = f"/admin/talent/sharingkey/{key.pk}/deeds/"
    assert (key.department, key.scopes) == (office, ["enterprise.basic", "enterprise.qualifications"])
    assert client.post(f"{deeds}issue/").status_code == 422
    assert client.post(f"{deeds}grant/", {"opinion": ""}).status_code == 403

    client.force_login(guard)
    assert client.post(f"{deeds}grant/", {"opinion": "同意"}).status_code == 302
    assert client.post(f"{deeds}issue/").status_code == 403
    client.force_login(other)
    assert client.post(f"{deeds}issue/").status_code == 404
    assert "办理规划许可" not in client.get("/admin/talent/sharingkey/").content.decode()

    client.force_login(head)
    shown = client.post(f"{deeds}issue/")
    token = re.search(r"[0-9a-f]{12}\.[\w-]{43}", shown.content.decode())[0]
    assert "no-store" in shown["Cache-Control"]
    firm = make_builder()
    assert system_with(token).get(address(firm), {"about": "规划许可复核"}).status_code == 200
    secret = token.split(".")[1]
    pages = [
        client.get(f"/admin/talent/sharingkey/{key.pk}/change/"),
        client.get("/admin/talent/sharingkey/"),
    ]
    assert all(page.status_code == 200 and secret not in page.content.decode() for page in pages)
    kept = [
        *SharingKey.objects.values_list(),
        *SharingKey.objects.get().row_versions.values_list(),
        *Entry.objects.values_list(),
    ]
    assert secret not in str(kept)

    client.force_login(guard)
    assert client.post(f"{deeds}revoke/", {"reason": "系统下线"}).status_code == 302
    assert system_with(token).get(address(firm), {"about": "规划许可复核"}).status_code == 401


def test_whom_it_concerns_reads_who_looked_and_nobody_else_does(client, django_assert_max_num_queries):
    user, firm_user = make_user("zhang", name="张三丰"), make_user("agent", name="李四")
    person = make_person("张三丰", user=user)
    party = make_enterprise(agent=firm_user)
    firm = workflow.enter_enterprise(party, origin=make_import(), by=None, at=at())
    held = make_constructor(firm, person, expires_on=FAR)
    _, token = make_key(purpose="办理规划许可时核验注册情况")
    system = system_with(token)
    for n in range(25):
        system.get(address(firm), {"about": f"第{n}次复核"})
    lookup = {"certificate_no": held.certificate_no, "about": "规划许可复核"}
    system.post("/api/v1/registry/people/lookup", lookup, content_type="application/json")

    client.force_login(user)
    shown = client.get("/registry/mine/person/lookups/").content.decode()
    for words in ("示范市自然资源和规划局", "规划许可复核", "办理规划许可时核验注册情况", "人员注册和证书"):
        assert words in shown, words
    assert "人员身份核对" not in shown
    assert client.get(f"/registry/mine/enterprises/{firm.uscc}/lookups/").status_code == 404

    client.force_login(firm_user)
    with django_assert_max_num_queries(12):
        first = client.get(f"/registry/mine/enterprises/{firm.uscc}/lookups/").content.decode()
    assert "第24次复核" in first and "第4次复核" not in first
    more = re.search(r"[?]after=\d+", first)[0]
    assert (
        "第4次复核" in client.get(f"/registry/mine/enterprises/{firm.uscc}/lookups/{more}").content.decode()
    )
    assert client.get("/registry/mine/person/lookups/").status_code == 404


def test_who_leaves_is_missing_in_the_next_answer_and_in_the_feed():
    firm = make_short_of_one(make_department())
    second = make_constructor(firm, make_person("赵工"))
    _, token = make_key([Scope.ENTERPRISE_STAFFING])
    system = system_with(token)
    assert system.get(address(firm)).json()["staffing"] == {
        "state": "met", "words": "达标", "lacks": [], "since": None,
    }  # fmt: skip
    cursor = system.get("/api/v1/registry/changes").json()["next"]

    workflow.end_registration(
        second, on=at().date(), origin=make_decision(), by=None, at=at(DAY + timedelta(1))
    )

    told = system.get(address(firm)).json()["staffing"]
    assert (told["state"], told["lacks"]) == ("broken", ["缺1名建筑工程专业注册建造师"])
    changed = system.get("/api/v1/registry/changes", {"since": cursor}).json()["changes"]
    assert [(one["id"], one["scopes"]) for one in changed] == [(firm.uscc, ["enterprise.staffing"])]


def test_the_secret_is_in_no_log_even_when_the_answer_fails(monkeypatch, caplog):
    firm = make_builder()
    _, token = make_key()
    secret = token.partition(".")[2]
    caplog.set_level(logging.DEBUG)
    written = StringIO()
    handler = next(one for one in logging.getLogger("django").handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", written)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the roof is off")

    monkeypatch.setattr(records, "enterprises", fail)
    system = Client(raise_request_exception=False, headers={"authorization": f"Bearer {token}"})
    answer = system.get(address(firm))

    assert answer.status_code == 500
    logged = written.getvalue() + caplog.text + answer.content.decode()
    assert "the roof is off" in logged and secret not in logged
    assert not LookUp.objects.exists()
