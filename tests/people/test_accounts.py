"""What happens to accounts over time: passwords, idleness, keys, groups."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portal.people import crypto, passwords, workflow
from portal.people.models import PasswordRecord, User
from tests.people.makers import (
    TOTP_SECRET,
    make_administrator,
    make_clerk,
    make_department,
    make_enterprise,
    make_party,
    make_post,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
K1, K2 = f"k1:{'11' * 32}", f"k2:{'22' * 32}"


# Passwords


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab1-xyz", "口令至少8位，现为7位。"),
        ("abcdefgh1", "口令应包含大写字母、小写字母、数字、符号中的至少三种。"),
        ("Zhang.San-2026", "口令中不能包含登录名、姓名或手机号码。"),
        ("A-13900000001", "口令中不能包含登录名、姓名或手机号码。"),
        ("Password-1", "口令过于常见，容易被猜中，请换一个。"),
    ],
)
def test_a_weak_password_says_why(password: str, sentence: str):
    user = make_user("zhang.san", name="张三", phone="13900000001")
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, user)
    assert sentence in refusal.value.messages


def test_an_administrator_needs_twelve_signs():
    administrator, clerk = make_administrator("system"), make_clerk()
    validate_password("Duan-9kou", clerk)
    with pytest.raises(ValidationError, match="口令至少12位，现为9位。"):
        validate_password("Duan-9kou", administrator)


def test_three_of_four_classes_are_enough():
    for good in ("Abcdef12", "abcdef1-", "ABCDEF-1", "Abcdef-x"):
        assert passwords.classes_in(good) == 3
        validate_password(good)


def test_the_last_five_passwords_do_not_come_back_and_the_sixth_does():
    user = make_user()
    used = [f"Koulin-{number}x" for number in range(6)]
    for password in used:
        workflow.set_password(user, password, by=user, at=NOW)
    assert PasswordRecord.objects.filter(user=user).count() == 5
    for password in used[1:]:
        with pytest.raises(ValidationError, match="最近5次"):
            validate_password(password, User.objects.get(pk=user.pk))
    validate_password(used[0], User.objects.get(pk=user.pk))


def test_a_made_up_password_satisfies_every_rule():
    for _ in range(20):
        validate_password(
            workflow.new_password(), make_administrator("audit", f"auditor-{User.objects.count()}")
        )


# Idleness


def test_an_inside_account_idle_for_ninety_days_is_disabled_once():
    idle, fresh, citizen = make_clerk(), make_clerk(), make_user()
    User.objects.filter(pk__in=[idle.pk, citizen.pk]).update(last_login=NOW - timedelta(days=91))
    User.objects.filter(pk=fresh.pk).update(last_login=NOW - timedelta(days=89))
    assert workflow.disable_idle_accounts(at=NOW) == 1
    assert workflow.disable_idle_accounts(at=NOW) == 0
    idle.refresh_from_db()
    assert (idle.is_active, idle.disabled_reason) == (False, "连续90天未登录，系统自动停用。")
    assert set(User.objects.filter(is_active=True)) == {fresh, citizen}


def test_one_never_signed_in_counts_from_when_it_was_made():
    clerk = make_clerk()
    User.objects.filter(pk=clerk.pk).update(joined_at=NOW - timedelta(days=91))
    assert workflow.disable_idle_accounts(at=NOW) == 1


def test_an_enabled_account_has_ninety_days_again():
    clerk = make_clerk()
    User.objects.filter(pk=clerk.pk).update(joined_at=NOW - timedelta(days=91))
    workflow.disable_idle_accounts(at=NOW)
    workflow.enable(clerk, by=None, at=NOW)
    assert workflow.disable_idle_accounts(at=NOW) == 0


def test_an_account_whose_phone_was_never_verified_is_gone_after_a_day():
    lost = workflow.sign_up(phone="13900000001", name="王小明", at=NOW)
    kept = workflow.sign_up(phone="13900000002", name="李小红", at=NOW)
    workflow.verify_phone(kept, "13900000002", at=NOW)
    assert workflow.discard_unverified_accounts(at=NOW) == 0
    assert workflow.discard_unverified_accounts(at=NOW + timedelta(days=2)) == 1
    assert not User.objects.filter(pk=lost.pk).exists()
    assert User.objects.filter(pk=kept.pk).exists()


# Keys


def stored_key_ids() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select split_part(phone, ':', 1) from people_user where phone <> ''"
            " union select split_part(id_number, ':', 1) from people_party where id_number <> ''"
            " union select split_part(phone, ':', 1) from people_party where phone <> ''"
        )
        return {row[0] for row in cursor.fetchall()}


def test_rotating_brings_every_number_under_the_new_key(settings, capsys):
    settings.FIELD_KEYS = K1
    users = [make_user() for _ in range(5)]
    party, clerk = make_party(users[0]), make_clerk()
    make_enterprise()
    assert stored_key_ids() == {"k1"}

    settings.FIELD_KEYS = f"{K2},{K1}"
    call_command("rotate_keys", batch=2)

    assert stored_key_ids() == {"k2"}
    settings.FIELD_KEYS = K2
    assert User.objects.get(pk=users[4].pk).phone == users[4].phone
    party.refresh_from_db()
    assert party.masked_phone == users[0].masked_phone
    factor = TOTP(Authenticator.objects.get(user=clerk))
    assert crypto.decrypt(factor.instance.data["secret"], "second_factor") == TOTP_SECRET
    assert workflow.rotate_keys() == 0
    assert "已换用当前密钥" in capsys.readouterr().out


def test_a_rotation_that_was_stopped_goes_on_where_it_was(settings):
    settings.FIELD_KEYS = K1
    users = [make_user() for _ in range(4)]
    settings.FIELD_KEYS = f"{K2},{K1}"

    class Stopped(Exception):
        pass

    def stop(column: str, moved: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        workflow.rotate_keys(batch=2, report=stop)
    assert stored_key_ids() == {"k1", "k2"}
    assert workflow.rotate_keys(batch=2) == 2
    assert {User.objects.get(pk=user.pk).phone for user in users} == {user.phone for user in users}


def test_rotating_without_the_old_key_changes_nothing(settings):
    settings.FIELD_KEYS = K1
    make_user()
    settings.FIELD_KEYS = K2
    with pytest.raises(crypto.CannotDecrypt, match="k1"):
        workflow.rotate_keys()
    assert stored_key_ids() == {"k1"}


# Groups


def test_people_are_in_the_groups_of_the_departments_they_have_a_post_in_today():
    office, other = make_department(), make_department("other")
    clerk = make_user(kind="staff")
    workflow.appoint(clerk, "clerk", office, starts_on=TODAY, ends_on=TODAY, by=None, at=NOW)
    workflow.appoint(clerk, "handler", other, starts_on=TODAY + timedelta(days=1), by=None, at=NOW)
    assert list(clerk.groups.all()) == [office.group]

    assert workflow.put_groups_in_step(on=TODAY + timedelta(days=1)) == 1
    assert list(clerk.groups.all()) == [other.group]
    assert workflow.put_groups_in_step(on=TODAY + timedelta(days=1)) == 0


def test_a_department_reaches_its_objects_through_its_group():
    office = workflow.found_department(
        name="示范市城市管理局", code="cgj", region_code="990100", by=None, at=NOW
    )
    clerk, stranger = make_clerk(department=office), make_clerk(department=make_department("other"))
    workflow.grant_to_department(office, "people.change_department", office)
    assert clerk.has_perm("people.change_department", office)
    assert not stranger.has_perm("people.change_department", office)
    assert not clerk.has_perm("people.change_department", make_department("other"))


def test_a_post_begun_twice_is_refused():
    clerk = make_clerk("clerk")
    with pytest.raises(Exception, match="时间重叠"):
        workflow.appoint(clerk, "clerk", make_department(), starts_on=TODAY, by=None, at=NOW)
    make_post(clerk, "handler", ends_on=TODAY)
    workflow.appoint(
        clerk, "handler", make_department(), starts_on=TODAY + timedelta(days=1), by=None, at=NOW
    )
