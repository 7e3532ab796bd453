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
    """The rows of one page, and where the pages beside it are."""
    found = narrowing.of(documents)
    if narrowing.after:
        found = older(found, *narrowing.after)
    shown: list[Row] = list(rows(found)[: PAGE + 1])
    more = (
        narrowing.query_after(shown[PAGE - 1]["published_at"], shown[PAGE - 1]["pk"])
        if len(shown) > PAGE
        else ""
    )
    first = (narrowing.query() or "?") if narrowing.after else ""
    return shown[:PAGE], {"next_url": more, "previous_url": first}


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
