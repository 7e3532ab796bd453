"""随机分办公示: the commitment before, the seed after, for anyone to check."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from approvals import draw, workflow
from approvals.models import DutySeed
from tests.approvals.makers import FRIDAY, at, make_case

pytestmark = pytest.mark.django_db


def page(client, **query):
    return client.get(reverse("approvals:draws"), query)


def test_before_the_day_is_over_only_the_commitment_is_shown(client):
    seed = workflow.commit_seed(FRIDAY, at=at(FRIDAY - timedelta(days=1)))

    text = page(client).content.decode()

    assert seed.commitment in text and seed.seed not in text
    assert "当天过后公布" in text and "没有提前一日" not in text


def test_after_the_day_the_seed_is_shown_and_gives_the_commitment(client):
    make_case()
    workflow.reveal_seeds(at=at(FRIDAY + timedelta(days=1)))
    seed = DutySeed.objects.get(day=FRIDAY)

    text = page(client).content.decode()

    assert seed.revealed in text and draw.commitment(seed.revealed) in text
    assert "抽取1次" in text


def test_a_seed_made_on_its_own_day_is_said_to_be_late(client):
    workflow.commit_seed(FRIDAY, at=at(FRIDAY))

    assert "没有提前一日" in page(client).content.decode()


def test_older_days_are_a_page_further_on_and_a_wrong_date_is_named(client):
    for back in range(31):
        workflow.commit_seed(FRIDAY - timedelta(days=back), at=at(FRIDAY - timedelta(days=back + 1)))

    first = page(client)
    older = client.get(reverse("approvals:draws") + first.context["page"]["next_url"])

    assert len(first.context["days"]) == 30
    assert [row.day for row in older.context["days"]] == [FRIDAY - timedelta(days=30)]
    wrong = page(client, after="昨天")
    assert wrong.status_code == 422 and "“昨天”不是日期" in wrong.content.decode()


@pytest.mark.parametrize("days", [2, 12])
def test_the_page_asks_the_same_number_of_questions_for_any_number_of_days(
    client, days, django_assert_num_queries: DjangoAssertNumQueries
):
    for back in range(days):
        workflow.commit_seed(FRIDAY - timedelta(days=back), at=at(FRIDAY - timedelta(days=back + 1)))

    with django_assert_num_queries(1):
        page(client)
