"""A visitor nobody knows reads a kept page; anyone known never does."""

import pytest
from django.utils import timezone

from approvals import workflow
from tests.approvals.makers import make_item
from tests.people.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE_SECONDS = 30


def test_the_second_visitor_costs_nothing(client, django_assert_num_queries):
    make_item()
    first = client.get("/promises/")
    with django_assert_num_queries(0):
        second = client.get("/promises/")
    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())


def test_someone_signed_in_reads_a_page_of_their_own(client):
    client.get("/help/")
    client.force_login(make_user("lina", name="李娜"))
    assert "李娜" in client.get("/help/").content.decode()
    client.logout()
    assert "李娜" not in client.get("/help/").content.decode()


def test_each_way_of_reading_is_kept_apart(client):
    client.get("/help/")
    client.post("/preferences/", {"elder": "on", "script": "hant"})
    page = client.get("/help/").content.decode()
    assert "data-elder" in page
    assert "使用幫助" in page


def test_a_guide_changed_or_withdrawn_shows_at_once(client):
    client.get("/guides/")
    version = make_item()
    assert "共1个事项" in client.get("/guides/").content.decode()
    assert client.get(f"/guides/{version.item.code}/").status_code == 200

    workflow.retire(version.item, reason="事项取消", by=None, at=timezone.now())

    assert "共1个事项" not in client.get("/guides/").content.decode()
    assert client.get(f"/guides/{version.item.code}/").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/login/", "/cases/track/", "/verify/"])
def test_a_page_with_a_form_is_never_kept(client, path):
    tokens = {client.get(path).content for _ in range(2)}
    assert len(tokens) == 2  # a fresh token each time


def test_a_page_that_was_missing_is_looked_for_again(client):
    assert client.get("/guides/construction-permit/").status_code == 404
    make_item("construction-permit")
    assert client.get("/guides/construction-permit/").status_code == 200


def test_a_foreign_host_is_refused_and_leaves_nothing_behind(client):
    assert client.get("/help/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil.example" not in client.get("/help/").content.decode()


def test_the_cache_stays_small(client):
    from portal.site.page_cache import MOST_PAGES, Kept, PageCacheMiddleware

    pages = PageCacheMiddleware(lambda request: None)
    for number in range(MOST_PAGES + 10):
        pages.keep((number,), Kept(0, b"", ()))
    assert len(pages.pages) == MOST_PAGES
    assert (0,) not in pages.pages
