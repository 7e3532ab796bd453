"""Every substring is found exactly where LIKE finds it, whatever the answer is narrowed to."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.search import query, tokens
from portal.search import workflow as search
from portal.search.labels import PAST
from portal.search.models import SearchRow
from portal.search.query import Sort
from tests.search.makers import GENRES, TOPICS, fill

pytestmark = pytest.mark.django_db
COUNT = 400
FIRST = date(2026, 1, 1)


@pytest.fixture(scope="module")
def texts(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Four hundred papers, there for the whole file."""
    with django_db_blocker.unblock():
        fill(COUNT)
        rows = list(SearchRow.objects.order_by("id").values_list("title", "body"))
        yield [text for row in rows for text in row]
        SearchRow.objects.all().delete()


def everything(q: str, filters: search.Filters, sort: Sort) -> list[search.Hit]:
    """All pages one after another; and back from the last they are the same."""
    page = search.find(q, filters, sort=sort)
    assert not page.before
    there = [page.rows]
    while page.after:
        page = search.find(q, filters, page.after, sort=sort)
        there.append(page.rows)
    back = [page.rows]
    while page.before:
        page = search.find(q, filters, before=page.before, sort=sort)
        assert page.after
        back.append(page.rows)
    assert back[::-1] == there
    return [hit for rows in there for hit in rows]


def by_like(q: str, filters: search.Filters) -> set[int]:
    pattern = f"%{query.escaped(tokens.fold(q))}%"
    rows = SearchRow.objects.extra(
        where=["(lower(title) LIKE %s OR lower(body) LIKE %s)"], params=[pattern, pattern]
    )
    if filters.topic:
        rows = rows.filter(topic=tokens.label("topic", filters.topic))
    if filters.genre:
        rows = rows.filter(genre=tokens.label("genre", filters.genre))
    if filters.department is not None:
        rows = rows.filter(department_id=filters.department)
    if filters.since:
        rows = rows.filter(on__gte=filters.since)
    if filters.until:
        rows = rows.filter(on__lte=filters.until)
    return set(rows.values_list("pk", flat=True))


days = st.integers(0, 300).map(lambda n: FIRST + timedelta(days=n))
narrowed = st.builds(
    lambda topic, genre, department, span: search.Filters(
        topic=topic, genre=genre, department=department, since=span[0], until=span[1]
    ),
    st.sampled_from(["", *TOPICS]),
    st.sampled_from(["", *GENRES]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([(None, None)]) | st.tuples(days, days).map(lambda pair: tuple(sorted(pair)))
    | st.tuples(days, st.none()) | st.tuples(st.none(), days),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    place=st.integers(0, 2 * COUNT - 1),
    start=st.integers(0, 200),
    length=st.integers(2, 6),
    filters=narrowed,
    sort=st.sampled_from(Sort),
    small=st.booleans(),
)
def test_every_substring_finds_exactly_what_like_finds(texts, place, start, length, filters, sort, small):
    text = texts[place]
    start %= max(1, len(text) - length)
    word = text[start : start + length]
    if " " in word or len(word) < 2:
        word = "施工"
    with pytest.MonkeyPatch.context() as patch:
        if small:  # as if the index were so large that nothing could be counted
            patch.setattr(query, "CAP", 7)
            patch.setattr(query, "NEWEST", 30)
        found = everything(word, filters, sort)
        ids = [hit.id for hit in found]

        assert len(ids) == len(set(ids)), "shown twice"
        assert set(ids) == by_like(word, filters)
        if sort == Sort.DATE:
            assert [(hit.on, hit.id) for hit in found] == sorted(
                ((hit.on, hit.id) for hit in found), reverse=True
            )


def test_of_more_matches_than_are_counted_those_named_in_the_title_come_first_and_what_is_past_comes_last(
    texts, monkeypatch
):
    monkeypatch.setattr(query, "CAP", 100)
    monkeypatch.setattr(query, "NEWEST", 60)
    for n, (title, validity) in enumerate(
        (("住建局的通知", "有效"), ("住建局的旧通知", "废止"), ("通知", "失效"))
    ):
        search.put(
            "paper", f"own-{n}", title=title, body="住建局", url="/", on=date(2020, 1, 1), validity=validity
        )
    found = everything("住建局", search.Filters(), Sort.RELEVANCE)

    first = search.find("住建局", faceted=True)
    assert (first.count, first.capped) == (100, True)
    assert sum(facet.count for facet in first.facets["kind"]) == 100
    assert found[0].title == "住建局的通知"
    assert [hit.title for hit in found[-2:]] == ["通知", "住建局的旧通知"]
    order = [(hit.validity not in PAST, hit.on, hit.id) for hit in found[1:]]
    assert order == sorted(order, reverse=True)


def test_the_facets_of_an_answer_count_what_narrowing_finds(texts):
    whole = search.find("住建局", faceted=True)

    for name in ("kind", "topic", "genre", "department", "year", "validity"):
        for facet in whole.facets[name]:
            value = int(facet.value) if name in ("department", "year") else facet.value
            assert search.find("住建局", search.Filters(**{name: value})).count == facet.count, (name, value)
    assert sum(facet.count for facet in whole.facets["topic"]) == whole.count


def test_a_column_holds_what_is_under_it(texts):
    under = search.find("住建局", search.Filters(column="政策文件")).count
    own = search.find("住建局", search.Filters(column="规范性文件")).count

    assert 0 < own < under
    assert {facet.value for facet in search.find("住建局", faceted=True).facets["column"]} == {
        "规范性文件", "政策解读", "通知公告",
    }  # fmt: skip


@pytest.mark.engine
@pytest.mark.parametrize("word", ["罕见词", "住建局", "无此词语"])
@pytest.mark.parametrize("filters", [search.Filters(), search.Filters(topic="综合政务", since=FIRST)])
def test_the_plan_starts_from_the_token_index_for_a_rare_a_common_and_an_absent_word(texts, word, filters):
    plans: list[str] = []

    def explain(execute, sql, params, many, context):
        if sql.lstrip().startswith("WITH hits"):
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, params)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        search.find(word, filters)

    hits = plans[0][plans[0].index("CTE hits") : plans[0].index("CTE size")]
    assert "search_by_tokens" in hits
    assert "search_newest_first" not in hits
    assert "Seq Scan" not in hits
