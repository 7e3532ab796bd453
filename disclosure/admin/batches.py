"""批量导入: upload a table, read what is wrong with it, load the rest, correct and send again."""

import csv
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from disclosure.batch_rows import OPTIONAL, REQUIRED
from disclosure.batch_tables import faulty_table
from disclosure.models import BatchState, ImportBatch
from disclosure.workflow import batches
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User

FAULTS_SHOWN = 50
NEXT = {
    BatchState.RECEIVED: "系统正在逐行检查，请稍候刷新本页。",
    BatchState.CHECKED: "检查完毕，没有导入任何文件。请核对下面的问题，然后选择“开始导入”或者“放弃”。",
    BatchState.LOADING: "正在导入，可以离开本页，刷新可以看到进度；中断后会从断点继续，不会重复导入。",
    BatchState.LOADED: "导入完毕。没有导入的行可以下载修改，作为新的表格再次上传。",
    BatchState.GIVEN_UP: "已放弃。已经导入的文件保留。",
}


class TableForm(forms.Form):
    table = forms.FileField(
        label="表格",
        help_text=f"CSV或者XLSX文件，第一行为栏名。必需：{'、'.join(REQUIRED)}。可选：{'、'.join(OPTIONAL)}。",
        error_messages={"required": "请选择要导入的表格。"},
    )
    archive = forms.FileField(
        label="附件压缩包",
        required=False,
        help_text="ZIP文件，“附件”栏写其中的文件名，多个用分号隔开。",
    )


class Echo:
    """What csv writes to, handing each line on."""

    def write(self, line: str) -> str:
        return line


def _begin(batch: ImportBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"“{batches.begin(batch, by=by, at=at)}”已开始导入。"


def _what_begins(batch: ImportBatch) -> str:
    good = batch.rows - batch.faulty
    return f"共{batch.rows:,}行：没有问题的{good:,}行将导入并立即公开，有问题的{batch.faulty:,}行留在问题清单中。"


def _give_up(batch: ImportBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"“{batches.give_up(batch, by=by, at=at)}”已放弃。"


@admin.register(ImportBatch)
class BatchAdmin(MadeByWorkflow):
    list_display = ["name", "state", "progress", "loaded", "faulty", "by", "at"]
    list_filter = ["state"]
    list_select_related = ["by"]
    ordering = ["-at", "-pk"]
    fields = [
        "name",
        "state",
        "what_next",
        "progress",
        "loaded",
        "faulty",
        "shown_faults",
        "by",
        "at",
        "finished_at",
    ]
    readonly_fields = ["what_next", "progress", "shown_faults"]
    add_right, add_title, add_form = batches.RIGHT, "上传表格", TableForm
    add_text = "用于接收旧网站或者其他系统已经公开过的文件。上传后先检查、不导入；新起草的文件请走审核流程。"
    deeds = (
        Deed(
            "begin", "开始导入", batches.RIGHT, _begin, text=_what_begins,
            fits=lambda batch: batch.state == BatchState.CHECKED,
        ),
        Deed(
            "give-up", "放弃", batches.RIGHT, _give_up, text="尚未导入的行不再导入，已经导入的文件保留。",
            fits=lambda batch: batch.finished_at is None,
        ),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.faults_view)
        return [path("<int:pk>/faults.csv", view, name="disclosure_importbatch_faults"), *super().get_urls()]

    def new_form(self, request: HttpRequest) -> forms.Form:
        return TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        batch = batches.receive(
            answers["table"], name=answers["table"].name, by=by, at=at, files=answers["archive"] or None
        )
        return f"已收到“{batch}”，正在检查，请打开该批次查看结果。"

    def faults_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = get_object_or_404(ImportBatch, pk=pk)
        writer = csv.writer(Echo())
        lines = (writer.writerow(cells) for cells in faulty_table(batch))
        response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="faults-{batch.pk}.csv"'
        return response

    @admin.display(description="下一步")
    def what_next(self, batch: ImportBatch) -> str:
        return NEXT[BatchState(batch.state)]

    @admin.display(description="进度")
    def progress(self, batch: ImportBatch) -> SafeString | str:
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
    def shown_faults(self, batch: ImportBatch) -> SafeString | str:
        found = list(batch.faults.order_by("row", "pk")[:FAULTS_SHOWN])
        if not found:
            return "没有"
        lines = format_html_join("", "<li>第{}行 {}：{}</li>", ((f.row, f.field, f.message) for f in found))
        url = reverse("admin:disclosure_importbatch_faults", args=[batch.pk])
        return format_html(
            '<ul class="desk-list">{}</ul><p><a href="{}">下载有问题的行，修改后再次上传</a></p>', lines, url
        )


def _with_mark(lines: Any) -> Any:
    """A spreadsheet takes the table for UTF-8 only with the mark in front."""
    yield "\ufeff"
    yield from lines
