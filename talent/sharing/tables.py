"""Tables written as they are read: CSV that no spreadsheet takes for a formula, and JSON. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
FULL = 64_000  # characters handed on at once
Row = dict[str, Any]


def csv_parts(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """With the mark by which spreadsheets know UTF-8."""
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer)
    writer.writerow(headings)
    for row in rows:
        writer.writerow(map(safe, row.values()))
        if buffer.tell() > FULL:
            yield _taken(buffer)
    yield _taken(buffer)


def safe(value: Any) -> Any:
    """A number stays one; a text that begins like a formula is written as text."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def json_parts(about: Row, rows: Iterable[Row]) -> Iterator[str]:
    """An object that says what it is, then its ``rows``."""
    yield json.dumps(about, ensure_ascii=False, default=str)[:-1] + ', "rows": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False, default=str)
    yield "\n]}\n"
