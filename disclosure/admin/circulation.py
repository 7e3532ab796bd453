from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from disclosure.forms.circulation import RepostForm, WithdrawRepostForm
from disclosure.models import Repost
from disclosure.workflow import circulation
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User


def _withdraw(row: Repost, answers: dict[str, Any], by: User, at: datetime) -> str:
    circulation.withdraw_repost(row, reason=answers["reason"], by=by, at=at)
    return "已作废，不再计分。"


@admin.register(Repost)
class RepostAdmin(MadeByWorkflow):
    """What sites of higher organs carried of ours."""

    list_display = ["title", "publisher", "level", "site", "on", "withdrawn_at"]
    list_filter = ["level", ("withdrawn_at", admin.EmptyFieldListFilter)]
    search_fields = ["site", "document__index_no"]
    ordering = ["-on", "-pk"]
    fields = [
        "title",
        "publisher",
        "level",
        "site",
        "address",
        "on",
        "by",
        "at",
        "withdrawn_at",
        "withdrawn_reason",
    ]
    readonly_fields = ["title", "publisher"]
    add_right, add_title, add_form = circulation.RIGHT, "登记转载", RepostForm
    add_text = "登记一条，或者上传一份表格一次登记多条。登记后计入文件发布机构当月的得分。"
    deeds = (
        Deed(
            "withdraw", "作废", circulation.RIGHT, _withdraw, WithdrawRepostForm, "作废后不再计分，记录仍保留。",
            lambda row: row.withdrawn_at is None,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Repost]:
        return super().get_queryset(request).select_related("document__current", "document__publisher", "by")

    def new_form(self, request: HttpRequest) -> forms.Form:
        return RepostForm(request.POST, request.FILES) if request.method == "POST" else RepostForm()

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        file = answers.pop("file")
        if file:
            return f"已登记{circulation.enter_table(file.read(), by=by, at=at)}条转载。"
        return f"已登记：{circulation.enter_repost(**answers, by=by, at=at)}。"

    @admin.display(description="文件")
    def title(self, row: Repost) -> str:
        return row.document.current.title if row.document.current else str(row.document.index_no)

    @admin.display(description="发布机构")
    def publisher(self, row: Repost) -> str:
        return str(row.document.publisher)
