"""挂证疑点: what each rests on, and the form by which a supervisor puts it aside."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.timezone import localdate

from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User
from talent.models import ClearGround, Flag
from talent.workflow import flags


class ClearForm(forms.Form):
    ground = forms.ChoiceField(label="解除依据", choices=[("", "请选择"), *ClearGround.choices])
    reason = forms.CharField(
        label="解除理由", widget=forms.Textarea(attrs={"rows": 4}), max_length=1000,
        help_text="写明核实了什么、凭什么证明。解除后不能撤销，有新的情况会另行提示。",
    )  # fmt: skip


def _clear(flag: Flag, answers: dict[str, Any], by: User, at: datetime) -> str:
    flags.clear(flag, **answers, by=by, at=at)
    return "疑点已解除。"


@admin.register(Flag)
class FlagAdmin(DeedsAdmin):
    list_display = ["person", "kind", "sentence", "enterprise", "raised_at", "state"]
    list_display_links = ["person", "sentence"]
    list_filter = [("cleared_at", admin.EmptyFieldListFilter), "kind"]
    list_select_related = ["person", "enterprise"]
    search_fields = ["person__name", "enterprise__name"]
    ordering = ["-pk"]
    fields = ["person", "enterprise", "kind", "sentence", "rests_on", "raised_at", "follows", "state", "ground",
              "reason", ("cleared_by", "cleared_at")]  # fmt: skip
    readonly_fields = ["rests_on", "state"]
    deeds = (
        Deed("clear", "核实并解除", "talent.clear_flag", _clear, ClearForm,
             text="疑点只是提示，不是结论。解除前，以这些人员和企业为条件的决定不能作出。",
             fits=lambda row: row.cleared_at is None),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        return Flag.objects.visible_to(cast(User, request.user), localdate())

    @admin.display(description="依据的记录")
    def rests_on(self, flag: Flag) -> str:
        return format_html_join("", "<p>{}</p>", ((row["label"],) for row in flag.rows))

    @admin.display(description="状态")
    def state(self, flag: Flag) -> str:
        return "待核实" if flag.cleared_at is None else "已解除"
