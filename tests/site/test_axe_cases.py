"""The pages of one's own application, walked with axe as their owner sees them."""

import pytest
from django.test import Client
from playwright.sync_api import Browser

from approvals.models import CaseStatus
from tests.approvals.makers import make_applicant, make_case, make_draft, make_item
from tests.site.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def own_pages() -> tuple[Client, list[str]]:
    """A citizen signed in, and the addresses of what is theirs in every state."""
    user, party = make_applicant()
    version = make_item()
    draft = make_draft(version, user=user, party=party)
    owner = {"version": version, "user": user, "party": party}
    waiting, running = make_case(CaseStatus.SUPPLEMENT, **owner), make_case(CaseStatus.ACCEPTED, **owner)
    closed = make_case(CaseStatus.CLOSED, **owner)
    clock = running.promise_clock
    browser = Client()
    browser.force_login(user)
    steps = [
        f"/drafts/{draft.key}/{step}/" for step in ("form/1", "materials", "precheck", "check", "discard")
    ]
    return browser, [
        f"/guides/{version.item.code}/",
        f"/apply/{version.item.code}/",
        *steps,
        "/my/",
        "/my/messages/",
        f"/cases/{waiting.number}/",
        f"/cases/{waiting.number}/supplement/",
        f"/cases/{running.number}/",
        f"/cases/{running.number}/submitted/",
        f"/cases/{running.number}/withdraw/",
        f"/cases/{running.number}/dates/{clock.public_key}/",
        f"/cases/{closed.number}/",
    ]


def test_axe_finds_nothing_on_the_way_from_guide_to_certificate(
    browser: Browser, live_server, own_pages: tuple[Client, list[str]]
):
    client, paths = own_pages
    context = browser.new_context(locale="zh-CN")
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    found = {}
    for path in paths:
        answer = page.goto(live_server.url + path)
        assert answer
        assert answer.status == 200, path
        if here := faults(page):
            found[path] = here
    context.close()
    assert not found
