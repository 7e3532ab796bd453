"""Those who work inside: password and second factor, one session, fifteen idle minutes."""

import time
from datetime import timedelta
from urllib.parse import unquote

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit import workflow as audit
from portal.people import middleware
from portal.people.models import Lockout, User
from tests.people.makers import PASSWORD, TOTP_SECRET, make_administrator, make_clerk, make_user

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
MINE = "/admin/approvals/case/mine/"  # where the workbench opens for those with a post


def totp_now() -> str:
    cache.clear()  # a code may be used once; here each sign-in is a new half minute
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))


def sign_in(client: Client, user: User) -> None:
    page = client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    assert page.url == reverse("mfa_authenticate")
    page = client.post(page.url, {"code": totp_now()})
    assert page.url == reverse("admin:index")


def actions(user: User) -> list[str]:
    return [entry.action.removeprefix("people.user.") for entry in audit.history(user)]


def test_a_clerk_signs_in_with_password_and_second_factor(client: Client):
    clerk = make_clerk()
    sign_in(client, clerk)
    assert client.get(reverse("admin:index")).url == MINE
    assert audit.history(clerk).get().facts == {"how": "password+mfa"}


def test_the_password_alone_opens_nothing(client: Client):
    clerk = make_clerk()
    client.post(LOGIN, {"login": clerk.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_code_that_was_used_does_not_open_twice(client: Client):
    clerk = make_clerk()
    code = totp_now()
    for expected in (302, 200):
        other = Client()
        page = other.post(LOGIN, {"login": clerk.username, "password": PASSWORD})
        assert other.post(page.url, {"code": code}).status_code == expected


def test_at_the_first_sign_in_nothing_works_before_the_second_factor_is_set_up(client: Client):
    clerk = make_user("xinren", kind="staff", second_factor=False)
    client.post(LOGIN, {"login": "xinren", "password": PASSWORD})
    for path in (reverse("admin:index"), "/my/", "/"):
        assert client.get(path).url == reverse("mfa_index")

    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page = client.post(reverse("mfa_activate_totp"), {"code": code})

    assert page.url == reverse("mfa_view_recovery_codes")
    assert client.get(page.url).context["unused_codes"]
    assert client.get(reverse("admin:index")).status_code == 200
    assert clerk.pk == int(client.session["_auth_user_id"])


def test_the_secret_of_the_second_factor_is_encrypted_in_its_row(client: Client):
    from allauth.mfa.models import Authenticator

    make_clerk()
    assert TOTP_SECRET not in str(Authenticator.objects.get().data)


def test_the_last_second_factor_cannot_be_taken_away(client: Client):
    clerk = make_clerk()
    sign_in(client, clerk)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert "工作人员必须保留至少一种二次验证方式。" in page.content.decode()


def test_what_touches_the_account_asks_again_who_it_is_after_five_minutes(client: Client):
    clerk = make_clerk()
    sign_in(client, clerk)
    assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    page = client.get(reverse("mfa_generate_recovery_codes"))
    assert page.url.startswith(reverse("account_reauthenticate"))


def test_the_admin_has_no_sign_in_of_its_own(client: Client):
    page = client.get("/admin/login/?next=/admin/people/user/")
    assert page.url == f"{LOGIN}?next=/admin/people/user/"


def test_a_citizen_does_not_get_into_the_workbench(client: Client):
    client.force_login(make_user())
    page = client.get(reverse("admin:index"))
    assert page.status_code == 302
    assert "/login/" in page.url


def test_five_failures_lock_for_fifteen_minutes_and_say_until_when(client: Client):
    clerk = make_clerk()
    for _ in range(4):
        page = client.post(LOGIN, {"login": clerk.username, "password": "wrong"})
        assert "登录名或口令不正确。" in page.content.decode()
    page = client.post(LOGIN, {"login": clerk.username, "password": "wrong"})

    until = timezone.localtime(Lockout.objects.get().locked_until)
    assert f"账号已锁定，请于{until:%H:%M}之后再试。" in page.content.decode()
    page = client.post(LOGIN, {"login": clerk.username, "password": PASSWORD})
    assert "账号已锁定" in page.content.decode()
    assert actions(clerk) == ["sign_in_failed"] * 5 + ["locked"]


def test_a_name_nobody_has_is_locked_alike(client: Client):
    for _ in range(5):
        page = client.post(LOGIN, {"login": "nobody", "password": "wrong"})
    assert "账号已锁定" in page.content.decode()


def test_after_the_lock_the_right_password_works_and_the_count_starts_again(client: Client):
    user = make_user(phone="13900000001")
    for _ in range(5):
        client.post(LOGIN, {"login": "13900000001", "password": "wrong"})
    Lockout.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert client.post(LOGIN, {"login": "13900000001", "password": PASSWORD}).url == "/my/"
    assert not Lockout.objects.exists()
    assert actions(user)[-1] == "signed_in"


def test_failures_more_than_fifteen_minutes_apart_do_not_add_up(client: Client):
    clerk = make_clerk()
    for _ in range(4):
        client.post(LOGIN, {"login": clerk.username, "password": "wrong"})
    Lockout.objects.update(first_failed_at=timezone.now() - timedelta(minutes=16))
    page = client.post(LOGIN, {"login": clerk.username, "password": "wrong"})
    assert "账号已锁定" not in page.content.decode()
    assert Lockout.objects.get().failures == 1


def test_wrong_second_factors_lock_too(client: Client):
    clerk = make_clerk()
    client.post(LOGIN, {"login": clerk.username, "password": PASSWORD})
    for _ in range(5):
        page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "账号已锁定" in page.content.decode()
    page = client.post(reverse("mfa_authenticate"), {"code": totp_now()})
    assert "账号已锁定" in page.content.decode()
    assert [e.facts["how"] for e in audit.history(clerk) if "failed" in e.action] == ["second_factor"] * 5


def test_a_second_sign_in_ends_the_first_session(client: Client):
    clerk, elsewhere = make_clerk(), Client()
    sign_in(client, clerk)
    sign_in(elsewhere, clerk)
    page = client.get(reverse("admin:index"), follow=True)
    assert "您的账号已在别处登录或被重置，请重新登录。" in page.content.decode()
    assert elsewhere.get(reverse("admin:index")).url == MINE
    assert actions(clerk)[-1] == "session_ended"


def test_a_citizen_may_use_phone_and_computer_at_once(client: Client):
    user, elsewhere = make_user(), Client()
    client.force_login(user)
    elsewhere.force_login(user)
    assert client.get(reverse("people:account")).status_code == 200


@pytest.mark.parametrize(("kind", "minutes"), [("staff", 15), ("citizen", 30)])
def test_an_idle_session_ends_in_words_and_comes_back_to_the_page(client: Client, kind: str, minutes: int):
    client.force_login(make_user(kind=kind))
    page = reverse("people:account")

    idle(client, minutes * 60 - 5)
    assert client.get(page).status_code == 200

    idle(client, minutes * 60 + 5)
    answer = client.get(page)
    assert unquote(answer.url) == f"{LOGIN}?next={page}"
    assert f"您已超过{minutes}分钟没有操作" in client.get(answer.url).content.decode()


def test_in_elder_mode_a_citizen_is_never_signed_out_for_being_slow_but_staff_are(client: Client):
    client.cookies["elder"] = "on"
    client.force_login(make_user())
    idle(client, 3 * 3600)
    assert client.get(reverse("people:account")).status_code == 200

    client.force_login(make_user(kind="staff"))
    idle(client, 15 * 60 + 5)
    assert client.get(reverse("people:account")).status_code == 302


def test_the_accessibility_page_says_that_elder_mode_does_not_hurry(client: Client):
    assert "长者模式下不会因为30分钟没有操作" in client.get(reverse("site:accessibility")).content.decode()


def idle(client: Client, seconds: int) -> None:
    session = client.session
    session[middleware.SEEN_AT] = timezone.now().timestamp() - seconds
    session.save()


def test_a_machine_is_told_in_json(client: Client):
    client.force_login(make_clerk())
    idle(client, 3600)
    answer = client.get("/api/v1/anything")
    assert (answer.status_code, "请重新登录" in answer.json()["detail"]) == (401, True)


def test_a_quarter_old_password_must_be_changed_first(client: Client):
    clerk = make_clerk()
    User.objects.filter(pk=clerk.pk).update(password_changed_at=timezone.now() - timedelta(days=91))
    client.force_login(clerk)
    assert client.get(reverse("admin:index")).url == reverse("account_change_password")
    new = {"oldpassword": PASSWORD, "password1": "Xin-koulin9", "password2": "Xin-koulin9"}
    assert client.post(reverse("account_change_password"), new).url == reverse("admin:index")
    assert client.get(reverse("admin:index")).url == MINE


def test_a_given_password_must_be_changed_at_the_first_sign_in(client: Client):
    clerk = make_clerk()
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)
    client.force_login(clerk)
    assert client.get("/my/").url == reverse("account_change_password")


def test_a_citizens_password_does_not_expire(client: Client):
    user = make_user(password_changed_at=timezone.now() - timedelta(days=400))
    client.force_login(user)
    assert client.get(reverse("people:account")).status_code == 200


def test_signing_out_is_on_record(client: Client):
    clerk = make_administrator("system")
    sign_in(client, clerk)
    client.post(reverse("account_logout"))
    assert actions(clerk) == ["signed_in", "signed_out"]
    assert "_auth_user_id" not in client.session


def test_a_disabled_account_is_told_so(client: Client):
    user = make_user(phone="13900000001", is_active=False)
    page = client.post(LOGIN, {"login": "13900000001", "password": PASSWORD}, follow=True)
    assert "账号已停用" in page.content.decode()
    assert actions(user) == []


def test_a_superuser_cannot_sign_in_in_production(client: Client, settings):
    make_user("root", kind="staff", is_superuser=True)
    settings.PRODUCTION = True
    page = client.post(LOGIN, {"login": "root", "password": PASSWORD})
    assert page.url == reverse("account_inactive")
