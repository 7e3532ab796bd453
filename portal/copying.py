"""Rows in bulk into PostgreSQL: COPY of model instances as they stand in memory. No Django signals, no checks."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection, models
from psycopg2.extras import Json

PORTION = 65_536  # bytes handed on at a time
LINES_AT_ONCE = 100

_SPECIAL = re.compile(r"[\\\t\n\r]")  # looked for first: turning a long text costs ten times as much
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def keys(model: type[models.Model], count: int) -> list[int]:
    """So many new primary keys of a model."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            # the name is looked up once, not for each key
            "WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS numbers)"
            " SELECT nextval(numbers) FROM own, generate_series(1, %s)",
            [table, count],
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


class Pattern:
    """Rows of one model that differ in few columns: the others are turned into text once.

    Fields that are neither named in ``varying`` nor given have their default.
    """

    def __init__(self, model: type[models.Model], varying: Sequence[str], **same: object) -> None:
        row = model(**same)
        columns = [str(model._meta.get_field(name).column) for name in varying]  # type: ignore[union-attr]
        cells = []
        for field in model._meta.local_concrete_fields:
            if field.column not in columns[: len(varying)]:
                columns.append(str(field.column))
                cells.append(cell(field.get_db_prep_save(getattr(row, field.attname), connection)))
        self._rest = "".join(f"\t{each}" for each in cells) + "\n"
        quoted = ", ".join(f'"{column}"' for column in columns)
        self._target = f"{model._meta.db_table} ({quoted})"

    def copy(self, rows: Iterable[Sequence[str]]) -> None:
        """``rows`` hold the cells of the varying fields, in their order, each made by ``cell``."""
        rest = self._rest
        copy(self._target, ("\t".join(row) + rest for row in rows))


def update_models(instances: Sequence[models.Model], names: Iterable[str]) -> None:
    """Write these fields of rows of one model, in one statement."""
    if not instances:
        return
    options = instances[0]._meta
    fields = [options.pk, *(options.get_field(name) for name in names)]
    listed = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields[1:])
    columns = [f'"{field.column}"' for field in fields]  # type: ignore[union-attr]
    to_set = ", ".join(f"{column} = given.{column}" for column in columns[1:])
    values = [
        [field.get_db_prep_save(getattr(each, field.attname), connection) for each in instances]  # type: ignore[union-attr]
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {options.db_table} AS t SET {to_set} "  # noqa: S608 (names of our own models)
            f"FROM unnest(%s::bigint[], {listed}) AS given ({', '.join(columns)}) WHERE t.id = given.id",
            values,
        )


def copy(target: str, lines: Iterable[str]) -> None:
    """``target`` is a table with its columns; ``lines`` are made by ``line``."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", _Lines(lines), PORTION)


def line(values: Iterable[object]) -> str:
    """One row in COPY's text format."""
    return "\t".join(map(cell, values)) + "\n"


def cell(value: object) -> str:
    """A value in COPY's text format, strings as they are stored."""
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
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

    def read(self, size: int = PORTION) -> bytes:
        while len(self.rest) < size and (texts := list(islice(self.lines, LINES_AT_ONCE))):
            self.rest += "".join(texts).encode()
        part, self.rest = self.rest[:size], self.rest[size:]
        return part
