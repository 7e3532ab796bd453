"""Lists of published documents: a column with what stands below it, or everything."""

from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from disclosure.catalogue import counting, marks, narrowing, pages
from disclosure.catalogue.shelf import Parts, shelf
from disclosure.models import Column, Document
from disclosure.models.codes import StatutoryItem, Validity
from disclosure.models.documents import DocumentQuerySet, validity_on

EVERYTHING = "法定主动公开内容"
_NO_KEY = str(UUID(int=0))


def public() -> DocumentQuerySet:
    """What anyone may read at this moment. Every public page, list and file begins here."""
    return Document.objects.visible_to(None, timezone.now())


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """法定主动公开内容: every document of every column."""
    return _list(request, "")


@require_GET
def column(request: HttpRequest, slug: str) -> HttpResponse:
    """One column and every column below it."""
    return _list(request, slug)


def _list(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of a column, or of all; set anew only when one of the documents, columns or offices changed."""
    at = timezone.now()
    name, mark = ("list", slug, request.META.get("QUERY_STRING", "")), marks.of_lists(at)
    parts, refused = shelf.find(name, mark), False
    if parts is None:
        parts, refused = _set(request.GET, slug, at)
        if not refused:
            shelf.keep(name, mark, parts)
    return render(request, "disclosure/list.html", parts, status=422 if refused else 200)


def _set(query: QueryDict, slug: str, at: datetime) -> tuple[Parts, bool]:
    """The parts of the page that are the same for every reader, and whether something was asked wrongly."""
    here, documents = None, Document.objects.visible_to(None, at)
    if slug:
        columns = Column.objects.active().select_related("parent", "department")
        here = get_object_or_404(columns, slug=slug)
        documents = documents.under(here)
    read = narrowing.read(query)
    asked = read.narrowing
    rows, page = pages.page(documents, asked)
    name = here.name if here else EVERYTHING
    feed, csv, json = _addresses(slug)
    context = {
        "city": settings.SITE,
        "name": name,
        "column": here,
        "below": list(Column.objects.active().filter(parent=here).in_order()) if here else [],
        "feed": feed,
        "csv": csv,
        "json": json,
        "asked": asked,
        "item": StatutoryItem(asked.item).label if asked.item else "",
        "counted": counting.count(documents, asked, here),
        "rows": [_line(row, localdate(at)) for row in rows],
        "without_item": asked.query(item="") or "?",
        "undated": asked.query(since="", until="") or "?",
        "request_url": address("disclosure:request"),
        "page": page,
        "mistake": read.mistake,
        "wrong": read.wrong,
        "typed": read.typed,
        "narrowed": asked.query(),
    }
    head = {"name": name, "description": name, "keywords": name, "type": "信息公开目录"}
    foot = {"office": settings.SITE["organ"], "phone": settings.SITE["phone"]}
    if here:
        head["description"], head["keywords"] = here.description or name, here.keywords or name
        head["type"] = here.get_type_display()
        foot = {"office": here.department.name, "phone": here.department.phone or foot["phone"]}
    if rows and not asked.after and not asked.before:
        foot["updated"] = rows[0]["published_on"]
    parts = {
        "name": name,
        "feed": feed,
        "feed_name": here.name if here else "政府信息公开",
        "meta": render_to_string("components/meta_column.html", head),
        "above": _above(here),
        "inside": render_to_string("disclosure/list_inside.html", context),
        "foot": render_to_string("components/page_foot.html", foot),
    }
    return parts, bool(read.refusal)


def _addresses(slug: str) -> list[str]:
    """Where the list is followed, and where it is had as a table and as JSON."""
    if slug:
        return [
            reverse(f"disclosure:{name}", args=[slug])
            for name in ("column_feed", "column_csv", "column_json")
        ]
    return [reverse(f"disclosure:{name}") for name in ("feed", "documents_csv", "documents_json")]


def _above(here: Column | None) -> str:
    """The way back to the column above, for the line of where one is."""
    if here is None or here.parent is None or not here.parent.is_active:
        return ""
    href = reverse("disclosure:column", args=[here.parent.slug])
    return format_html('<li><a href="{}">{}</a></li>', href, here.parent.name)


def _line(row: pages.Row, today: date) -> pages.Row:
    """One document in the words of the list: set twenty times a page, so nothing is left to the template."""
    head, slash, tail = str(row["index_no"]).partition("/")
    return row | {
        "href": _address_of(row["key"]),
        "ended": _ended(row, today),
        "index_head": head + slash,
        "index_tail": tail,
        "formed": row["formed_on"].isoformat() if row["formed_on"] else "",
        "published": row["published_on"].isoformat(),
    }


def _address_of(key: UUID) -> str:
    """As ``reverse`` tells it, which takes longer than all else in a line."""
    return _any_document().replace(_NO_KEY, str(key))


@cache
def _any_document() -> str:
    return reverse("disclosure:document", args=[_NO_KEY])


def _ended(row: pages.Row, on: date) -> str:
    """失效, 废止 or 已修改; nothing of what is in force or has no validity."""
    words = validity_on(row["validity"], row["expires_on"], on)
    return "" if words == Validity.IN_FORCE.label else words


def address(name: str) -> str:
    """The path of a page that another part of the portal may bring, or nothing."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
