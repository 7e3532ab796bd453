"""People looked up by the systems of other departments: by one whole number, never in an address."""

from datetime import date

import pytest

from portal.audit.models import Entry
from talent import workflow
from talent.models import LookUp, Scope
from talent.sharing.fields import FIELDS, scopes_of
from tests.talent.makers import at, make_builder, make_constructor, make_person
from tests.talent.sharing_makers import make_key, system_with

pytestmark = pytest.mark.django_db
FAR = date(2099, 1, 1)
ADDRESS = "/api/v1/registry/people/lookup"


def ask(token: str, **asked: str):
    return system_with(token).post(ADDRESS, asked, content_type="application/json")


def make_registered(name: str = "欧阳建国"):
    return make_constructor(make_builder(), make_person(name), expires_on=FAR)


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope.noun == "person"])
def test_each_scope_discloses_its_fields_of_a_person(scope):
    held = make_registered()
    number = held.person.party.id_number
    _, token = make_key([scope])

    by_certificate = ask(token, certificate_no=held.certificate_no).json()["people"][0]
    by_number = ask(token, id_number=number)

    open_ = {field.name for one in (Scope.PERSON_BASIC, scope) for field in FIELDS[one]} - {"id_number"}
    every = {field.name for one in scopes_of("person") for field in FIELDS[one]}
    assert set(by_certificate) == open_ | {"withheld"}
    assert set(by_certificate["withheld"]) == every - open_
    assert ask(token, id=str(held.person.key)).json()["people"][0] == by_certificate
    assert number not in str(by_certificate)
    if scope == Scope.PERSON_IDENTITY:
        assert by_number.json()["people"][0]["id_number"] == number
    else:
        assert by_number.status_code == 403


def test_what_is_asked_wrongly_is_told_at_its_field():
    held = make_registered()
    _, token = make_key()

    for asked, field in (
        ({}, "certificate_no"),
        ({"certificate_no": held.certificate_no, "id_number": held.person.party.id_number}, "certificate_no"),
        ({"id": str(held.person.key), "certificate_no": held.certificate_no}, "certificate_no"),
        ({"id": "1"}, "id"),
        ({"id_number": "123"}, "id_number"),
    ):
        answer = ask(token, **asked)
        assert (answer.status_code, answer.json()["detail"][0]["field"]) == (422, field)
    assert system_with(token).get(ADDRESS, {"id_number": held.person.party.id_number}).status_code == 405
    missing = ask(token, certificate_no="没有的编号")
    assert missing.status_code == 404
    assert not LookUp.objects.exists()


def test_a_miss_is_kept_with_the_key_and_without_the_number():
    stranger = make_person("欧阳建军")  # on file, but holds no certificate
    key, token = make_key()

    assert ask(token, id_number=stranger.party.id_number, about="资格复核").status_code == 404

    entry = Entry.objects.get(action="talent.sharingkey.missed")
    assert entry.subject_id == str(key.pk)
    assert stranger.party.id_number not in str(list(Entry.objects.values_list()))
    assert entry.facts["what"] == stranger.party.masked_id


def test_a_merged_person_points_to_the_one_that_stands():
    held, double = make_registered(), make_registered("欧阳建团")
    number, certificate = double.person.party.id_number, double.certificate_no
    workflow.end_registration(double, on=date(2026, 3, 6), origin=double.origin, by=None, at=at())
    workflow.merge(held.person, double.person, reason="重复登记", by=None, at=at())
    _, token = make_key()

    gone = ask(token, id_number=number)
    assert (gone.status_code, gone.json()["detail"][0]["into"]) == (410, str(held.person.key))
    # its certificate stayed with the old record, as the kept one holds another for the same time
    assert ask(token, certificate_no=certificate).json() == gone.json()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400), ("[]", 422), ("null", 422), ('"x"', 422), ('{"certificate_no": {}}', 422), ("{}", 422),
        ('{"certificate_no": "\\ud800"}', 422), ('{"certificate_no": "\\u0000"}', 422),
        ('{"certificate_no": "x", "about": "\\u0000\\u0000"}', 404), ('{"id_number": "²²²²²²²²²²²²²²²²²²"}', 422),
        ('{"certificate_no": "' + "1" * 61 + '"}', 422),
    ],
)  # fmt: skip
def test_whatever_is_sent_is_answered_in_chinese(body, status):
    _, token = make_key()

    answer = system_with(token).post(ADDRESS, body, content_type="application/json")

    assert answer.status_code == status, answer.content
    assert answer.json()["detail"][0]["message"].endswith("。")
