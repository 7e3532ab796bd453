"""Search as the index grows, deep in the pages, beside its own SQL, and what a row costs to change."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection, transaction

from portal.search import cursors, query
from portal.search import workflow as search
from portal.search.models import SearchRow
from portal.search.query import Sort
from portal.site.bench import documents
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.site.bench.words import words
from portal.site.seeding import rows
from portal.site.seeding.texts import text

ASKED = 20
GROWTH = (
    ("common", "两字常见词", 10), ("middling", "两字中等词", 60), ("common4", "四字常见词", 25),
    ("middling4", "四字中等词", 10), ("phrase", "六至十字", 8), ("rare", "罕见词", 4), ("nothing", "没有的词", 4),
)  # fmt: skip
DEEP = 1_000  # the page; fewer where there are fewer


def slow_end(asked: list[str]) -> float:
    """The 95th percentile of one search for each word, in seconds."""
    took = []
    for word in asked:
        began = time.perf_counter()
        search.find(word, faceted=True)
        took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=20)[-1]


def growth(kind: str, places: Places, size: Size) -> Pair:
    """The same kind of word in the whole index and in a small one; each in words of its own."""
    with places.standing_in(places.few):
        documents.fill(size.few_documents)
        few = words(kind, ASKED)
    documents.fill(size.documents)
    many = words(kind, ASKED)

    def small() -> float:
        with places.standing_in(places.few):
            return slow_end(few)

    return Pair(reference=small, candidate=lambda: slow_end(many), check=lambda: _spread(many, size))


def _spread(asked: list[str], size: Size) -> str:
    took, capped = [], 0
    for word in asked:
        began = time.perf_counter()
        capped += search.find(word, faceted=True).capped
        took.append((time.perf_counter() - began) * 1000)
    middle, end = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    return f"p50 {middle:.1f} ms, p95 {end:.1f} ms, {capped} of {len(asked)} beyond the cap, {size.documents:,} rows"


def guard(places: Places, size: Size) -> Pair:
    """Were a rare word to walk the dates, it would be slower than a common one, not quicker."""
    documents.fill(size.documents)
    common, rare = words("common", ASKED), words("rare", ASKED // 2) + words("nothing", ASKED // 2)
    return Pair(
        reference=lambda: slow_end(common),
        candidate=lambda: slow_end(rare),
        check=lambda: _spread(rare, size),
    )


def against_sql(places: Places, size: Size) -> Pair:
    """What the call adds to the statement it sends."""
    documents.fill(size.documents)
    asked = words("common", ASKED // 2) + words("middling4", ASKED // 2)
    sent: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("WITH hits"):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        answers = [search.find(word, faceted=True) for word in asked]

    def raw() -> list[list[Any]]:
        found = []
        for sql, params in sent:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(query.PLAN)
                cursor.execute(sql, params)
                found.append(cursor.fetchall())
        return found

    def check() -> str:
        for rows_, answer in zip(raw(), answers, strict=True):
            keys = [row[4] for row in rows_ if row[4] is not None][: query.PAGE]
            assert keys == [hit.id for hit in answer.rows]  # noqa: S101
        return f"{len(sent)} statements, the same rows"

    return Pair(reference=raw, candidate=lambda: [search.find(w, faceted=True) for w in asked], check=check)


def deep_page(places: Places, size: Size) -> Pair:
    """A page a thousand pages in against the first, of the most frequent word."""
    documents.fill(size.documents)
    [word] = words("common", 1)
    total = _matching(word)
    page = min(DEEP, total // query.PAGE)
    before = _matching(word, at=(page - 1) * query.PAGE - 1)
    after = cursors.close((2, *before))

    def check() -> str:
        first = search.find(word, after=after, sort=Sort.DATE).rows[0]
        assert (first.on, first.id) == _matching(word, at=(page - 1) * query.PAGE)  # noqa: S101
        return f"page {page:,} of {total:,} matches begins where it should"

    def turn(after: str) -> None:
        for _ in range(5):
            search.find(word, after=after, sort=Sort.DATE)

    return Pair(reference=lambda: turn(""), candidate=lambda: turn(after), check=check)


def _matching(word: str, at: int | None = None) -> Any:
    """How many rows hold the pair, or date and key of the one in that place from the newest."""
    toks = sorted(query.tokens.pairs(word))
    found = SearchRow.objects.filter(toks__contains=toks).order_by("-on", "-pk")
    return found.count() if at is None else found.values_list("on", "pk")[at]


def withdrawing(places: Places, size: Size) -> Pair:
    """A row taken away against a row put in, each in a transaction of its own."""
    documents.fill(size.documents)
    made = [rows.wanted(text(size.documents + n)) for n in range(size.words * 5)]
    turn = 0

    def put() -> None:
        for each in made:
            search.show(documents.KIND, each)

    def take() -> None:
        for each in made:
            assert search.remove(documents.KIND, each.obj_id)  # noqa: S101

    def ready() -> None:
        """Each side finds what it needs: nothing to put over, everything to take away."""
        nonlocal turn
        keys = [each.obj_id for each in made]
        SearchRow.objects.filter(kind=documents.KIND, obj_id__in=keys).delete()
        if turn % 2:
            put()
        turn += 1

    def check() -> str:
        put()
        take()
        assert not SearchRow.objects.filter(kind=documents.KIND, obj_id=made[0].obj_id).exists()  # noqa: S101
        return f"{len(made)} rows put and withdrawn"

    return Pair(reference=put, candidate=take, check=check, ready=ready)


_P95 = "the 95th percentile of search.find"
ROWS = (
    *(
        (
            Row(
                f"search-growth-{kind}", f"检索增长：{label}", f"{_P95} in the small index", f"{_P95} in the whole one",
                Sense.SLOWER, target, only_at="large",
            ),
            partial(growth, kind),
        )
        for kind, label, target in GROWTH
    ),
    (Row("search-guard", "罕见词不慢于常见词", f"{_P95}, common", f"{_P95}, rare and absent", Sense.SLOWER, 0.5), guard),
    (Row("search-call", "检索调用与其语句", "its SQL alone", "search.find", Sense.SLOWER, 1.3), against_sql),
    (Row("search-page", "检索第一千页", "page 1, by date", "page 1,000", Sense.SLOWER, 1.5), deep_page),
    (Row("search-withdraw", "撤下与发布", "a row put into the index", "a row withdrawn", Sense.SLOWER, 3), withdrawing),
)  # fmt: skip
