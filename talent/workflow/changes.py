"""Numbers for what changed: given to committed changes only, in one queue. Nothing else writes them."""

from django.db import connection, transaction

MOST = 5_000  # at once

_OPEN = "SELECT EXISTS (SELECT 1 FROM talent_change WHERE seq IS NULL)"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('talent.number_changes'))"
_NUMBER = """
WITH fresh AS (SELECT id FROM talent_change WHERE seq IS NULL ORDER BY id LIMIT %s),
last AS (SELECT coalesce(max(seq), 0) AS seq FROM talent_change)
UPDATE talent_change c SET seq = last.seq + placed.place
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM fresh) placed, last
WHERE c.id = placed.id
"""


@transaction.atomic
def number(*, most: int = MOST) -> int:
    """Number the changes committed by now after all that are numbered; how many.

    A change whose transaction is still open is not seen here and gets a later number, so a reader who goes
    by numbers never passes it. The lock is held to the commit: whoever sees a number sees all below it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_ALONE)
        cursor.execute(_NUMBER, [most])
        return int(cursor.rowcount)
