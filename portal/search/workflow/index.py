"""Rows of the index, one at a time, in the transaction of the thing itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from portal.search import tokens
from portal.search.labels import Labels, Place, way
from portal.search.models import SearchRow

_LABELS = """
INSERT INTO finding_label (token, name, value)
SELECT * FROM unnest(%s::int[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING
"""
_NAMES = """
INSERT INTO finding_label AS l (token, name, value) SELECT token, 'column', value FROM unnest(%s::int[], %s::text[]) n (token, value)
ON CONFLICT (token) DO UPDATE SET value = excluded.value WHERE l.value <> excluded.value
"""
_HANG = """
UPDATE finding_searchrow SET toks = ARRAY(
    SELECT tok FROM unnest(toks) tok WHERE tok <> ALL(%s::int[]) UNION SELECT unnest(%s::int[]) ORDER BY 1
) WHERE toks @> %s::int[]
"""
COLUMNS = (
    'title, body, url, "on", index_no, department_id, "column", topic, genre, validity, is_past, until, toks'
)
_PUT_ALL = f"""
INSERT INTO finding_searchrow AS r (kind, obj_id, {COLUMNS})
VALUES %s
ON CONFLICT (kind, obj_id) DO UPDATE SET ({COLUMNS}) = ROW ({", ".join(f"excluded.{name.strip()}" for name in COLUMNS.split(","))})
WHERE (r.title, r.body, r.url, r."on", r.index_no, r.is_past, r.until, r.toks) IS DISTINCT FROM
    (excluded.title, excluded.body, excluded.url, excluded."on", excluded.index_no, excluded.is_past, excluded.until,
    excluded.toks)
"""  # noqa: S608 (names of our own)
_WAITS = (
    "SELECT 1 FROM pg_class WHERE relname = 'search_by_tokens' AND NOT 'fastupdate=off' = ANY(reloptions)"
)
_ROW = f"({'%s, ' * (COLUMNS.count(',') + 2)}%s::int[])"


@contextmanager
def many_coming() -> Iterator[None]:
    """While rows come in by the thousand the token index takes them in portions, at a tenth of the cost.

    All of them are found at once as ever; a search reads the waiting portion (4 MB at most) besides
    the index. Who is killed inside leaves it so until the next who ends, or the nightly ``reconcile``.
    Each turn of the switch waits for the searches that run, and those that come wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX IF EXISTS search_by_tokens SET (fastupdate = on)")
    try:
        yield
    finally:
        settle()


def settle() -> None:
    """The token index takes each row at once again, and what waited; nothing where it does already."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITS)
        if cursor.fetchone() is None:
            return
        cursor.execute("ALTER INDEX IF EXISTS search_by_tokens SET (fastupdate = off)")
        cursor.execute(
            "SELECT gin_clean_pending_list(i) FROM to_regclass('search_by_tokens') i WHERE i IS NOT NULL"
        )


@dataclass(frozen=True)
class Wanted:
    """What ought to be found of one thing; the arguments of ``put``."""

    obj_id: str
    title: str
    body: str
    url: str
    on: date
    department_id: int | None = None
    column: str | Sequence[str | Place] = ""
    topic: str = ""
    genre: str = ""
    validity: str = ""
    index_no: str = ""
    until: date | None = None
    is_replaced: bool = False

    def labels(self, kind: str) -> Labels:
        labels = (self.topic, self.genre, self.validity, self.is_replaced)
        return Labels(kind, self.on, self.department_id, way(self.column), *labels)

    def values(self, kind: str) -> list[Any]:
        """The row's columns after kind and obj_id, as they are kept."""
        title, body, labels = tokens.clean(self.title)[:300], tokens.clean(self.body), self.labels(kind)
        heading = tokens.pairs(title)
        toks = sorted(heading | tokens.in_title(heading) | tokens.pairs(body) | labels.tokens)
        return [
            title,
            body,
            self.url,
            self.on,
            self.index_no,
            *labels.facets,
            labels.is_past,
            self.until,
            toks,
        ]


def put(
    kind: str,
    obj_id: str | int,
    *,
    title: str,
    body: str,
    url: str,
    on: date,
    department_id: int | None = None,
    column: str | Sequence[str | Place] = "",
    topic: str = "",
    genre: str = "",
    validity: str = "",
    index_no: str = "",
    until: date | None = None,
) -> None:
    """Make a public thing findable, or renew it; in the transaction that publishes it.

    Only what every visitor may read belongs here: there is no permission behind a row. ``column``,
    ``topic``, ``genre`` and ``validity`` are the words people see (规范性文件, 综合政务, 通知, 有效);
    ``column`` is the name of the column or the names from the root down to it: who narrows to one
    of these finds the thing. ``index_no`` is only told, to be found it must stand in the body.
    After the day ``until`` it is found no more.
    """
    wanted = Wanted(
        str(obj_id), title, body, url, on, department_id, column, topic, genre, validity, index_no, until
    )
    show(kind, wanted)


def show(kind: str, wanted: Wanted) -> None:
    """As ``put``, for what is written down already."""
    show_all(kind, [wanted])


def show_all(kind: str, many: Sequence[Wanted]) -> None:
    """As ``show``, for many things in one statement a hundred; none of them twice."""
    worded = {word for wanted in many for word in wanted.labels(kind).worded}
    with connection.cursor() as cursor:
        keep_labels(cursor, sorted(worded))
        execute_values(cursor, _PUT_ALL, [_written(kind, each) for each in many], template=_ROW)


def _written(kind: str, wanted: Wanted) -> list[Any]:
    """The tokens as one text: a thousand numbers one by one take the driver longer than all else."""
    *values, toks = wanted.values(kind)
    return [kind, wanted.obj_id, *values, "{" + ",".join(map(str, toks)) + "}"]


def keep_labels(cursor: Any, worded: list[tuple[int, str, str]]) -> None:
    """What the tokens of these labels read as. Labels are few: two that meet in one token were not seen."""
    if worded:
        cursor.execute(_LABELS, list(map(list, zip(*worded, strict=True))))


def name_columns(names: Mapping[str, str]) -> None:
    """What the columns of these keys are called from now on; an empty name is neither shown nor narrowed by."""
    made = sorted((tokens.label("column", key), name) for key, name in names.items())
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [[token for token, _ in made], [name for _, name in made]])


def hang_under(key: str, *, former: Iterable[str], now: Iterable[str]) -> int:
    """The column of that key, with all below it, stands under other columns; how many rows were renewed."""
    own, left, come = (
        [tokens.label("column", each) for each in keys]
        for keys in ([key], set(former) - set(now), set(now) - set(former))
    )
    with connection.cursor() as cursor:
        cursor.execute(_HANG, [left, come, own])
        return int(cursor.rowcount)


def remove(kind: str, obj_id: str | int) -> bool:
    """Withdraw; in the transaction that withdraws the thing itself. Whether there was a row."""
    return SearchRow.objects.filter(kind=kind, obj_id=str(obj_id)).delete()[0] > 0
