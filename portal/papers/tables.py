"""Tables as other systems write them and as spreadsheets save them: CSV and XLSX, read row by row."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile

from django.core.files.storage import default_storage
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.refusals import RuleBroken

ZIP = b"PK\x03\x04"
_UNREADABLE = "这不是CSV或者XLSX表格，请在表格软件中另存为这两种格式之一后上传。"


def headings_of(stored: str) -> list[str]:
    """The cells of the first row. Raises RuleBroken for what is no table."""
    with _lines(stored) as lines:
        try:
            return [str(name).strip() for name in next(lines, ())]
        except csv.Error as unreadable:
            raise RuleBroken(_UNREADABLE, field="table") from unreadable


def cells_of(stored: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number as a spreadsheet shows it (headings are row 1), and its cells by heading."""
    with _lines(stored) as lines:
        headings = [str(name).strip() for name in next(lines, ())]
        for number, cells in enumerate(lines, start=2):
            if any(cells):
                yield number, dict(zip(headings, cells, strict=False))


@contextmanager
def _lines(stored: str) -> Iterator[Iterator[Sequence[str]]]:
    with default_storage.open(stored, "rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head == ZIP:
            yield _workbook_lines(raw)
        else:
            csv.field_size_limit(4_000_000)
            yield csv.reader(_text(raw))


def _text(raw: Any) -> io.TextIOWrapper:
    """UTF-8, or what Excel saves in Chinese."""
    encoding = "utf-8-sig"
    head = raw.read(1_000_000)
    try:
        # a cut character at the end of the sample is no reason to call it something else
        head[: head.rfind(b"\n") + 1 or None].decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
    raw.seek(0)
    return io.TextIOWrapper(raw, encoding=encoding, newline="", errors="replace")


def _workbook_lines(raw: Any) -> Iterator[Sequence[str]]:
    """The first sheet, cell by cell as text; a row at a time, whatever its length."""
    try:
        book = load_workbook(raw, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as unreadable:
        raise RuleBroken(_UNREADABLE, field="table") from unreadable
    try:
        for cells in book.worksheets[0].iter_rows(values_only=True):
            yield [_as_text(cell) for cell in cells]
    finally:
        book.close()


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
