"""A citizen signs up with a phone and an SMS code, and signs in with either code or password."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.people.models import Party, User
from tests.people.makers import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PHONE = "13900000001"
SIGN_UP = {"name": "王小明", "phone": PHONE, "password1": ""}


def last_code() -> str:
    found = re.search(r"\d{6}", Notice.objects.latest("pk").text)
    assert found is not None
    return found.group()


def sign_up(client: Client, **fields: str) -> User:
    client.post(reverse("account_signup"), SIGN_UP | fields)
    client.post(reverse("account_verify_phone"), {"code": last_code()})
    return User.objects.get(phone_verified=True)


def test_signing_up_with_a_code_opens_the_account_and_makes_the_persons_party(client: Client):
    page = client.post(reverse("account_signup"), SIGN_UP)
    assert page.url == reverse("account_verify_phone")
    assert "_auth_user_id" not in client.session

    page = client.post(page.url, {"code": last_code()})

    user = User.objects.get()
    assert page.url == "/my/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.name, user.phone, user.phone_verified) == ("王小明", PHONE, True)
    assert Party.objects.get(user=user).phone == PHONE
    assert [entry.action for entry in audit.history(user)] == [
        "people.user.signed_up",
        "people.user.phone_verified",
        "people.user.signed_in",
    ]


def test_the_code_is_six_digits_and_names_what_it_is_for(client: Client):
    client.post(reverse("account_signup"), SIGN_UP)
    assert re.fullmatch(r"您正在注册，验证码为\d{6}，5分钟内有效。请勿告知他人。", Notice.objects.get().text)


def test_a_wrong_code_is_refused_in_words_and_the_third_starts_over(client: Client):
    client.post(reverse("account_signup"), SIGN_UP)
    wrong = "000000" if last_code() != "000000" else "111111"
    page = client.post(reverse("account_verify_phone"), {"code": wrong})
    assert "验证码不正确，请核对短信后重新输入。" in page.content.decode()
    client.post(reverse("account_verify_phone"), {"code": wrong})
    page = client.post(reverse("account_verify_phone"), {"code": wrong})
    assert page.url == reverse("account_login")


def test_a_number_signed_up_but_never_verified_belongs_to_who_verifies_it(client: Client):
    client.post(reverse("account_signup"), SIGN_UP | {"name": "冒名者"})
    Notice.objects.all().delete()
    owner = sign_up(Client())
    assert (owner.name, owner.phone) == ("王小明", PHONE)


def test_signing_up_again_with_the_number_of_an_account_reveals_nothing_to_the_asker(client: Client):
    make_user(phone=PHONE)
    page = client.post(reverse("account_signup"), SIGN_UP)
    assert page.url == reverse("account_verify_phone")
    assert Notice.objects.get().text == "您的手机号码已注册，请直接登录。如非本人操作请忽略。"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone": "1390000000"}, "手机号码应为11位，现为10位。"),
        ({"phone": ""}, "请填写手机号码。"),
        ({"name": ""}, "请填写姓名。"),
        ({"password1": "abc"}, "口令至少8位，现为3位。"),
        ({"password1": "abcdefgh"}, "口令应包含大写字母、小写字母、数字、符号中的至少三种。"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_stored(
    client: Client, fields: dict, sentence: str
):
    page = client.post(reverse("account_signup"), SIGN_UP | fields)
    assert sentence in page.content.decode()
    assert not User.objects.exists()


def test_signing_in_with_a_code_needs_no_password(client: Client):
    user = make_user(phone=PHONE)
    page = client.post(reverse("account_request_login_code"), {"phone": "139 0000 0001"})
    page = client.post(page.url, {"code": last_code()})
    assert page.url == "/my/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert audit.history(user).get().facts == {"how": "code"}


def test_asking_a_code_for_a_number_without_account_looks_the_same(client: Client):
    known = Client()
    make_user(phone=PHONE)
    one = known.post(reverse("account_request_login_code"), {"phone": PHONE})
    other = client.post(reverse("account_request_login_code"), {"phone": "13900000002"})
    assert one.url == other.url
    assert "尚未注册" in Notice.objects.latest("pk").text


def test_a_second_code_within_a_minute_is_refused_in_words(client: Client):
    make_user(phone=PHONE)
    client.post(reverse("account_request_login_code"), {"phone": PHONE})
    page = Client().post(reverse("account_request_login_code"), {"phone": PHONE}, follow=True)
    assert "验证码发送过于频繁，1分钟内最多1次，请稍后再试。" in page.content.decode()
    assert Notice.objects.count() == 1


def test_resending_at_once_is_refused_in_words_and_sends_nothing(client: Client):
    make_user(phone=PHONE)
    page = client.post(reverse("account_request_login_code"), {"phone": PHONE})
    page = client.post(page.url, {"action": "resend"}, follow=True)
    assert "验证码发送过于频繁" in page.content.decode()
    assert Notice.objects.count() == 1


def test_signing_in_with_phone_and_password(client: Client):
    make_user(phone=PHONE)
    page = client.post(reverse("account_login"), {"login": "139 0000 0001", "password": PASSWORD})
    assert page.url == "/my/"


def test_a_staff_phone_is_no_way_in(client: Client):
    make_user("clerk1", kind="staff", phone=PHONE)
    client.post(reverse("account_request_login_code"), {"phone": PHONE})
    assert "尚未注册" in Notice.objects.get().text
    page = Client().post(reverse("account_login"), {"login": PHONE, "password": PASSWORD})
    assert "手机号码或口令不正确。" in page.content.decode()


def test_after_a_code_the_password_is_changed_without_the_old_one(client: Client):
    user = make_user(phone=PHONE)
    page = client.post(reverse("account_request_login_code"), {"phone": PHONE})
    client.post(page.url, {"code": last_code()})
    new = {"password1": "Xin-koulin9", "password2": "Xin-koulin9"}
    client.post(reverse("account_change_password"), new)
    user.refresh_from_db()
    assert user.check_password("Xin-koulin9")
    assert client.get(reverse("people:account")).status_code == 200


def test_after_a_password_the_old_one_is_asked(client: Client):
    user = make_user(phone=PHONE)
    client.post(reverse("account_login"), {"login": PHONE, "password": PASSWORD})
    page = client.post(
        reverse("account_change_password"), {"password1": "Xin-koulin9", "password2": "Xin-koulin9"}
    )
    assert "请填写当前口令。" in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_new_phone_counts_once_its_code_is_shown(client: Client):
    user = make_user(phone=PHONE)
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 9e9, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    page = client.post(reverse("account_change_phone"), {"phone": "13900000002"})
    assert page.url == reverse("account_verify_phone")
    user.refresh_from_db()
    assert user.phone == PHONE
    client.post(page.url, {"code": last_code()})
    user.refresh_from_db()
    assert (user.phone, user.phone_verified) == ("13900000002", True)
