"""Long lists tell their numbers from kept counts, and these are what counting anew would say."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from disclosure.catalogue import counting
from disclosure.models import CatalogueCount, Document
from disclosure.workflow import counts, documents, review
from portal.people.models import PostRole
from tests.disclosure.makers import (
    approve,
    at,
    clear,
    make_column,
    make_many_published,
    make_published_document,
    make_publisher,
    make_staff,
)

pytestmark = pytest.mark.django_db
LIST = reverse("disclosure:documents")


@pytest.fixture(autouse=True)
def nothing_kept(settings) -> None:
    """Each list is set anew: what is kept of it is another question."""
    settings.KEPT_PAGES_BYTES = 0


@pytest.fixture
def town() -> None:
    """Nine documents: two columns, one below the other, two offices, two topics, two years."""
    top = make_column("zhengce", "政策文件")
    below, away = make_column("guifan", "规范性文件", parent=top), make_publisher("czj")
    for number in range(9):
        made = make_published_document(
            f"第{number}号通知",
            column=(top, below, make_column())[number % 3],
            publisher=away if number % 2 else make_publisher(),
            topic="04" if number < 4 else "10",
            statutory_item="20-7" if number < 5 else "20-8",
        )
        if number < 3:
            Document.objects.filter(pk=made.pk).update(published_at=at(date(2025, 12, 31), hour=23))


def told(client, path: str) -> tuple[int, bool, dict[str, dict[str, int]]]:
    counted = client.get(path).context["counted"]
    facets = {facet.label: {c.label: c.count for c in facet.choices} for facet in counted.facets}
    return counted.count, counted.capped, facets


def cells() -> Counter:
    names = ("column", "facet", "value", "within", "within_value")
    found: Counter = Counter()
    for *cell, number in CatalogueCount.objects.values_list(*names, "number"):
        found[tuple(cell)] += number
    return Counter({cell: number for cell, number in found.items() if number})


@pytest.mark.parametrize(
    "path",
    [
        LIST,
        reverse("disclosure:column", args=["zhengce"]),
        f"{LIST}?topic=10",
        f"{LIST}?department=czj",
        f"{LIST}?year=2026",
        f"{LIST}?item=20-7",
        f"{reverse('disclosure:column', args=['zhengce'])}?department=czj",
    ],
)
def test_a_list_tells_as_kept_what_counting_all_of_it_would(client, town, monkeypatch, path):
    counted = told(client, path)
    monkeypatch.setattr(counting, "_kept", lambda narrowing, column: None)
    assert told(client, path) == counted
    assert counted[0] and not counted[1]


@pytest.mark.parametrize("query", ["?topic=10&year=2026", "?since=2025-01-01"])
def test_a_long_list_of_which_nothing_is_kept_says_so_and_invents_no_number(client, town, monkeypatch, query):
    monkeypatch.setattr(counting, "CAP", 2)
    count, capped, facets = told(client, LIST + query)
    assert (count, capped) == (2, True)
    assert {number for choices in facets.values() for number in choices.values()} == {None}


def test_the_statutory_items_tell_their_numbers(client, town):
    items = {c.query: c.count for c in client.get(reverse("disclosure:home")).context["items"]}
    assert (items["?item=20-7"], items["?item=20-8"], items["?item=20-1"]) == (5, 4, 0)


def test_what_is_past_its_last_day_is_counted_no_more_though_no_sweep_came(client, town):
    ended = Document.objects.filter(current__statutory_item="20-7", current__topic="10").get()
    before = told(client, LIST)
    Document.objects.filter(pk=ended.pk).update(public_until=date(2026, 3, 10))

    after = told(client, LIST)
    assert after[0] == before[0] - 1
    assert after[2]["主题"]["城乡建设、环境保护"] == before[2]["主题"]["城乡建设、环境保护"] - 1
    assert told(client, f"{LIST}?topic=10")[0] == 4
    items = {c.query: c.count for c in client.get(reverse("disclosure:home")).context["items"]}
    assert items["?item=20-7"] == 4


def test_every_change_of_what_is_public_is_counted_with_it(town):
    first, second, third = Document.objects.order_by("pk")[:3]
    by = make_staff(PostRole.APPROVER, first.publisher)
    documents.withdraw(first, reason="有误。", by=by, at=timezone.now())
    changed = documents.revise(second, by=None, at=at(), change_note="更正主题")
    documents.edit(changed, topic="07", by=changed.author, at=at())
    changed.refresh_from_db()
    approve(clear(review.submit(changed, by=changed.author, at=at())))
    Document.objects.filter(pk=third.pk).update(validity="repealed")
    make_many_published(5)

    kept = cells()
    assert counts.reconcile() == 0
    assert kept[(second.column_id, "topic", "07", "", "")] == 1
    assert sum(n for cell, n in kept.items() if cell[1] == "") == 8 + 5
    assert sum(n for cell, n in kept.items() if cell[1:] == ("validity", "repealed", "", "")) == 1

    counts.fold()
    assert cells() == kept
    assert CatalogueCount.objects.count() == len(kept)
    counts.fold()
    assert cells() == kept


def test_the_nightly_reconcile_mends_what_was_changed_past_the_counting(town):
    right = cells()
    CatalogueCount.objects.filter(facet="topic").delete()
    CatalogueCount.objects.filter(facet="year").update(number=7)
    CatalogueCount.objects.create(column=make_column("kong", "空栏目"), number=3)
    assert cells() != right

    assert counts.reconcile() > 0
    assert cells() == right
    assert counts.reconcile() == 0


def test_a_list_costs_the_same_queries_however_long(client, town):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        return len(asked)

    client.get(LIST)
    short = queries()
    make_many_published(30)
    assert queries() == short
