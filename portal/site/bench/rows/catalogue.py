"""Published documents: lists, facets and pages against their own SQL, a short list and the plainest answer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from disclosure.catalogue import counting, narrowing, pages
from disclosure.models import Document
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.rows.pages import PLAIN, client_of_nobody, get, inside, plain_client
from portal.site.bench.sizes import Size
from portal.site.seeding import documents

LIST = "/disclosure/documents/"
DEEP = 1_000  # the page; fewer where there are fewer
DETAILS = 20  # documents read in turn
ITS_SQL = "its SQL alone, rows fetched"
SHORT = "the page with a small part of the documents"
_GROUPED = """
SELECT grouping(year, publisher_id, topic, validity), year, publisher_id, topic, validity, count(*) FROM (
    SELECT extract(year FROM d.published_at AT TIME ZONE 'Asia/Shanghai') AS year, d.publisher_id, v.topic, d.validity
    FROM disclosure_document d JOIN disclosure_documentversion v ON v.id = d.current_id
    WHERE d.state = 'published' AND d.published_at <= now()
        AND (d.public_until IS NULL OR d.public_until >= current_date)
) seen GROUP BY GROUPING SETS ((), (year), (publisher_id), (topic), (validity))
"""
Side = Callable[[], object]


def fill(places: Places, size: Size) -> None:
    """Documents with their versions; the index of the search is measured with rows of its own."""
    documents.seed_documents(size.documents, findable=False)
    with places.standing_in(places.few):
        documents.seed_documents(size.few_documents, findable=False)


def visits(what: str, size: Size) -> list[str]:
    """The addresses read in one turn, of the database one stands in."""
    if what == "list":
        return [LIST] * size.pages
    total = documents.have(size.documents)
    keys = [documents.key(n * max(1, total // DETAILS) % total) for n in range(size.pages)]
    return [f"{LIST}{key}/" for key in keys]


def reading(paths: list[str]) -> Side:
    client = client_of_nobody()
    return lambda: [get(client, path) for path in paths]


def anew(side: Side) -> Side:
    """Nothing of a page is kept: each is the first of its kind."""

    def there() -> object:
        with override_settings(KEPT_PAGES_BYTES=0):
            return side()

    return there


def against_plain(what: str, places: Places, size: Size, *, cold: bool = False) -> Pair:
    fill(places, size)
    paths, plain = visits(what, size), plain_client()
    pages = reading(paths)
    return Pair(
        reference=lambda: [get(plain, "/healthz") for _ in paths],
        candidate=anew(pages) if cold else pages,
        check=partial(_named, what, paths[0]),
    )


def against_few(what: str, places: Places, size: Size) -> Pair:
    fill(places, size)
    with places.standing_in(places.few):
        few = reading(visits(what, size))
    paths = visits(what, size)
    return Pair(
        reference=anew(inside(places, places.few, few)),
        candidate=anew(reading(paths)),
        check=partial(_named, what, paths[0]),
    )


def against_sql(what: str, places: Places, size: Size) -> Pair:
    fill(places, size)
    paths, client, sent = visits(what, size), client_of_nobody(), []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    get(client, paths[0])  # what is asked once a process is no part of it
    with connection.execute_wrapper(keep):
        anew(lambda: [get(client, path) for path in paths])()

    def raw() -> None:
        with connection.cursor() as cursor:
            for sql, params in sent:
                cursor.execute(sql, params)
                cursor.fetchall()

    return Pair(
        reference=raw,
        candidate=anew(lambda: [get(client, path) for path in paths]),
        check=lambda: f"{len(sent) / len(paths):.0f} statements a page; {_named(what, paths[0])}",
    )


def deep_page(places: Places, size: Size) -> Pair:
    """A page a thousand pages in, forwards and backwards, against the first."""
    fill(places, size)
    public = Document.objects.visible_to(None, timezone.now()).newest_first()
    page = min(DEEP, documents.have(size.documents) // pages.PAGE)
    at, key, wanted = public.values_list("published_at", "pk", "key")[(page - 1) * pages.PAGE - 1 :][0]
    asked = narrowing.Narrowing()
    assert at is not None  # noqa: S101
    deep = [LIST + asked.query_at(side, at, key) for side in ("after", "before")]
    paths = [deep[turn % 2] for turn in range(size.pages)]

    def check() -> str:
        following = public.values_list("key", flat=True)[(page - 1) * pages.PAGE]
        assert f"/{following}/" in get(client_of_nobody(), deep[0])  # noqa: S101
        assert f"/{wanted}/" not in get(client_of_nobody(), deep[0])  # noqa: S101
        return f"page {page:,} begins where it should"

    return Pair(reference=anew(reading([LIST] * size.pages)), candidate=anew(reading(paths)), check=check)


def facets(places: Places, size: Size) -> Pair:
    fill(places, size)

    def grouped() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(_GROUPED)
            return cursor.fetchall()

    def told() -> counting.Counted:
        return counting.count(Document.objects.visible_to(None, timezone.now()), narrowing.Narrowing())

    def check() -> str:
        total = next(row[-1] for row in grouped() if row[0] == 0b1111)
        counted = told()
        assert (counted.count, counted.capped) == (total, False), counted  # noqa: S101
        years = {row[1]: row[-1] for row in grouped() if row[0] == 0b0111}
        shown = next(facet for facet in counted.facets if facet.label == "年份")
        assert {int(choice.label[:-1]): choice.count for choice in shown.choices} == years  # noqa: S101
        return f"{total:,} documents, the same numbers"

    return Pair(reference=grouped, candidate=told, check=check, times=5)


def _named(what: str, path: str) -> str:
    page = get(client_of_nobody(), path)
    key = documents.key(0)
    if what == "detail":
        title = Document.objects.values_list("current__title", flat=True).get(key=key)
        assert title in page  # noqa: S101
    else:
        newest = Document.objects.visible_to(None, timezone.now()).newest_first()
        assert f"/{newest.values_list('key', flat=True)[0]}/" in page  # noqa: S101
    return f"{Document.objects.count():,} documents"


_LIST, _DETAIL = (
    f"{LIST}, with count and facets",
    f"{LIST}<key>/, {DETAILS} of them in turn, no opening counted",
)
_KEPT, _ANEW = (
    ": its inside kept, asked each time whether it holds",
    ": set anew each time, as for the first reader",
)
ROWS = (
    (Row("list-page", "文件列表第一千页", f"page 1{_ANEW}", "page 1,000, forwards and backwards, likewise", Sense.SLOWER, 1.5), deep_page),
    (Row("list", "文件列表", PLAIN, _LIST + _KEPT, Sense.SLOWER, 10), partial(against_plain, "list")),
    (Row("list-cold", "文件列表，未保存", PLAIN, _LIST + _ANEW, Sense.SLOWER, 10), partial(against_plain, "list", cold=True)),
    (Row("list-growth", "文件列表增长", SHORT, _LIST + _ANEW, Sense.SLOWER, 1.5), partial(against_few, "list")),
    (Row("list-sql", "文件列表与其语句", ITS_SQL, _LIST + _ANEW, Sense.SLOWER, None), partial(against_sql, "list")),
    (Row("facets", "目录计数", "one GROUP BY over every document", "counting.count", Sense.FASTER, 10, only_at="large"), facets),
    (Row("detail", "文件页", PLAIN, _DETAIL + _KEPT, Sense.SLOWER, 10), partial(against_plain, "detail")),
    (Row("detail-cold", "文件页，未保存", PLAIN, _DETAIL + _ANEW, Sense.SLOWER, None), partial(against_plain, "detail", cold=True)),
    (Row("detail-growth", "文件页增长", SHORT, _DETAIL + _ANEW, Sense.SLOWER, 1.2), partial(against_few, "detail")),
    (Row("detail-sql", "文件页与其语句", ITS_SQL, _DETAIL + _ANEW, Sense.SLOWER, None), partial(against_sql, "detail")),
)  # fmt: skip
