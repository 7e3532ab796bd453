"""The search pages with something on them: axe finds nothing, and titles come while one types."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from portal.search import workflow as search
from portal.search.questions import Question
from tests.people.makers import make_user
from tests.search.test_page import put_documents, put_guides
from tests.site.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_pages_of_search_are_sound_and_suggest_titles_to_the_keyboard(page: Page, live_server, client):
    put_documents()
    put_guides(1)
    search.put("guide", "g", title="燃气经营许可", body="", url="/guides/g/", on=date(2020, 1, 1))
    search.pin("燃气", "/guides/g/", by=None, at=timezone.now())
    citizen = make_user("wang", email="wang@example.cn")
    saved = search.subscribe(Question.read({"q": "燃气", "year": "2026"}), by=citizen, at=timezone.now())
    client.force_login(citizen)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    found = {}
    for path in (
        "/search/?q=燃气",
        "/search/?q=燃气&topic=综合政务&since=2026-13-01",
        "/search/?q=燃气&topic=综合政务&since=2026-01-01&sort=date",
        "/search/?q=没有这个词",
        "/search/?q=燃",
        "/search/saved/",
        f"/search/saved/{saved.key}/",
    ):
        page.goto(live_server.url + path)
        if here := faults(page):
            found[path] = here
    assert not found

    page.goto(f"{live_server.url}/search/")
    page.locator("#q").press_sequentially("燃气")
    page.locator(".suggested a").first.wait_for()
    assert not faults(page)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/guides/g/"
    page.keyboard.press("Escape")
    assert page.locator(".suggested").is_hidden()
