"""A passkey as the second factor, in a real browser with an authenticator of its own."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page

from tests.people.makers import PASSWORD, make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def type_password(page: Page, site: str) -> None:
    page.goto(site + reverse("account_login"))
    page.get_by_label("手机号码或登录名").fill("zhang.san")
    page.get_by_label("登录口令").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def test_a_clerk_sets_up_a_passkey_at_the_first_sign_in_and_enters_with_it(page: Page, live_server):
    make_post(make_user("zhang.san", name="张三", kind="staff", second_factor=False))
    give_authenticator(page)

    type_password(page, live_server.url)
    page.wait_for_url("**" + reverse("mfa_index"))
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_role("button", name="添加通行密钥").click()
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}

    page.context.clear_cookies()
    type_password(page, live_server.url)
    page.wait_for_url("**" + reverse("mfa_authenticate"))
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url("**" + reverse("admin:index") + "**")
