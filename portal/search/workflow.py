"""What is public can be found; what is withdrawn cannot, from the same moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from portal.search import tokens
from portal.search.models import SearchRow
from portal.search.query import Found, Hit, find, suggest

__all__ = ["Difference", "Found", "Hit", "Wanted", "find", "put", "reconcile", "remove", "suggest"]

_PUT = """
INSERT INTO search_searchrow AS r (kind, obj_id, title, body, url, "on", category, department_id, toks)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (kind, obj_id) DO UPDATE SET title = excluded.title, body = excluded.body, url = excluded.url,
    "on" = excluded."on", category = excluded.category, department_id = excluded.department_id,
    toks = excluded.toks
WHERE (r.title, r.body, r.url, r."on", r.category, r.department_id) IS DISTINCT FROM
    (excluded.title, excluded.body, excluded.url, excluded."on", excluded.category, excluded.department_id)
"""


@dataclass(frozen=True)
class Wanted:
    """What ought to be found of one thing; the arguments of ``put``."""

    obj_id: str
    title: str
    body: str
    url: str
    on: date
    department_id: int | None = None
    category: str = ""


@dataclass(frozen=True)
class Difference:
    """What reconciling had to mend; all empty is the rule."""

    added: list[str]
    changed: list[str]
    removed: list[str]


def put(
    kind: str,
    obj_id: str | int,
    *,
    title: str,
    body: str,
    url: str,
    on: date,
    department_id: int | None = None,
    category: str = "",
) -> None:
    """Make a public thing findable, or renew it; in the transaction that publishes it.

    Only what every visitor may read belongs here: there is no permission behind a row.
    """
    title, body = tokens.clean(title)[:300], tokens.clean(body)
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT,
            [
                kind,
                str(obj_id),
                title,
                body,
                url,
                on,
                category,
                department_id,
                _row_tokens(kind, title, body, on, department_id, category),
            ],
        )


def remove(kind: str, obj_id: str | int) -> bool:
    """Withdraw; in the transaction that withdraws the thing itself. Whether there was a row."""
    return SearchRow.objects.filter(kind=kind, obj_id=str(obj_id)).delete()[0] > 0


@transaction.atomic
def reconcile(kind: str, wanted: Iterable[Wanted]) -> Difference:
    """Make the rows of a kind exactly what they ought to be, and say what was not."""
    found = {row["obj_id"]: row for row in SearchRow.objects.filter(kind=kind).values()}
    added: list[str] = []
    changed: list[str] = []
    for each in wanted:
        row = found.pop(each.obj_id, None)
        title, body = tokens.clean(each.title)[:300], tokens.clean(each.body)
        ought = _row_tokens(kind, title, body, each.on, each.department_id, each.category)
        if row and (row["title"], row["body"], row["url"], row["on"], sorted(row["toks"])) == (
            title,
            body,
            each.url,
            each.on,
            ought,
        ):
            continue
        if row:
            remove(kind, each.obj_id)
        put(
            kind,
            each.obj_id,
            title=each.title,
            body=each.body,
            url=each.url,
            on=each.on,
            department_id=each.department_id,
            category=each.category,
        )
        (changed if row else added).append(each.obj_id)
    for obj_id in found:
        remove(kind, obj_id)
    return Difference(added=added, changed=changed, removed=sorted(found))


def _row_tokens(
    kind: str, title: str, body: str, on: date, department_id: int | None, category: str
) -> list[int]:
    heading = tokens.pairs(title)
    labels = {tokens.label("kind", kind), tokens.label("year", on.year)}
    if category:
        labels.add(tokens.label("category", category))
    if department_id is not None:
        labels.add(tokens.label("department", department_id))
    return sorted(heading | tokens.in_title(heading) | tokens.pairs(body) | labels)
