"""The look from outside: is what was withdrawn gone from every exit an anonymous visitor has?

Each exit is one line of ``EXITS``. It is asked like any visitor asks, through the whole stack,
caches included; nothing here knows how an exit decides what it shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from disclosure.models import Document
from disclosure.workflow import exits
from disclosure.workflow.exits import Found
from portal.site.views.crawlers import MOST

GONE = frozenset({404, 410})
GONE_RULE, SILENT_RULE = "gone", "silent"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Exit:
    """``args`` and ``query`` name what of the document fills the address (see ``traces``).

    ``gone``: the address itself must answer 404 or 410. ``silent``: it may answer, and must not
    lead to the document.
    """

    name: str
    view: str
    args: tuple[str, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    rule: str = SILENT_RULE


_HERE = (("after", "place"),)
_LIKE = (("year", "year"), ("department", "department"), ("topic", "topic"))
_WORDS = (("q", "title"),)
EXITS: tuple[Exit, ...] = (
    Exit("文件页", "disclosure:document", ("key",), rule=GONE_RULE),
    Exit("二维码", "disclosure:document_qr", ("key",), rule=GONE_RULE),
    Exit("附件", "disclosure:document_file", ("key", "file"), rule=GONE_RULE),
    Exit("附件打包下载", "disclosure:document_bundle", ("key",), rule=GONE_RULE),
    Exit("文件接口", "api:document", ("index_no",), rule=GONE_RULE),
    Exit("信息公开首页", "disclosure:home"),
    Exit("文件列表", "disclosure:documents", query=_HERE),
    Exit("文件列表首页", "disclosure:documents"),
    Exit("文件列表表格", "disclosure:documents_csv", query=_LIKE),
    Exit("文件列表数据", "disclosure:documents_json", query=_LIKE),
    Exit("栏目列表", "disclosure:column", ("column",), _HERE),
    Exit("栏目列表首页", "disclosure:column", ("column",)),
    Exit("栏目表格", "disclosure:column_csv", ("column",), _LIKE),
    Exit("栏目数据", "disclosure:column_json", ("column",), _LIKE),
    Exit("订阅", "disclosure:feed"),
    Exit("栏目订阅", "disclosure:column_feed", ("column",)),
    Exit("检索结果", "search:search", query=_WORDS),
    Exit("检索建议", "search:suggestions", query=_WORDS),
    Exit("检索订阅", "search:feed", query=_WORDS),
    Exit("检索结果表格", "search:csv", query=_WORDS),
    Exit("检索结果数据", "search:json", query=_WORDS),
    Exit("检索接口", "api:search", query=_WORDS),
    Exit("首页", "site:home"),
    Exit("自助终端文件页", "site:kiosk_document", ("key",), rule=GONE_RULE),
    Exit("自助终端最新公开", "site:kiosk_find"),
    Exit("检索（自助终端）", "site:kiosk_find", query=_WORDS),
    Exit("网站地图", "site:sitemap_part", ("sitemap",)),
)


def check_all(*, at: datetime) -> int:
    """Look at what was withdrawn and not yet seen closed. Returns how many documents were looked at."""
    documents = Document.objects.with_exits_to_check(at).select_related("current", "column", "publisher")
    looked = 0
    for document in documents.order_by("pk"):
        exits.record(document, found=list(look(document)), at=at)
        looked += 1
    return looked


def look(document: Document) -> Iterator[Found]:
    """Every exit at which a visitor still gets, or is led to, the document; an exit that fails counts as open."""
    visitor = make_visitor()
    for each in EXITS:
        for address in addresses(each, document):
            seen = visit(visitor, each, address, document)
            if seen:
                yield Found(each.name, address, seen)
                break


def visit(visitor: Client, each: Exit, address: str, document: Document) -> str:
    """What is wrong with the answer, in words; empty when the exit is closed."""
    response = visitor.get(address)
    body = response.getvalue()
    if response.status_code in GONE:
        return ""
    if each.rule == GONE_RULE:
        return f"应答为{response.status_code}，应为已撤下"
    if response.status_code != 200:
        return f"应答为{response.status_code}，无法核对"
    return "仍有通向该文件的链接" if str(document.key).encode() in body else ""


def addresses(each: Exit, document: Document) -> Iterator[str]:
    """The address of an exit for this document; one for each file where files are asked for."""
    for traces in traces_of(document) if "file" in each.args else [next(traces_of(document))]:
        if not all(traces[name] for name in each.args):
            continue
        try:
            path = reverse(each.view, args=[traces[name] for name in each.args])
        except NoReverseMatch:  # an exit of a part that is not installed
            continue
        query = {name: traces[value] for name, value in each.query if traces[value]}
        yield f"{path}?{urlencode(query)}" if query else path


def traces_of(document: Document) -> Iterator[dict[str, str]]:
    """What of a document stands in addresses, once for each of its files that was public (once without any)."""
    version, published_at = document.current, document.published_at
    if version is None or published_at is None:
        return
    moment = (published_at - _EPOCH) // timedelta(microseconds=1)
    traces = {
        "key": str(document.key),
        "index_no": document.index_no or "",
        "title": version.title,
        "column": document.column.slug,
        "department": document.publisher.code,
        "topic": version.topic,
        "year": str(published_at.year),
        "place": f"{moment}~{document.pk + 1}",  # the page of a list that begins with it
        "sitemap": f"documents-{document.pk // MOST}",
        "file": "",
    }
    files = version.files.public().in_order().values_list("key", flat=True)
    for key in files or [""]:
        yield {**traces, "file": str(key)}


def make_visitor() -> Client:
    """A browser that knows nobody, asking under the public name of the site."""
    public = urlsplit(settings.PUBLIC_URL)
    secure = public.scheme == "https"
    return Client(
        raise_request_exception=False,
        SERVER_NAME=public.hostname or "localhost",
        SERVER_PORT=str(public.port or (443 if secure else 80)),
        **{"wsgi.url_scheme": public.scheme},
    )
