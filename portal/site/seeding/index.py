"""The token index during a bulk load: taken down before, built once after, statistics at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from portal.search.models import SearchRow

WORTH_IT = 1_000  # rows below which keeping the index up to date costs less than building it anew
_NAME = "search_by_tokens"


@contextmanager
def set_aside(coming: int) -> Iterator[None]:
    """Rows put inside are found by words when it ends; a run that was killed leaves that to the next one."""
    with connection.cursor() as cursor:
        if coming >= WORTH_IT:
            cursor.execute(f"DROP INDEX IF EXISTS {_NAME}")
        try:
            yield
        finally:
            build()


def build() -> None:
    """Make the index where it is missing, and analyse."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [_NAME])
        if cursor.fetchone()[0] is None:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            index = next(index for index in SearchRow._meta.indexes if index.name == _NAME)
            with connection.schema_editor(atomic=False) as editor:
                editor.add_index(SearchRow, index)
            cursor.execute("RESET maintenance_work_mem")
        cursor.execute("ANALYZE finding_searchrow")
