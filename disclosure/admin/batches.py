"""批量导入: upload a table, read what is wrong with it, load the rest, correct and send again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from disclosure.batch_rows import HEADINGS, OPTIONAL, REQUIRED
from disclosure.models import BatchState, ImportBatch
from disclosure.workflow import batches
from portal.papers.batch_pages import BatchPages
from portal.people.admin.deeds import Deed
from portal.people.models import User


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


def _begin(batch: ImportBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"“{batches.begin(batch, by=by, at=at)}”已开始导入。"


def _what_begins(batch: ImportBatch) -> str:
    good = batch.rows - batch.faulty
    return f"共{batch.rows:,}行：没有问题的{good:,}行将导入并立即公开，有问题的{batch.faulty:,}行留在问题清单中。"


def _give_up(batch: ImportBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"“{batches.give_up(batch, by=by, at=at)}”已放弃。"


@admin.register(ImportBatch)
class BatchAdmin(BatchPages):
    list_display = ("name", "state", "progress", "loaded", "faulty", "by", "at")
    fields = (
        "name", "state", "what_next", "progress", "loaded", "faulty", "shown_faults", "by", "at", "finished_at",
    )  # fmt: skip
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

    def headings_of(self, batch: ImportBatch) -> Sequence[str]:
        return HEADINGS

    def new_form(self, request: HttpRequest) -> forms.Form:
        return TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        batch = batches.receive(
            answers["table"], name=answers["table"].name, by=by, at=at, files=answers["archive"] or None
        )
        return f"已收到“{batch}”，正在检查，请打开该批次查看结果。"
