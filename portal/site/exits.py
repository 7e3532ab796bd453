"""The look from outside: is what was withdrawn gone from every exit an anonymous visitor has?

Each exit is one line of ``EXITS``. It is asked like any visitor asks, through the whole stack,
caches included; nothing here knows how an exit decides what it shows.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from disclosure import file_text
from disclosure.models import Document, GazetteIssue
from disclosure.workflow import exits
from disclosure.workflow.exits import Found
from portal.site.views.crawlers import MOST

GONE = frozenset({404, 410})
GONE_RULE, SILENT_RULE, WORDS_RULE, COUNT_RULE = "gone", "silent", "words", "count"
A_SAMPLE = 24  # characters of its text by which a document is known in a PDF
TOLD = re.compile("共(\\d+)件")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Exit:
    """``args`` and ``query`` name what of the document fills the address (see ``traces``).

    ``gone``: the address itself must answer 404 or 410. ``silent``: it may answer, and must not
    lead to the document. ``words``: the text of the PDF must not hold the document's. ``count``: the
    list must tell no more documents than its own data hold. ``each`` names what there may be several
    of, each with an address of its own (see ``SEVERAL``).
    """

    name: str
    view: str
    args: tuple[str, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    rule: str = SILENT_RULE
    each: str = ""


_HERE = (("after", "place"),)
_LIKE = (("year", "year"), ("department", "department"), ("topic", "topic"))
_WORDS = (("q", "title"),)
EXITS: tuple[Exit, ...] = (
    Exit("文件页", "disclosure:document", ("key",), rule=GONE_RULE),
    Exit("二维码", "disclosure:document_qr", ("key",), rule=GONE_RULE),
    Exit("附件", "disclosure:document_file", ("key", "file"), rule=GONE_RULE, each="files"),
    Exit("附件打包下载", "disclosure:document_bundle", ("key",), rule=GONE_RULE),
    Exit("文件接口", "api:document", ("index_no",), rule=GONE_RULE),
    Exit("信息公开首页", "disclosure:home"),
    Exit("文件列表", "disclosure:documents", query=_HERE),
    Exit("文件列表首页", "disclosure:documents"),
    Exit("文件列表件数", "disclosure:documents", query=_LIKE, rule=COUNT_RULE),
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
    Exit("相关文件页", "disclosure:document", ("related",), each="related"),
    Exit("法规条文页", "site:article", ("act", "anchor"), each="articles"),
    Exit("公报篇目", "disclosure:gazette_issue", ("issue_year", "issue_number"), each="issues"),
    Exit(
        "公报全文", "disclosure:gazette_file", ("issue_year", "issue_number"), rule=WORDS_RULE, each="issues"
    ),
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
    visitor = make_visitor(document.pk)
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
    if each.rule == COUNT_RULE:
        return _overcounted(visitor, address, body.decode())
    if each.rule == WORDS_RULE:
        return "全文中仍有该文件的正文" if _is_quoted(document, body) else ""
    return "仍有通向该文件的链接" if str(document.key).encode() in body else ""


def _overcounted(visitor: Client, address: str, page: str) -> str:
    told = TOLD.search(page)
    query = urlsplit(address).query
    data = visitor.get(f"{reverse('disclosure:documents_json')}?{query}")
    if data.status_code != 200:
        return f"应答为{data.status_code}，无法核对"
    held = len(json.loads(data.getvalue())["documents"])
    return f"页面写{told[1]}件，清单只有{held}件" if told and int(told[1]) > held else ""


def _is_quoted(document: Document, pdf: bytes) -> bool:
    """Line ends and spaces of the page aside."""
    version = document.current
    sample = "".join(version.text.split())[-A_SAMPLE:] if version else ""
    return bool(sample) and sample in "".join(file_text.read(pdf, "application/pdf").split())


def addresses(each: Exit, document: Document) -> Iterator[str]:
    """The address of an exit for this document; one for each of what there are several of."""
    traces = traces_of(document)
    for several in SEVERAL[each.each](document) if each.each else [{}]:
        known = {**traces, **several}
        if not traces or not all(known[name] for name in each.args):
            continue
        try:
            path = reverse(each.view, args=[known[name] for name in each.args])
        except NoReverseMatch:  # an exit of a part that is not installed
            continue
        query = {name: known[value] for name, value in each.query if known[value]}
        yield f"{path}?{urlencode(query)}" if query else path


def traces_of(document: Document) -> dict[str, Any]:
    """What of a document stands in addresses; nothing of one that was never public."""
    version, published_at = document.current, document.published_at
    if version is None or published_at is None:
        return {}
    moment = (published_at - _EPOCH) // timedelta(microseconds=1)
    return {
        "key": str(document.key),
        "index_no": document.index_no or "",
        "title": version.title,
        "column": document.column.slug,
        "department": document.publisher.code,
        "topic": version.topic,
        "year": str(published_at.year),
        "place": f"{moment}~{document.pk + 1}",  # the page of a list that begins with it
        "sitemap": f"documents-{document.pk // MOST}",
    }


def _files(document: Document) -> Iterator[dict[str, Any]]:
    """Each of its files that was public."""
    if document.current is not None:
        for key in document.current.files.public().in_order().values_list("key", flat=True):
            yield {"file": str(key)}


def _related(document: Document) -> Iterator[dict[str, Any]]:
    """Each document it was linked with, whichever way."""
    for link in document.links_out.select_related("target"):
        yield {"related": str(link.target.key)}
    for link in document.links_in.select_related("source"):
        yield {"related": str(link.source.key)}


def _articles(document: Document) -> Iterator[dict[str, Any]]:
    """Each article of law it names."""
    for citation in document.citations.select_related("article"):
        yield {"act": citation.article.act_id, "anchor": citation.article.anchor}


def _issues(document: Document) -> Iterator[dict[str, Any]]:
    """Each published issue of the gazette it stands in."""
    for issue in GazetteIssue.objects.visible_to(None, timezone.now()).filter(entries__document=document):
        yield {"issue_year": issue.year, "issue_number": issue.number}


SEVERAL: dict[str, Callable[[Document], Iterator[dict[str, Any]]]] = {
    "files": _files, "related": _related, "articles": _articles, "issues": _issues,
}  # fmt: skip


def make_visitor(number: int = 0) -> Client:
    """A browser that knows nobody, asking under the public name of the site.

    Each number comes from a place of its own (the addresses set aside for examples), so that many
    documents looked at in one minute are not refused as one visitor who asks too often.
    """
    public = urlsplit(settings.PUBLIC_URL)
    secure = public.scheme == "https"
    return Client(
        raise_request_exception=False,
        SERVER_NAME=public.hostname or "localhost",
        REMOTE_ADDR=f"198.51.100.{number % 254 + 1}",
        SERVER_PORT=str(public.port or (443 if secure else 80)),
        **{"wsgi.url_scheme": public.scheme},
    )
