"""政府信息公开: the platform page with its fixed entries (国办公开办函〔2019〕61号), and nothing that is news."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from disclosure.catalogue import counting, pages
from disclosure.models import Column
from disclosure.models.codes import ColumnType, Entry
from disclosure.views.columns import address, public

LATEST = 8
# Entries that have pages of their own; the others lead to the column that bears them.
OWN_PAGES = {
    Entry.ANNUAL_REPORT: "disclosure:reports",
    Entry.REQUEST: "disclosure:request",
    Entry.GAZETTE: "disclosure:gazette",
}
WORDS = {
    Entry.GUIDE: "公开信息的分类、编排和获取方式，工作机构和联系方式",
    Entry.SYSTEM: "关于政府信息公开的法规、规章和工作制度",
    Entry.STATUTORY: "依法应当主动公开的十五项内容和本地重点",
    Entry.ANNUAL_REPORT: "各年度政府信息公开工作年度报告",
    Entry.REQUEST: "没有公开的信息，可以向制作或者保存它的机关申请",
    Entry.GAZETTE: "市政府规章和规范性文件的标准文本",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is published by law, by entry, by statutory item and by column."""
    columns = list(Column.objects.active().in_order())
    context = {
        "entries": _entries(columns),
        "items": counting.by_item(),
        "columns": _tree([each for each in columns if not each.entry and each.type != ColumnType.NEWS]),
        "latest": list(pages.rows(public().exclude(column__type=ColumnType.NEWS))[:LATEST]),
    }
    return render(request, "disclosure/home.html", context)


def _entries(columns: list[Column]) -> list[dict[str, str]]:
    """The six fixed entries in their order; one that has no page yet is left out, never a dead end."""
    bearing = {column.entry: column for column in reversed(columns) if column.entry}
    found = []
    for entry in Entry:
        column = bearing.get(entry)
        own = address(OWN_PAGES.get(entry, ""))
        href = own or (reverse("disclosure:column", args=[column.slug]) if column else "")
        if entry == Entry.STATUTORY and not href:
            href = reverse("disclosure:documents")
        if href:
            found.append({"label": str(entry.label), "href": href, "text": WORDS[entry]})
    return found


def _tree(columns: list[Column]) -> list[dict[str, Any]]:
    """Columns of the first level, each with those directly below it."""
    below: dict[int | None, list[Column]] = {}
    for column in columns:
        below.setdefault(column.parent_id, []).append(column)
    known = {column.pk for column in columns}
    roots = [column for column in columns if column.parent_id not in known]
    return [{"column": column, "below": below.get(column.pk, [])} for column in roots]
