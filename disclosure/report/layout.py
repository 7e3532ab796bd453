"""The three tables as the form prints them: rows of headings with spans and cells with addresses. Pure.

One layout serves the page, the PDF and the workbook.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache

from disclosure.report import cells
from disclosure.report.cells import Figures
from disclosure.report.wording import printed


@dataclass(frozen=True)
class Head:
    text: str
    across: int = 1
    down: int = 1


@dataclass(frozen=True)
class Shown:
    """A number in its place; ``notes`` are what the checks say of it."""

    address: str
    text: str
    name: str
    href: str = ""
    notes: tuple[str, ...] = ()
    is_corrected: bool = False


@dataclass(frozen=True)
class Line:
    heads: tuple[Head, ...]
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class PrintedBlock:
    heading: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Tables:
    published: tuple[PrintedBlock, ...]
    requests: tuple[Line, ...]
    outcomes: tuple[Shown, ...]
    corner: str = cells.T3_CORNER
    parties: tuple[str, ...] = tuple(party.label for party in cells.PARTIES)
    outcome_names: tuple[str, ...] = tuple(column.label for column in cells.T4_COLUMNS)


@dataclass(frozen=True)
class Marks:
    """What is said beside the numbers: links, findings and corrections by address."""

    hrefs: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrected: Collection[str] = ()


def tables(figures: Figures, year: int, marks: Marks | None = None) -> Tables:
    """Blank cells print as 0 where the form asks for a number and none was stated."""
    marks = marks or Marks()

    def shown(address: str) -> Shown:
        return Shown(
            address,
            printed(figures.get(address) if figures.get(address) is not None else 0),
            cells.names(year)[address],
            marks.hrefs.get(address, ""),
            tuple(marks.notes.get(address, ())),
            address in marks.corrected,
        )

    return Tables(
        published=tuple(
            PrintedBlock(
                block.heading,
                tuple(column.label for column in block.columns),
                tuple(
                    Line(
                        (Head(row.label),),
                        tuple(shown(f"t2.{row.key}.{column.key}") for column in block.columns),
                    )
                    for row in block.rows
                ),
            )
            for block in cells.blocks(year)
        ),
        requests=tuple(
            Line(heads, tuple(shown(f"t3.{key}.{column.key}") for column in cells.T3_COLUMNS))
            for key, heads in request_heads(year)
        ),
        outcomes=tuple(
            shown(f"t4.{group.key}.{column.key}") for group in cells.T4_GROUPS for column in cells.T4_COLUMNS
        ),
    )


@cache
def request_heads(year: int) -> tuple[tuple[str, tuple[Head, ...]], ...]:
    """Each row of table 3 with the headings that begin in it; three columns of headings in all."""
    rows = cells.request_rows(year)
    handled = [row for row in rows if row.group]
    found: list[tuple[str, tuple[Head, ...]]] = []
    opened: set[str] = set()
    for row in rows:
        heads: list[Head] = []
        if not row.group:
            heads.append(Head(row.label, across=3))
        else:
            if row is handled[0]:
                heads.append(Head(cells.HANDLED, down=len(handled)))
            if row.group == cells.HANDLED:
                heads.append(Head(row.label, across=2))
            else:
                if row.group not in opened:
                    opened.add(row.group)
                    heads.append(Head(row.group, down=sum(one.group == row.group for one in rows)))
                heads.append(Head(row.label))
        found.append((row.key, tuple(heads)))
    return tuple(found)
