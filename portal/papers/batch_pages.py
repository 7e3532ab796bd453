"""The pages of a table taken in bulk: what is wrong with it, how far it is, the faulty rows to correct."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.papers import tables
from portal.papers.batches import BatchState
from portal.people.admin.deeds import MadeByWorkflow

FAULTS_SHOWN = 50
NEXT = {
    BatchState.RECEIVED: "系统正在逐行检查，请稍候刷新本页。",
    BatchState.CHECKED: "检查完毕，没有导入任何一行。请核对下面的问题，然后选择“开始导入”或者“放弃”。",
    BatchState.LOADING: "正在导入，可以离开本页，刷新可以看到进度；中断后会从断点继续，不会重复导入。",
    BatchState.LOADED: "导入完毕。没有导入的行可以下载修改，作为新的表格再次上传。",
    BatchState.GIVEN_UP: "已放弃。已经导入的行保留。",
}


class _Echo:
    """What csv writes to, handing each line on."""

    def write(self, line: str) -> str:
        return line


def faulty_table(batch: Any, headings: Sequence[str]) -> Iterator[list[str]]:
    """The rows that were not taken, as they came, each with what to mend: to be corrected and sent again."""
    wrong: dict[int, list[str]] = {}
    for row, field, message in batch.faults.order_by("row", "pk").values_list("row", "field", "message"):
        wrong.setdefault(row, []).append(f"{field}：{message}")
    present = [name for name in tables.headings_of(batch.table) if name in headings]
    yield [*present, "行号", "问题"]
    for number, cells in tables.cells_of(batch.table):
        if number in wrong:
            yield [*(cells.get(name) or "" for name in present), str(number), "；".join(wrong[number])]


class BatchPages(MadeByWorkflow):
    """The heir names its form, its deeds and ``headings_of``."""

    list_filter: tuple[str, ...] = ("state",)
    list_select_related = ("by",)
    ordering = ("-at", "-pk")
    readonly_fields = ("what_next", "progress", "shown_faults")

    def headings_of(self, batch: Any) -> Sequence[str]:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_faults"
        view = self.admin_site.admin_view(self.faults_view)
        return [path("<int:pk>/faults.csv", view, name=name), *super().get_urls()]

    def faults_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = get_object_or_404(self.model, pk=pk)
        writer = csv.writer(_Echo())
        lines = (writer.writerow(cells) for cells in faulty_table(batch, self.headings_of(batch)))
        response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="faults-{pk}.csv"'
        return response

    @admin.display(description="下一步")
    def what_next(self, batch: Any) -> str:
        return NEXT[BatchState(batch.state)]

    @admin.display(description="进度")
    def progress(self, batch: Any) -> SafeString | str:
        if batch.state == BatchState.RECEIVED:
            return "等待检查"
        if batch.state == BatchState.CHECKED:
            return f"共{batch.rows:,}行，{batch.faulty:,}行有问题"
        told = f"{batch.position:,} / {batch.rows:,} 行（{batch.percent}%）"
        if not batch.is_running:
            return told
        bar = '<progress max="100" value="{}" aria-label="导入进度"></progress> {}'
        return format_html(bar, batch.percent, told)

    @admin.display(description="问题清单")
    def shown_faults(self, batch: Any) -> SafeString | str:
        found = list(batch.faults.order_by("row", "pk")[:FAULTS_SHOWN])
        if not found:
            return "没有"
        lines = format_html_join("", "<li>第{}行 {}：{}</li>", ((f.row, f.field, f.message) for f in found))
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_faults", args=[batch.pk])
        return format_html(
            '<ul class="desk-list">{}</ul><p><a href="{}">下载有问题的行，修改后再次上传</a></p>', lines, url
        )


def _with_mark(lines: Iterator[Any]) -> Iterator[Any]:
    """A spreadsheet takes the table for UTF-8 only with the mark in front."""
    yield "\ufeff"
    yield from lines
