"""答复的救济途径: one paragraph a kind of reply, changed by the head, on record."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin

from disclosure.models import Remedy
from disclosure.replies import RULES
from disclosure.workflow import requests as workflow
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User


class RemedyForm(forms.Form):
    review_first = forms.BooleanField(label="复议前置（应当先申请行政复议）", required=False)
    text = forms.CharField(
        label="救济途径", max_length=600, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="整段重写。{行政复议机关}和{人民法院}按答复机关的发文抬头填入。",
        error_messages={"required": "请填写救济途径。", "max_length": "救济途径最多600个字。"},
    )  # fmt: skip


def _edit(row: Remedy, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.edit_remedy(row, **answers, by=by, at=at)
    return "已修改，自下一份告知书起使用。"


@admin.register(Remedy)
class RemedyAdmin(DeedsAdmin):
    """Which replies call for review first differs and changes; hence rows."""

    list_display = ["code", "reply", "review_first", "text", "edited_by", "edited_at"]
    list_display_links = ["reply"]
    list_filter = ["review_first"]
    list_select_related = ["edited_by"]
    ordering = ["pk"]
    fields = ["reply", "review_first", "text", "edited_by", "edited_at"]
    deeds = (
        Deed(
            "edit", "修改救济途径", "disclosure.change_remedy", _edit, RemedyForm,
            "不予公开的答复，应当告知先向行政复议机关申请复议（《中华人民共和国行政复议法》第二十三条）。",
        ),
    )  # fmt: skip

    @admin.display(description="编号")
    def code(self, row: Remedy) -> str:
        return RULES[row.reply].code
