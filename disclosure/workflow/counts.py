"""The kept counts and changes of the catalogue: put together while they are added to, and proven against the documents."""

from django.db import connection, transaction

from disclosure.models.changes import DRAWN
from disclosure.models.counts import CELLS

_CELL = "column_id, facet, value, within, within_value"
_FOLD = f"""
WITH several AS (
    SELECT {_CELL} FROM disclosure_cataloguecount GROUP BY {_CELL} HAVING count(*) > 1
), taken AS (
    DELETE FROM disclosure_cataloguecount c USING several s
    WHERE (c.column_id, c.facet, c.value, c.within, c.within_value)
        = (s.column_id, s.facet, s.value, s.within, s.within_value)
    RETURNING c.*
)
INSERT INTO disclosure_cataloguecount ({_CELL}, number)
SELECT {_CELL}, sum(number) FROM taken GROUP BY {_CELL} HAVING sum(number) <> 0
"""  # noqa: S608 (constant parts)
_MEND = f"""
INSERT INTO disclosure_cataloguecount ({_CELL}, number)
SELECT {_CELL}, coalesce(live.number, 0) - coalesce(kept.number, 0)
FROM ({CELLS.format(documents="(SELECT *, 1 AS sign FROM disclosure_document)")}) live
FULL JOIN (SELECT {_CELL}, sum(number)::int AS number FROM disclosure_cataloguecount GROUP BY {_CELL}) kept
    USING ({_CELL})
WHERE coalesce(live.number, 0) <> coalesce(kept.number, 0)
"""  # noqa: S608
_FOLD_CHANGES = """
WITH taken AS (
    DELETE FROM disclosure_cataloguechange WHERE (SELECT count(*) FROM disclosure_cataloguechange) > 1 RETURNING drawn
)
INSERT INTO disclosure_cataloguechange (drawn) SELECT bit_xor(drawn) FROM taken HAVING count(*) > 0
"""
_CHANGE = f"INSERT INTO disclosure_cataloguechange (drawn) SELECT {DRAWN}"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('disclosure_cataloguecount'))"


@transaction.atomic
def fold() -> None:
    """Put the rows of each cell together, and those that tell of changes. Whoever reads or publishes meanwhile is not held up."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_FOLD)
        cursor.execute(_FOLD_CHANGES)


@transaction.atomic
def reconcile() -> int:
    """Make every cell what the documents say; how many were not.

    Documents and cells are read in one statement, so of one moment, and the difference is one more
    addition: what is published meanwhile adds its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_MEND)
        mended = cursor.rowcount
        if mended:  # lists that are kept told the numbers that were wrong
            cursor.execute(_CHANGE)
        return mended
