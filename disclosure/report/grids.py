"""Tables of a web page or a workbook as grids of cells, spans spread out. Pure.

Nothing is judged here: ``reading`` finds the annual report's tables in what this gives.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MAX_SPAN, MAX_ROWS, MAX_COLUMNS = 60, 2_000, 200


@dataclass(eq=False)
class Cell:
    """A cell that spans several places stands in each of them as the same object."""

    text: str


Grid = list[list[Cell]]


@dataclass
class Content:
    """``lines`` is the running text outside the tables, a paragraph a line."""

    grids: list[Grid] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class NotATable(Exception):
    """The bytes are not what they claim to be."""


def of_page(html: str) -> Content:
    """The tables of a page, innermost first closed first; malformed markup gives what it gives."""
    reader = _Page()
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.content


def of_workbook(data: bytes) -> Content:
    """Each sheet as one grid. Raises NotATable when the bytes are no XLSX workbook."""
    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as fault:
        raise NotATable(str(fault)) from fault
    content = Content()
    for sheet in book.worksheets:
        grid = [
            [Cell("" if value is None else str(value)) for value in row]
            for row in sheet.iter_rows(
                max_row=min(sheet.max_row, MAX_ROWS),
                max_col=min(sheet.max_column, MAX_COLUMNS),
                values_only=True,
            )
        ]
        for area in sheet.merged_cells.ranges:
            for row in range(area.min_row - 1, min(area.max_row, len(grid))):
                for column in range(area.min_col - 1, min(area.max_col, len(grid[row]))):
                    grid[row][column] = grid[area.min_row - 1][area.min_col - 1]
        content.grids.append(grid)
        content.lines += [line for row in grid if (line := _only_text(row))]
    return content


def _only_text(row: list[Cell]) -> str:
    """A row that says one thing is a line of text, not of a table."""
    texts = [cell.text for cell in dict.fromkeys(row) if cell.text.strip()]
    return texts[0].strip() if len(texts) == 1 else ""


@dataclass
class _Open:
    """A table being read; ``below`` holds the cells that reach down into later rows."""

    grid: Grid = field(default_factory=list)
    row: list[tuple[Cell, int, int]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    span: tuple[int, int] = (1, 1)
    in_cell: bool = False
    below: dict[int, tuple[Cell, int]] = field(default_factory=dict)

    def end_cell(self) -> None:
        if self.in_cell:
            self.row.append((Cell(re.sub(r"\s+", "", "".join(self.words))), *self.span))
        self.words, self.in_cell = [], False

    def end_row(self) -> None:
        self.end_cell()
        if not self.row:
            return
        placed: dict[int, Cell] = {}
        for column, (cell, left) in list(self.below.items()):
            placed[column] = cell
            self.below[column] = (cell, left - 1)
            if left == 1:
                del self.below[column]
        column = 0
        for cell, width, height in self.row:
            while column in placed:
                column += 1
            for _ in range(width):
                placed[column] = cell
                if height > 1:
                    self.below[column] = (cell, height - 1)
                column += 1
        if len(self.grid) < MAX_ROWS:
            width = min(max(placed) + 1, MAX_COLUMNS)
            self.grid.append([placed.get(column) or Cell("") for column in range(width)])
        self.row = []


_BREAKS = {"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "section", "table", "title"}
_SILENT = {"script", "style", "template", "noscript"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.content, self.silent = Content(), 0
        self.open: list[_Open] = []
        self.line: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        if tag in _BREAKS:
            self._end_line()
        if tag == "table":
            self.open.append(_Open())
        table = self.open[-1] if self.open else None
        if table and tag == "tr":
            table.end_row()
        elif table and tag in ("td", "th"):
            table.end_cell()
            table.in_cell = True
            given = dict(attrs)
            table.span = (_span(given.get("colspan")), _span(given.get("rowspan")))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in _BREAKS:
            self._end_line()
        if not self.open:
            return
        if tag in ("td", "th"):
            self.open[-1].end_cell()
        elif tag == "tr":
            self.open[-1].end_row()
        elif tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.open and self.open[-1].in_cell:
            self.open[-1].words.append(data)
        # A page laid out in tables has its text in cells too.
        self.line.append(data)

    def _end_line(self) -> None:
        if text := re.sub(r"\s+", "", "".join(self.line)):
            self.content.lines.append(text)
        self.line = []

    def _end_table(self) -> None:
        table = self.open.pop()
        table.end_row()
        if table.grid:
            self.content.grids.append(table.grid)

    def finish(self) -> None:
        self._end_line()
        while self.open:
            self._end_table()


def _span(text: str | None) -> int:
    """rowspan="0" and nonsense count as one; no cell of the form reaches further than MAX_SPAN."""
    found = re.match(r"\s*(\d{1,4})", text or "")
    return min(max(int(found[1]), 1), MAX_SPAN) if found else 1
