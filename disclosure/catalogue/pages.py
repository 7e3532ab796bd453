"""Walking a list of documents, newest first: page by page, or to its end with flat memory."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from disclosure.catalogue.narrowing import Narrowing
from disclosure.models.documents import DocumentQuerySet

PAGE = 20
CHUNK = 1000

Row = dict[str, Any]


def rows(documents: DocumentQuerySet) -> Any:
    """What a list shows of each document; never its text."""
    return documents.newest_first().values(
        "pk",
        "key",
        "index_no",
        "published_on",
        "published_at",
        "validity",
        "expires_on",
        title=F("current__title"),
        doc_no=F("current__doc_no"),
        formed_on=F("current__formed_on"),
        summary=F("current__summary"),
        topic=F("current__topic"),
        item=F("current__statutory_item"),
        changed_at=F("current__published_at"),
        publisher_name=F("publisher__name"),
        column_name=F("column__name"),
    )


def page(documents: DocumentQuerySet, narrowing: Narrowing) -> tuple[list[Row], dict[str, str]]:
    """The rows of one page, and where the pages beside it are; however deep, the cost is one page's."""
    found = narrowing.of(documents)
    if narrowing.before:
        back: list[Row] = list(rows(newer(found, *narrowing.before)).reverse()[: PAGE + 1])
        if len(back) >= PAGE:
            shown = back[:PAGE][::-1]
            return shown, _beside(narrowing, shown, newer=len(back) > PAGE, older=True)
    elif narrowing.after:
        found = older(found, *narrowing.after)
    shown = list(rows(found)[: PAGE + 1])
    more = len(shown) > PAGE
    shown = shown[:PAGE]
    return shown, _beside(narrowing, shown, newer=narrowing.after is not None, older=more)


def _beside(narrowing: Narrowing, shown: list[Row], *, newer: bool, older: bool) -> dict[str, str]:
    """The addresses of the page before and the page after the rows shown; empty where there is none."""

    def at(side: str, row: Row) -> str:
        return narrowing.query_at(side, row["published_at"], row["pk"])

    if not shown:  # what was there has gone meanwhile
        return {"previous_url": (narrowing.query() or "?") if newer else "", "next_url": ""}
    return {
        "previous_url": at("before", shown[0]) if newer else "",
        "next_url": at("after", shown[-1]) if older else "",
    }


def newer(documents: DocumentQuerySet, at: datetime, pk: int) -> DocumentQuerySet:
    """Those that stand before this row in a list."""
    return documents.filter(published_at__gte=at).filter(Q(published_at__gt=at) | Q(pk__gt=pk))


def older(documents: DocumentQuerySet, at: datetime, pk: int) -> DocumentQuerySet:
    """Those that stand after this row in a list; the first condition alone walks the index."""
    return documents.filter(published_at__lte=at).filter(Q(published_at__lt=at) | Q(pk__lt=pk))


def whole(documents: DocumentQuerySet) -> Iterator[Row]:
    """Every row to the end, a thousand at a time: however long the list, memory stays flat."""
    chunk: list[Row] = list(rows(documents)[:CHUNK])
    while chunk:
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1]
        chunk = list(rows(older(documents, last["published_at"], last["pk"]))[:CHUNK])
