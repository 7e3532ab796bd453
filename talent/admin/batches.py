"""登记数据导入: upload a table, read what is wrong with it, load the rest, correct and send again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from portal.papers.batch_pages import BatchPages
from portal.papers.batches import BatchState
from portal.people.admin.deeds import Deed
from portal.people.models import Department, User
from talent.batch_rows import TABLES, TableKind
from talent.models import RegistryBatch
from talent.workflow import batches


def _columns() -> str:
    return "；".join(
        f"{TableKind(kind).label}：{'、'.join(table.required)}" for kind, table in TABLES.items()
    )


class TableForm(forms.Form):
    kind = forms.ChoiceField(label="表格内容", choices=TableKind)
    source = forms.CharField(
        label="数据来源",
        max_length=200,
        help_text="例如：省住房和城乡建设厅人员库。每一项登记都会注明这个来源。",
    )
    department = forms.ModelChoiceField(
        label="提供部门", queryset=Department.objects.none(), required=False, empty_label="外部单位"
    )
    table = forms.FileField(
        label="表格",
        help_text=f"CSV或者XLSX文件，第一行为栏名。必需的栏——{_columns()}。",
        error_messages={"required": "请选择要导入的表格。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active().order_by("name")  # type: ignore[attr-defined]


def _begin(batch: RegistryBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"“{batches.begin(batch, by=by, at=at)}”已开始导入。"


def _give_up(batch: RegistryBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"“{batches.give_up(batch, by=by, at=at)}”已放弃。"


@admin.register(RegistryBatch)
class BatchAdmin(BatchPages):
    list_display = ("name", "kind", "source", "state", "progress", "loaded", "faulty", "by", "at")
    list_filter = ("state", "kind")
    fields = (
        "name", "kind", "source", "department", "state", "what_next", "progress", "loaded", "unchanged",
        "withheld", "faulty", "shown_faults", "by", "at", "finished_at",
    )  # fmt: skip
    add_right, add_title, add_form = batches.RIGHT, "上传登记数据", TableForm
    add_text = "用于接收其他部门和上级系统的企业、人员、任职、注册、社会保险和行政处罚数据。行政处罚的栏名也可以用双公示的字段代码。上传后先检查、不导入；批后自动入库的内容不会被改动。"
    deeds = (
        Deed(
            "begin", "开始导入", batches.RIGHT, _begin, text="没有问题的行将导入，有问题的行留在问题清单中。",
            fits=lambda batch: batch.state == BatchState.CHECKED,
        ),
        Deed(
            "give-up", "放弃", batches.RIGHT, _give_up, text="尚未导入的行不再导入，已经导入的行保留。",
            fits=lambda batch: batch.finished_at is None,
        ),
    )  # fmt: skip

    def headings_of(self, batch: RegistryBatch) -> Sequence[str]:
        return TABLES[batch.kind].headings

    def new_form(self, request: HttpRequest) -> forms.Form:
        return TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        batch = batches.receive(answers.pop("table"), name=self.name_of(answers), by=by, at=at, **answers)
        return f"已收到“{batch}”，正在检查，请打开该批次查看结果。"

    def name_of(self, answers: dict[str, Any]) -> str:
        return f"{TableKind(answers['kind']).label}（{answers['source']}）"
