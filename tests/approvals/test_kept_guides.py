"""A guide is set once for all its readers, and never read a moment longer than it holds."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from approvals import workflow
from approvals.models import ServiceItem
from approvals.views.guides import kept
from disclosure.models import Act, Article
from portal.people.models import Department
from tests.approvals.makers import make_item
from tests.people.makers import make_user

pytestmark = pytest.mark.django_db
PAGE = reverse("approvals:guide", args=["construction-permit"])


def read(client) -> str:
    return client.get(PAGE).content.decode()


def test_the_second_reader_costs_one_question_and_reads_the_same(client, django_assert_num_queries):
    make_item()
    kept.cache_clear()
    first = client.get(PAGE)

    with django_assert_num_queries(1):
        second = client.get(PAGE)
    kept.cache_clear()

    assert first.content == second.content == client.get(PAGE).content


def test_each_reader_has_the_page_about_the_same_guide(client):
    make_item()
    assert "李娜" not in read(client)
    client.force_login(make_user("lina", name="李娜"))
    client.cookies["script"] = "hant"
    page = read(client)
    assert "李娜" in page and "施工許可證" in page


def test_a_new_version_and_a_withdrawal_show_at_once(client):
    version = make_item()
    assert "施工前申请" not in read(client)

    draft = workflow.new_version(version.item, by=None, at=timezone.now())
    draft.summary = "施工前申请"
    draft.save(update_fields=["summary"])
    assert "施工前申请" not in read(client)
    workflow.publish(draft, by=None, at=timezone.now())
    assert "施工前申请" in read(client)

    workflow.retire(version.item, reason="事项取消", by=None, at=timezone.now())
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("model", "field"),
    [(Department, "name"), (Act, "title"), (Article, "text"), (ServiceItem, "implementation_code")],
)
def test_what_the_guide_prints_of_others_is_as_they_are_now(client, model, field):
    make_item()
    read(client)
    for word in ("甲处", "乙处"):  # twice in one transaction: the mark tells these apart as well
        assert word not in read(client)
        model.objects.update(**{field: word})
        assert word in read(client)


def test_a_change_that_was_taken_back_leaves_no_trace(client):
    make_item()
    before = read(client)
    with transaction.atomic():
        Article.objects.update(text="从未生效的条文")
        assert "从未生效的条文" in read(client)
        transaction.set_rollback(True)
    assert read(client) == before
    Article.objects.update(text="现行条文")
    assert "现行条文" in read(client)
