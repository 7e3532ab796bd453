"""A report as a JSON file (the shape ``reading`` takes) and as a workbook. Pure.

The workbook is what ``reading`` reads back; text that begins like a formula is written as text.
"""

import io
import json
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from disclosure.report import cells, layout
from disclosure.report.cells import Figures
from disclosure.report.checks import plain
from disclosure.report.wording import PART_TITLES

_LINE = Side(style="thin")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def as_json(
    title: str, year: int, figures: Figures, parts: Mapping[int, str], more: Mapping[str, Any]
) -> str:
    """``more`` stands beside the tables: the department, the day of publication, the corrections."""
    given: dict[str, Any] = {
        "source": title,
        "year": year,
        **more,
        "columns": [column.label for column in cells.T3_COLUMNS],
        "t3": {
            row.key: [plain(figures.get(f"t3.{row.key}.{column.key}")) for column in cells.T3_COLUMNS]
            for row in cells.request_rows(year)
        },
        "t2": {},
        "t4": [
            plain(figures.get(f"t4.{group.key}.{column.key}"))
            for group in cells.T4_GROUPS
            for column in cells.T4_COLUMNS
        ],
        "fees": {key: plain(figures.get(f"fees.{key}")) for key in ("cases", "yuan")},
        "parts": {str(part): text for part, text in parts.items()},
    }
    for block in cells.blocks(year):
        for row in block.rows:
            values = [plain(figures.get(f"t2.{row.key}.{column.key}")) for column in block.columns]
            label = f"{row.label}(万元)" if block.is_money else row.label
            given["t2"][label] = values[0] if len(values) == 1 else values
    return json.dumps(given, ensure_ascii=False, indent=1)


def as_workbook(
    title: str, opening: str, year: int, figures: Figures, parts: Mapping[int, str], corrections: list[str]
) -> bytes:
    """Sheets 文字, 表二, 表三 and 表四, laid out and merged as the form prints them."""
    book, shown = Workbook(), layout.tables(figures, year)
    words = book.create_sheet("文字")
    del book["Sheet"]
    for line in (title, opening, *_lines(parts), *(f"更正：{one}" for one in corrections)):
        words.append([ILLEGAL_CHARACTERS_RE.sub("", line)])
        cell = words.cell(words.max_row, 1)
        cell.data_type, cell.alignment = "s", _LEFT
    words.column_dimensions["A"].width = 110
    words.cell(1, 1).font = Font(bold=True, size=14)
    _published(book.create_sheet("表二"), shown, figures)
    _requests(book.create_sheet("表三"), shown, figures)
    _outcomes(book.create_sheet("表四"), shown, figures)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(parts: Mapping[int, str]) -> list[str]:
    lines: list[str] = []
    for part, title in PART_TITLES.items():
        lines += [title, *parts.get(part, "").splitlines()]
    return [line for line in lines if line.strip()]


class _Pen:
    """Writes boxed cells and merges those that span."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet

    def put(self, row: int, column: int, value: Any, across: int = 1, down: int = 1) -> None:
        for y in range(row, row + down):
            for x in range(column, column + across):
                self.sheet.cell(y, x).border = _BOX
        cell = self.sheet.cell(row, column, value)
        cell.alignment = _LEFT if isinstance(value, str) and len(value) > 6 else _MIDDLE
        if across > 1 or down > 1:
            self.sheet.merge_cells(
                start_row=row, start_column=column, end_row=row + down - 1, end_column=column + across - 1
            )


def _published(sheet: Worksheet, shown: layout.Tables, figures: Figures) -> None:
    pen, row = _Pen(sheet), 1
    for block in shown.published:
        pen.put(row, 1, block.heading, across=4)
        pen.put(row + 1, 1, "信息内容")
        width = 3 if len(block.columns) == 1 else 1
        for index, label in enumerate(block.columns):
            pen.put(row + 1, 2 + index, label, across=width)
        row += 2
        for line in block.lines:
            pen.put(row, 1, line.heads[0].text)
            for index, cell in enumerate(line.cells):
                pen.put(row, 2 + index, _number(figures, cell), across=width)
            row += 1
    for letter in "ABCD":
        sheet.column_dimensions[letter].width = 22


def _requests(sheet: Worksheet, shown: layout.Tables, figures: Figures) -> None:
    pen = _Pen(sheet)
    pen.put(1, 1, shown.corner, across=3, down=3)
    pen.put(1, 4, "申请人情况", across=7)
    pen.put(2, 4, shown.parties[0], down=2)
    pen.put(2, 5, "法人或其他组织", across=5)
    pen.put(2, 10, cells.TOTAL.label, down=2)
    for index, label in enumerate(shown.parties[1:]):
        pen.put(3, 5 + index, label)
    for row, line in enumerate(shown.requests, start=4):
        column = 4 - sum(head.across for head in line.heads)
        for head in line.heads:
            pen.put(row, column, head.text, head.across, head.down)
            column += head.across
        for index, cell in enumerate(line.cells):
            pen.put(row, 4 + index, _number(figures, cell))
    for letter, width in zip("ABCDEFGHIJ", (8, 16, 40, 10, 10, 10, 12, 12, 10, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "D4"


def _outcomes(sheet: Worksheet, shown: layout.Tables, figures: Figures) -> None:
    pen = _Pen(sheet)
    pen.put(1, 1, "行政复议", across=5)
    pen.put(1, 6, "行政诉讼", across=10)
    pen.put(2, 6, "未经复议直接起诉", across=5)
    pen.put(2, 11, "复议后起诉", across=5)
    for index, name in enumerate(shown.outcome_names):
        pen.put(2, 1 + index, name, down=2)
        pen.put(3, 6 + index, name)
        pen.put(3, 11 + index, name)
    for index, cell in enumerate(shown.outcomes):
        pen.put(4, 1 + index, _number(figures, cell))


def _number(figures: Figures, cell: layout.Shown) -> Any:
    value = figures.get(cell.address)
    return 0 if value is None else plain(value)
