"""What tells whether a page that was set before still holds: asked of the database at each request.

A mark is read before the page is set, so a page is never older than its mark; what is committed in
between makes it newer, and the next mark another one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.timezone import localdate

from disclosure.models import Document

Mark = tuple[object, ...]

# Where PostgreSQL keeps a row and which transaction wrote it: both change with every update of the row,
# and no later state of it has the same two. Columns and offices are few enough to look at every one;
# the numbers drawn by the changes of documents are one row, and those of the last minutes.
_LISTS = """
SELECT (SELECT bit_xor(drawn) FROM disclosure_cataloguechange),
    (SELECT bit_xor(hashtextextended(xmin::text || ctid::text, 0)) FROM disclosure_column),
    (SELECT bit_xor(hashtextextended(xmin::text || ctid::text, 0)) FROM people_department),
    (SELECT count(*) FROM disclosure_document WHERE state = 'published' AND published_at > %s)
"""

# A version and its files are frozen with publication. What else a page prints: the document's own row, its
# publishers, its column and the one above, and the documents it is linked with, as far as their time has come.
# Look-ups inside look-ups: planning the same as joins takes longer than all the rest.
_DOCUMENT = """
row(disclosure_document.xmin, disclosure_document.ctid,
    (SELECT row(office.xmin, office.ctid) FROM people_department office WHERE office.id = disclosure_document.publisher_id),
    (SELECT row(own.xmin, own.ctid,
                (SELECT row(above.xmin, above.ctid) FROM disclosure_column above WHERE above.id = own.parent_id))
     FROM disclosure_column own WHERE own.id = disclosure_document.column_id),
    ARRAY(SELECT row(joint.id, (SELECT row(office.xmin, office.ctid) FROM people_department office
                                WHERE office.id = joint.department_id))
          FROM disclosure_document_joint_publishers joint WHERE joint.document_id = disclosure_document.id
          ORDER BY joint.id),
    ARRAY(SELECT row(link.xmin, link.ctid,
                     (SELECT row(other.xmin, other.ctid, other.published_at > %s) FROM disclosure_document other
                      WHERE other.id = link.source_id + link.target_id - disclosure_document.id))
          FROM disclosure_documentlink link
          WHERE link.source_id = disclosure_document.id OR link.target_id = disclosure_document.id
          ORDER BY link.id))::text
"""
_KEY, _AT = UUID(int=0), datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Marked:
    document_id: int
    mark: Mark


def of_lists(at: datetime) -> Mark:
    """One mark for every list of public documents; another once any of them may print something else."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, [at])
        return localdate(at), *cursor.fetchone()


def of_document(key: UUID, at: datetime) -> Marked | None:
    """One question; nothing where a visitor finds no document."""
    sql, values = question()
    asked: dict[Any, Any] = {_KEY: key, _AT: at, localdate(_AT): localdate(at)}
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked.get(value, value) for value in values])
        found = cursor.fetchone()
    return Marked(found[0], (localdate(at), found[1])) if found else None


@cache
def question() -> tuple[str, tuple[Any, ...]]:
    """Put together once from the one rule of what is public: that takes longer than the answer."""
    asked = Document.objects.visible_to(None, _AT).filter(key=_KEY)
    return asked.values_list("pk", RawSQL(_DOCUMENT, [_AT])).query.sql_with_params()  # noqa: S611 (no value in it)
