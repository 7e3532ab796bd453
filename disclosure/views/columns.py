"""Lists of published documents: a column with what stands below it, or everything."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from disclosure.catalogue import counting, narrowing, pages
from disclosure.models import Column, Document
from disclosure.models.codes import StatutoryItem, Validity
from disclosure.models.documents import DocumentQuerySet


def public() -> DocumentQuerySet:
    """What anyone may read at this moment. Every public page, list and file begins here."""
    return Document.objects.visible_to(None, timezone.now())


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """法定主动公开内容: every document of every column."""
    addresses = {
        "feed": reverse("disclosure:feed"),
        "csv": reverse("disclosure:documents_csv"),
        "json": reverse("disclosure:documents_json"),
    }
    return _list(request, public(), {"addresses": addresses})


@require_GET
def column(request: HttpRequest, slug: str) -> HttpResponse:
    """One column and every column below it."""
    here = get_object_or_404(Column.objects.active().select_related("parent", "department"), slug=slug)
    addresses = {
        "feed": reverse("disclosure:column_feed", args=[slug]),
        "csv": reverse("disclosure:column_csv", args=[slug]),
        "json": reverse("disclosure:column_json", args=[slug]),
    }
    below = list(Column.objects.active().filter(parent=here).in_order())
    return _list(request, public().under(here), {"column": here, "below": below, "addresses": addresses})


def _list(request: HttpRequest, documents: DocumentQuerySet, context: dict[str, Any]) -> HttpResponse:
    read = narrowing.read(request.GET)
    asked = read.narrowing
    counted = counting.count(documents, asked, context.get("column"))
    rows, page = pages.page(documents, asked)
    today = localdate()
    for row in rows:
        row["ended"] = _ended(row, today)
        head, slash, tail = str(row["index_no"]).partition("/")
        row["index_head"], row["index_tail"] = head + slash, tail
    context |= {
        "asked": asked,
        "item": StatutoryItem(asked.item).label if asked.item else "",
        "counted": counted,
        "rows": rows,
        "without_item": asked.query(item="") or "?",
        "undated": asked.query(since="", until="") or "?",
        "request_url": address("disclosure:request"),
        "page": page,
        "mistake": read.mistake,
        "wrong": read.wrong,
        "typed": read.typed,
        "narrowed": asked.query(),
        "updated": rows[0]["published_on"] if rows and not asked.after and not asked.before else None,
    }
    return render(request, "disclosure/list.html", context, status=422 if read.refusal else 200)


def _ended(row: pages.Row, on: date) -> str:
    """失效, 废止 or 已修改; nothing of what is in force or has no validity."""
    document = Document(validity=row["validity"], expires_on=row["expires_on"])
    words = document.validity_on(on)
    return "" if words == Validity.IN_FORCE.label else words


def address(name: str) -> str:
    """The path of a page that another part of the portal may bring, or nothing."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
