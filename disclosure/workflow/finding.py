"""What a search may find of a document; renewed with every change of what its row says."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch

from disclosure.models import Column, Document, DocumentFile, DocumentState, DocumentVersion
from disclosure.models.documents import DocumentQuerySet
from portal.search import workflow as search

KIND = "document"
Ways = dict[int, tuple[search.Place, ...]]


def make_findable(document: Document) -> None:
    """Put or renew the search row; the text of internal originals never reaches it."""
    if document.current is None or document.published_on is None:
        raise LookupError("only a public document can be found")
    search.show(KIND, findable(document, column_ways()))


def make_all_findable(documents: Iterable[Document]) -> None:
    """As ``make_findable``, for many at once; ``current`` and its files as ``to_be_found`` reads them."""
    ways = column_ways()
    search.show_all(KIND, [findable(document, ways) for document in documents])


def renew(document: Document) -> None:
    """After a change of validity: the row of what is public, nothing of what is not."""
    if document.state == DocumentState.PUBLISHED:
        make_findable(document)


def findable(document: Document, ways: Ways) -> search.Wanted:
    """What a search may find of a public document; ``ways`` as from ``column_ways``."""
    version = document.current
    if version is None or document.published_on is None:
        raise LookupError("only a public document can be found")
    return search.Wanted(
        str(document.key),
        version.title,
        searched_text(document, version),
        public_address(document),
        document.published_on,
        document.publisher_id,
        column=ways[document.column_id],
        topic=version.get_topic_display() if version.topic else "",
        genre=version.get_genre_display() if version.genre else "",
        validity=document.get_validity_display() if document.validity else "",
        index_no=document.index_no or "",
        until=document.public_until,
    )


def to_be_found(at: datetime) -> DocumentQuerySet:
    """What anyone may see, with all that ``findable`` reads of it."""
    files = Prefetch("current__files", DocumentFile.objects.public().in_order(), to_attr="shown")
    return (
        Document.objects.visible_to(None, at).select_related("current", "publisher").prefetch_related(files)
    )


def column_ways() -> Ways:
    """For each column the columns from the root of the tree down to it."""
    columns = {column.pk: column for column in Column.objects.only("pk", "name", "parent_id", "is_active")}

    def way(pk: int | None) -> tuple[search.Place, ...]:
        return (*way(columns[pk].parent_id), place(columns[pk])) if pk else ()

    return {pk: way(pk) for pk in columns}


def place(column: Column) -> search.Place:
    """A column as the index knows it: one that is closed has no name to narrow by."""
    return search.Place(str(column.pk), column.name if column.is_active else "")


def name_columns(columns: Iterable[Column]) -> None:
    """Tell the index what these columns are called; in the transaction that names, opens or closes them."""
    search.name_columns(dict(map(place, columns)))


def hang_column(column: Column, *, former: Column | None) -> None:
    """A column has come under another one: what it and those below it hold is found there from now on."""
    ways = column_ways()
    before = ways[former.pk] if former else ()
    after = ways[column.parent_id] if column.parent_id else ()
    search.hang_under(str(column.pk), former=[each.key for each in before], now=[each.key for each in after])


def searched_text(document: Document, version: DocumentVersion) -> str:
    shown = getattr(version, "shown", None)
    files = version.files.public().in_order() if shown is None else shown
    parts = [
        version.summary, version.text, version.doc_no, document.index_no or "", version.keywords,
        document.publisher.name, *(text for each in files for text in (each.title, each.text)),
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def public_address(document: Document) -> str:
    return f"/disclosure/documents/{document.key}/"
