"""The index against what is public: read in batches, mended thing by thing under lock."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction

from portal.search.workflow.index import Wanted, remove, settle, show

BATCH = 2_000
NAMED = 200  # differences named by kind; the rest is only counted

_KEPT = """
SELECT obj_id, md5(concat_ws('|', title, body, url, to_char("on", 'YYYY-MM-DD'), index_no, coalesce(department_id::text, ''),
    coalesce("column"::text, ''), coalesce(topic::text, ''), coalesce(genre::text, ''),
    coalesce(validity::text, ''), is_past::int::text, coalesce(to_char(until, 'YYYY-MM-DD'), ''), array_to_string(toks, ',')))
FROM finding_searchrow WHERE kind = %s AND obj_id = ANY(%s)
"""
_OPEN = """
DROP TABLE IF EXISTS search_seen;
CREATE TEMPORARY TABLE search_seen (obj_id text PRIMARY KEY, differs boolean NOT NULL)
"""
_SEEN = "INSERT INTO search_seen SELECT * FROM unnest(%s::text[], %s::boolean[]) ON CONFLICT DO NOTHING"
_SUSPECTS = """
SELECT obj_id FROM search_seen WHERE differs
UNION ALL
SELECT obj_id FROM finding_searchrow r WHERE kind = %s
    AND NOT EXISTS (SELECT 1 FROM search_seen s WHERE s.obj_id = r.obj_id)
"""


@dataclass(frozen=True)
class Source:
    """A domain's public things of one kind.

    ``everything`` streams them; ``one`` reads a single one as it is now and locks it against being
    published or withdrawn meanwhile, None when it is not public.
    """

    kind: str
    everything: Callable[[], Iterable[Wanted]]
    one: Callable[[str], Wanted | None]


@dataclass
class Difference:
    """What reconciling had to mend; all zero is the rule. Lists name the first two hundred."""

    checked: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    mended: int = 0

    def note(self, which: list[str], obj_id: str) -> None:
        self.mended += 1
        if len(which) < NAMED:
            which.append(obj_id)


def reconcile(source: Source) -> Difference:
    """Make the rows of a kind exactly what they ought to be, and say what was not.

    The reading is compared by digests, two thousand at a time, so its memory does not grow with the
    index. What seems to differ is looked at again under the domain's own lock before it is mended:
    a thing withdrawn during the run is not put back.
    """
    found = Difference()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        for batch in _batches(source.everything()):
            keys = [each.obj_id for each in batch]
            cursor.execute(_KEPT, [source.kind, keys])
            kept = dict(cursor.fetchall())
            differs = [kept.get(each.obj_id) != digest(source.kind, each) for each in batch]
            cursor.execute(_SEEN, [keys, differs])
            found.checked += len(batch)
        cursor.execute(_SUSPECTS, [source.kind])
        suspects = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE search_seen")
    for obj_id in sorted(suspects):
        _mend(source, obj_id, found)
    settle()
    return found


def digest(kind: str, wanted: Wanted) -> str:
    """As PostgreSQL computes it of the row that ``show`` makes."""
    *words, is_past, until, toks = wanted.values(kind)
    parts = ["" if word is None else str(word) for word in (*words, int(bool(is_past)), until)]
    parts.append(",".join(map(str, toks)))
    return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()


@transaction.atomic
def _mend(source: Source, obj_id: str, found: Difference) -> None:
    wanted = source.one(obj_id)
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [source.kind, [obj_id]])
        row = cursor.fetchone()
    if wanted is None:
        if row:
            remove(source.kind, obj_id)
            found.note(found.removed, obj_id)
    elif row is None:
        show(source.kind, wanted)
        found.note(found.added, obj_id)
    elif row[1] != digest(source.kind, wanted):
        show(source.kind, wanted)
        found.note(found.changed, obj_id)


def _batches(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    each = iter(wanted)
    while batch := list(islice(each, BATCH)):
        yield batch
