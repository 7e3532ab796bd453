"""Rows in bulk into PostgreSQL: COPY of model instances as they stand in memory. No Django signals, no checks."""

import re
from collections.abc import Iterable, Sequence

from django.db import connection, models
from psycopg2.extras import Json

_SPECIAL = re.compile(r"[\\\t\n\r]")  # looked for first: turning a long text costs ten times as much
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def keys(model: type[models.Model], count: int) -> list[int]:
    """So many new primary keys of a model."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def copy_models(instances: Sequence[models.Model]) -> None:
    """Rows of one model, each with its key. Columns are written as ``save`` would, encrypted ones too."""
    if not instances:
        return
    fields = instances[0]._meta.local_concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    lines = (
        line([field.get_db_prep_save(getattr(each, field.attname), connection) for field in fields])
        for each in instances
    )
    copy(f"{instances[0]._meta.db_table} ({names})", lines)


def copy(target: str, lines: Iterable[str]) -> None:
    """``target`` is a table with its columns; ``lines`` are made by ``line``."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", _Lines(lines))


def line(values: Iterable[object]) -> str:
    """One row in COPY's text format."""
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"  # numbers and plain codes only
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Json):
        value = value.dumps(value.adapted)
    text = str(value)
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


class _Lines:
    """A stream COPY can read from, made as it is read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.rest = b""

    def read(self, size: int = 8192) -> bytes:
        while len(self.rest) < size and (text := next(self.lines, "")):
            self.rest += text.encode()
        part, self.rest = self.rest[:size], self.rest[size:]
        return part
