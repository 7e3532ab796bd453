"""更正申请 on the desk: a list, a page, one deed."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from disclosure.models import RecordCorrection
from disclosure.models.requests import RecordState
from disclosure.workflow import requests as workflow
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User


class SettleForm(forms.Form):
    state = forms.ChoiceField(
        label="处理结果", choices=[choice for choice in RecordState.choices if choice[0] != RecordState.RECEIVED],
        error_messages={"required": "请选择处理结果。", "invalid_choice": "请在所列选项中选择处理结果。"},
    )  # fmt: skip
    answer = forms.CharField(
        label="答复内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="更正了什么；转送给了谁；或者应当向谁提出。申请人会看到。",
        error_messages={"required": "请填写答复内容。", "max_length": "答复内容最多2000个字。"},
    )  # fmt: skip


def _settle(row: RecordCorrection, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.settle_record_correction(row, **answers, by=by, at=at)
    return "已办结并告知申请人。"


@admin.register(RecordCorrection)
class RecordCorrectionAdmin(DeedsAdmin):
    """People who say that a record about them is wrong (条例 第四十一条)."""

    list_display = ["number", "record", "name", "received_on", "due", "state"]
    list_filter = ["state"]
    list_select_related = ["clock"]
    search_fields = ["=number", "record"]
    search_help_text = "登记号，或者信息名称的一部分"
    ordering = ["-pk"]
    fields = [
        "number", "department", "name", "shown_id", "shown_phone", "record", "wrong", "right", "evidence", "submitted_at",
        "received_on", "due", "state", "answer", "answered_by", "answered_at",
    ]  # fmt: skip
    readonly_fields = ["shown_id", "shown_phone", "due"]
    deeds = (
        Deed(
            "settle", "办结更正申请", "disclosure.work_request", _settle, SettleForm,
            "核实后更正；不属于本机关职能的，转送或者告知（《中华人民共和国政府信息公开条例》第四十一条）。",
            fits=lambda row: row.state == RecordState.RECEIVED,
        ),
    )  # fmt: skip

    @admin.display(description="证件号码")
    def shown_id(self, row: RecordCorrection) -> str:
        return row.masked_id

    @admin.display(description="联系电话")
    def shown_phone(self, row: RecordCorrection) -> str:
        return row.masked_phone

    @admin.display(description="到期日")
    def due(self, row: RecordCorrection) -> str:
        return f"{row.clock.due_on:%Y-%m-%d}" if row.clock else "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecordCorrection]:
        rows = cast("QuerySet[RecordCorrection]", super().get_queryset(request))
        return rows & RecordCorrection.objects.visible_to(request.user)
