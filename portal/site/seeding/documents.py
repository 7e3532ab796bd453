"""Invented public documents by the hundred thousand, with their versions and search rows.

They are ballast: nobody wrote or approved them, and no audit entry tells of them. Number n is the
same document every time, so a run goes on where one ended, and batches are transactions.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction

from disclosure.models import Column, Document, DocumentState, DocumentVersion, VersionStatus
from disclosure.models.codes import Attribute, Genre, Method, StatutoryItem, Topic, Validity
from disclosure.workflow import counts, finding
from portal import copying
from portal.ahead import ahead
from portal.people.models import Department
from portal.refusals import RuleBroken
from portal.site.seeding import index, rows
from portal.site.seeding.texts import Text, texts

BATCH = 2_000
NAMESPACE = uuid.UUID("5eed5eed-0000-4000-8000-000000000000")
A_SERIES = 90_000  # numbers under one invented organisation code


def seed_documents(
    total: int, *, findable: bool = True, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Have so many invented documents in all; how many were added. Without search rows unless ``findable``.

    ``progress`` is told how many there are. The token index is taken down meanwhile: until the
    end, or until the next run if this one is killed, searches are slow. Raises RuleBroken without a
    column to hang them on.
    """
    ways = finding.column_ways()
    choices = rows.Choices(
        departments=list(Department.objects.filter(is_active=True).order_by("pk")),
        columns=list(Column.objects.active().filter(children=None).order_by("pk")),
        topics=Topic.values,
        genres=Genre.values,
        validities=Validity.values,
    )
    if not choices.columns or not choices.departments:
        raise RuleBroken("还没有栏目和机构，请先装载示范市。")
    had = have(total)
    progress(had)
    if had == total:
        index.build()
        counts.reconcile()
        return 0
    rows.keep_all_labels(ways.values(), topic=Topic.labels, genre=Genre.labels, validity=Validity.labels)
    with index.set_aside(total - had) if findable else nullcontext():
        for last, made in ahead(_made(had, total, choices, ways if findable else None)):
            _insert(made)
            progress(last)
    counts.reconcile()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE disclosure_document, disclosure_documentversion, disclosure_cataloguecount")
    return total - had


def key(number: int) -> uuid.UUID:
    """The public key of invented document n."""
    return uuid.uuid5(NAMESPACE, str(number))


def have(most: int) -> int:
    """How many there are, from number 0 without a gap: batches were committed in order."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if Document.objects.filter(key=key(middle)).exists():
            low = middle + 1
        else:
            high = middle
    return low


@dataclass(frozen=True)
class _Made:
    """Cells of a document, of its version, and of what the search keeps of it if anything."""

    document: tuple[str, ...]
    version: tuple[str, ...]
    found: str


def _made(
    had: int, total: int, choices: rows.Choices, ways: finding.Ways | None
) -> Iterator[tuple[int, list[_Made]]]:
    """Batches, each with the number it ends at; made while the database takes the one before."""
    for first in range(had, total, BATCH):
        last = min(first + BATCH, total)
        yield last, [_one(text, choices, ways) for text in texts(first, last)]


def _one(text: Text, choices: rows.Choices, ways: finding.Ways | None) -> _Made:
    publisher, column, topic, genre, validity = choices.pick(text.number)
    at, on = f"{text.on} 09:00:00+08", text.on.isoformat()
    series, serial = divmod(text.number, A_SERIES)
    index_no, own = f"SEED{series:04d}X/{text.on:%Y}-{serial:05d}", str(key(text.number))
    found = ""
    if ways is not None:
        version = SimpleNamespace(
            title=text.title, text=text.body, topic=topic, genre=genre, summary="", doc_no="", keywords="", shown=[],
            get_topic_display=lambda: _TOPICS[topic], get_genre_display=lambda: _GENRES[genre],
        )  # fmt: skip
        document: Any = SimpleNamespace(
            key=own, current=version, published_on=text.on, publisher=publisher, publisher_id=publisher.pk, column_id=column.pk,
            index_no=index_no, public_until=None, validity=validity,
            get_validity_display=lambda: _VALIDITIES[validity],
        )  # fmt: skip
        found = rows.found(finding.KIND, finding.findable(document, ways))
    cell = copying.cell
    return _Made(
        (own, index_no, str(column.pk), str(publisher.pk), at, on, validity, at),
        (
            cell(text.title), cell(f"<p>{text.body}</p>"), cell(text.body), on, topic, genre,
            cell(publisher.name), at, at, at,
        ),
        found,
    )  # fmt: skip


_TOPICS, _GENRES, _VALIDITIES = dict(Topic.choices), dict(Genre.choices), dict(Validity.choices)
_DOCUMENT = (
    "id", "current", "key", "index_no", "column", "publisher", "published_at", "published_on", "validity", "created_at",
)  # fmt: skip
_VERSION = (
    "id", "document", "title", "body", "text", "formed_on", "topic", "genre", "source", "created_at", "submitted_at",
    "published_at",
)  # fmt: skip


@transaction.atomic
def _insert(made: list[_Made]) -> None:
    ids = [map(str, copying.keys(model, len(made))) for model in (Document, DocumentVersion)]
    keyed = list(zip(made, *ids, strict=True))
    versions = copying.Pattern(
        DocumentVersion, _VERSION, number=1, status=VersionStatus.PUBLISHED, attribute=Attribute.PROACTIVE,
        methods=[Method.WEBSITE.value], statutory_item=StatutoryItem.OTHER,
    )  # fmt: skip
    documents = copying.Pattern(Document, _DOCUMENT, state=DocumentState.PUBLISHED)
    tables = ("disclosure_document", "disclosure_documentversion")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        documents.copy((document, version, *one.document) for one, document, version in keyed)
        versions.copy((version, document, *one.version) for one, document, version in keyed)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    if made and made[0].found:
        copying.copy(rows.FOUND, (one.found for one in made))
