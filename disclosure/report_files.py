"""A report's snapshot as files to take away: PDF, XLSX, JSON. The same snapshot gives the same words."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from disclosure.models.reports import loaded
from disclosure.report import layout, writing
from disclosure.report.wording import PART_TITLES
from portal.papers.typesetting import typeset_report


@dataclass(frozen=True)
class Maker:
    label: str
    mime: str
    make: Callable[[dict[str, Any]], bytes | str]


def _parts(snapshot: dict[str, Any]) -> dict[int, str]:
    return {
        part: "\n".join(one["text"] for one in snapshot["words"] if one["part"] == part)
        for part in PART_TITLES
        if any(one["part"] == part for one in snapshot["words"])
    }


def _corrections(snapshot: dict[str, Any]) -> list[str]:
    replaced = snapshot["replaced"]
    differing = [
        f"本版替代{replaced['on']}发布的第{replaced['edition']}版，理由：{replaced['reason']}",
        *(
            f"{one['name']}由第{replaced['edition']}版的{one['before'] or '空白'}改为{one['after'] or '空白'}"
            for one in replaced["changes"]
        ),
    ] if replaced else []  # fmt: skip
    return [
        *differing,
        *(
            f"{one['name']}由{one['before'] or '空白'}更正为{one['after']}（{one['on']}，{one['reason']}）"
            for one in snapshot["corrections"]
        ),
    ]


def as_json(snapshot: dict[str, Any]) -> str:
    more = {
        "department": snapshot["organ"],
        "published_on": snapshot["on"],
        "edition": snapshot["edition"],
        "replaced": snapshot["replaced"],
        "corrections": snapshot["corrections"],
    }
    figures = loaded(snapshot["figures"])
    return writing.as_json(snapshot["title"], snapshot["year"], figures, _parts(snapshot), more)


def as_workbook(snapshot: dict[str, Any]) -> bytes:
    return writing.as_workbook(
        snapshot["title"],
        snapshot["opening"],
        snapshot["year"],
        loaded(snapshot["figures"]),
        _parts(snapshot),
        _corrections(snapshot),
    )


def as_pdf(snapshot: dict[str, Any]) -> bytes:
    tables = layout.tables(
        loaded(snapshot["figures"]),
        snapshot["year"],
        layout.Marks(corrected={one["cell"] for one in snapshot["corrections"]}),
    )
    words = {
        "title": snapshot["title"],
        "organ": snapshot["organ"],
        "opening": snapshot["opening"],
        "on": snapshot["on"],
        "parts": [
            {"title": title, "words": [one for one in snapshot["words"] if one["part"] == part]}
            for part, title in PART_TITLES.items()
        ],
        "tables": asdict(tables),
        "corrections": _corrections(snapshot),
    }
    noon = datetime.combine(date.fromisoformat(snapshot["on"]), time(12))
    return typeset_report(words, at=timezone.make_aware(noon))


MAKERS: dict[str, Maker] = {
    "pdf": Maker("PDF", "application/pdf", as_pdf),
    "xlsx": Maker("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
    "json": Maker("JSON", "application/json", as_json),
}


def disposition(title: str, form: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(f'{title}.{form}')}"
