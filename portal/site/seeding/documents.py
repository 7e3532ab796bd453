"""Invented public documents by the hundred thousand, with their versions and search rows.

They are ballast: nobody wrote or approved them, and no audit entry tells of them. Number n is the
same document every time, so a run goes on where one ended, and batches are transactions.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime, time

from django.db import connection, transaction
from django.utils.timezone import make_aware

from disclosure.models import Column, Document, DocumentState, DocumentVersion, VersionStatus
from disclosure.models.codes import Attribute, Genre, Method, StatutoryItem, Topic, Validity
from disclosure.workflow import counts, finding
from portal import copying
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
        for first in range(had, total, BATCH):
            last = min(first + BATCH, total)
            _insert(list(texts(first, last)), choices, ways if findable else None)
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


@transaction.atomic
def _insert(batch: Sequence[Text], choices: rows.Choices, ways: finding.Ways | None) -> None:
    ids = copying.keys(Document, len(batch)), copying.keys(DocumentVersion, len(batch))
    made = [
        _document(text, document_id, version_id, choices)
        for text, document_id, version_id in zip(batch, *ids, strict=True)
    ]
    tables = ("disclosure_document", "disclosure_documentversion")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        copying.copy_models(made)
        copying.copy_models([document.current for document in made if document.current])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    if ways is not None:
        rows.copy_wanted(finding.KIND, (finding.findable(document, ways) for document in made))


def _document(text: Text, document_id: int, version_id: int, choices: rows.Choices) -> Document:
    publisher, column, topic, genre, validity = choices.pick(text.number)
    at = make_aware(datetime.combine(text.on, time(9)))
    version = DocumentVersion(
        pk=version_id,
        document_id=document_id,
        number=1,
        status=VersionStatus.PUBLISHED,
        title=text.title,
        body=f"<p>{text.body}</p>",
        text=text.body,
        formed_on=text.on,
        topic=topic,
        genre=genre,
        attribute=Attribute.PROACTIVE,
        methods=[Method.WEBSITE.value],
        statutory_item=StatutoryItem.OTHER,
        source=publisher.name,
        created_at=at,
        submitted_at=at,
        published_at=at,
    )
    version.shown = []  # type: ignore[attr-defined]
    series, serial = divmod(text.number, A_SERIES)
    return Document(
        pk=document_id,
        key=key(text.number),
        index_no=f"SEED{series:04d}X/{text.on:%Y}-{serial:05d}",
        column=column,
        publisher=publisher,
        state=DocumentState.PUBLISHED,
        published_at=at,
        published_on=text.on,
        current=version,
        validity=validity,
        created_at=at,
    )
