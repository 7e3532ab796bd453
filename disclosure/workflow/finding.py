"""What a search may find of a document; renewed with every change of what its row says."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch

from disclosure.models import Column, Document, DocumentFile, DocumentState, DocumentVersion
from disclosure.models.documents import DocumentQuerySet
from portal.search import workflow as search

KIND = "document"


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


def findable(document: Document, ways: dict[int, tuple[str, ...]]) -> search.Wanted:
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
    )


def to_be_found(at: datetime) -> DocumentQuerySet:
    """What anyone may see, with all that ``findable`` reads of it."""
    files = Prefetch("current__files", DocumentFile.objects.public().in_order(), to_attr="shown")
    return (
        Document.objects.visible_to(None, at).select_related("current", "publisher").prefetch_related(files)
    )


def column_ways() -> dict[int, tuple[str, ...]]:
    """For each column the names from the root of the tree down to it."""
    columns = {pk: (name, parent) for pk, name, parent in Column.objects.values_list("pk", "name", "parent")}

    def way(pk: int | None) -> tuple[str, ...]:
        name, parent = columns[pk] if pk else ("", None)
        return (*way(parent), name) if pk else ()

    return {pk: way(pk) for pk in columns}


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
