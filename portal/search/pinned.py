"""What staff put first for a question, as long as it is public."""

from django.db import connection
from django.utils.timezone import localdate

from portal.search.query import Hit

_PINNED = """
SELECT r.id, r.kind, r.obj_id, r.title, r.body, r.url, r."on", r.department_id, r.index_no
FROM finding_pin p JOIN finding_searchrow r ON r.kind = p.kind AND r.obj_id = p.obj_id
WHERE p.is_active AND p.question = %s AND (r.until IS NULL OR r.until >= %s) ORDER BY p.position, p.id
"""


def for_question(words: list[str]) -> list[Hit]:
    """Joined with the index: what was withdrawn since is not shown."""
    with connection.cursor() as cursor:
        cursor.execute(_PINNED, [" ".join(words), localdate()])
        return [Hit(*row) for row in cursor.fetchall()]
