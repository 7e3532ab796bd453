"""Personal numbers at rest."""

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection

from portal.people import crypto
from portal.people.models import Party, User
from tests.people.makers import make_party, make_user, valid_id_number

K1, K2 = f"k1:{'11' * 32}", f"k2:{'22' * 32}"


def test_what_was_encrypted_opens_again_and_never_looks_the_same_twice(settings):
    settings.FIELD_KEYS = K1
    first, second = crypto.encrypt("13900000001", "phone"), crypto.encrypt("13900000001", "phone")
    assert first != second
    assert first.startswith("k1:")
    assert crypto.decrypt(first, "phone") == crypto.decrypt(second, "phone") == "13900000001"


def test_many_at_once_are_as_one_by_one(settings):
    settings.FIELD_KEYS = K1
    numbers = ["13900000001", "", "13900000001", "13900000002"]

    sealed = crypto.encrypt_all(numbers, "phone")

    assert [crypto.decrypt(each, "phone") for each in sealed] == numbers
    assert sealed[0] != sealed[2] and sealed[1] == ""
    assert crypto.keyed_hashes("phone", numbers) == [crypto.keyed_hash("phone", each) for each in numbers]


def test_an_old_key_still_opens_and_the_first_key_writes(settings):
    settings.FIELD_KEYS = K1
    old = crypto.encrypt("a")
    settings.FIELD_KEYS = f"{K2},{K1}"
    assert crypto.decrypt(old) == "a"
    assert crypto.encrypt("a").startswith("k2:")


def test_an_altered_value_does_not_open(settings):
    settings.FIELD_KEYS = K1
    stored = crypto.encrypt("13900000001")
    flipped = stored[:10] + ("A" if stored[10] != "A" else "B") + stored[11:]
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(flipped)


def test_a_value_does_not_open_for_another_purpose_or_without_its_key(settings):
    settings.FIELD_KEYS = K1
    stored = crypto.encrypt("13900000001", "phone")
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(stored, "id_number")
    settings.FIELD_KEYS = K2
    with pytest.raises(crypto.CannotDecrypt, match="k1"):
        crypto.decrypt(stored, "phone")


@pytest.mark.parametrize("keys", ["", "k1", "k1:zz", f"k1:{'11' * 16}", f":{'11' * 32}"])
def test_unusable_keys_are_refused(settings, keys: str):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        crypto.encrypt("a")


def test_the_same_number_hashes_differently_for_each_purpose():
    assert crypto.keyed_hash("phone", "1") == crypto.keyed_hash("phone", "1")
    assert crypto.keyed_hash("phone", "1") != crypto.keyed_hash("id_number", "1")
    assert crypto.keyed_hash("phone", "") == ""


@pytest.mark.django_db
def test_no_personal_number_stands_in_the_row():
    party = make_party(make_user(phone="13900000001"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select p::text || u::text from people_party p join people_user u on u.id = p.user_id where p.id = %s",
            [party.pk],
        )
        row = cursor.fetchone()[0]
    assert "13900000001" not in row
    assert party.id_number not in row


@pytest.mark.django_db
def test_people_are_found_by_the_hash_of_their_number():
    user = make_user(phone="13900000001")
    party = make_party(user, id_number=valid_id_number(7))
    assert User.objects.with_phone("+86 139 0000 0001").get() == user
    assert Party.objects.with_id_number("id_card", valid_id_number(7)).get() == party
    assert Party.objects.get(pk=party.pk).id_number == valid_id_number(7)


@pytest.mark.django_db
def test_an_encrypted_column_cannot_be_asked_for_a_value():
    with pytest.raises(FieldError, match="keyed hash"):
        User.objects.filter(phone="13900000001").exists()
    assert not User.objects.filter(phone__isnull=True).exists()
