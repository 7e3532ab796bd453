"""The first page shows what there is, and nothing that is not."""

import pytest

from portal.site import navigation
from tests.approvals.makers import FRIDAY, make_case, make_item

pytestmark = pytest.mark.django_db


def test_six_things_people_come_for_and_none_is_a_dead_end(client):
    tasks = navigation.tasks()
    assert len(tasks) == 6
    for task in tasks:
        assert client.get(task["href"]).status_code in (200, 302), task


def test_a_section_that_does_not_exist_is_not_offered(client):
    page = client.get("/").content.decode()
    offered = [task["label"] for task in navigation.tasks()]
    assert all(label in page for label in offered)
    missing = [label for label, name, _ in navigation.TASKS if not navigation.address(name)]
    assert not [label for label in missing if f">{label}</a>" in page]


def test_a_guide_stands_with_its_promise_and_the_law(client):
    version = make_item()
    page = client.get("/").content.decode()
    assert f'<a href="/guides/{version.item.code}/">{version.name}</a>' in page
    assert "承诺5个工作日" in page
    assert "（法定7个工作日）" in page


def test_an_empty_city_says_why_it_is_empty(client):
    page = client.get("/").content.decode()
    assert "近12个月还没有办结的办件" in page


def test_the_guide_asked_for_most_comes_first(client):
    from datetime import timedelta

    from portal.site import news

    make_item("a-quiet-one")
    busy = make_item("busy-one")
    make_case(version=busy)
    assert news.popular(FRIDAY + timedelta(days=1))[0].item == busy.item


def test_the_first_page_asks_the_same_few_questions_however_much_there_is(
    client, django_assert_max_num_queries
):
    from django.core.cache import cache

    make_case()
    cache.clear()
    with django_assert_max_num_queries(12):
        client.get("/")
    with django_assert_max_num_queries(1):  # which documents are public at this moment
        client.get("/")
