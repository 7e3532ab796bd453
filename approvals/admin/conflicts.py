"""回避登记: declared and ended here, read by the draw and by every step of a case."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localdate

from approvals import workflow
from approvals.forms.conflicts import ConflictForm, EndConflictForm
from approvals.models import ConflictOfInterest
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User


def _end(conflict: ConflictOfInterest, answers: dict[str, Any], by: User, at: datetime) -> str:
    ended = workflow.end_conflict(conflict, **answers, by=by, at=at)
    return f"{ended}至{ended.ends_on}止。"


class InForceFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("on", "现在有效"), ("off", "已截止")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ConflictOfInterest]
    ) -> QuerySet[ConflictOfInterest]:
        match self.value():
            case "on":
                return queryset & ConflictOfInterest.objects.in_force(localdate())
            case "off":
                return queryset.filter(ends_on__lt=localdate())
        return queryset


@admin.register(ConflictOfInterest)
class ConflictAdmin(MadeByWorkflow):
    """One's own; for a head the department's people; for the supervisor everybody's."""

    list_display = ["user", "party", "reason", "starts_on", "shown_end", "state"]
    list_filter = [InForceFilter]
    list_select_related = ["user", "party"]
    search_fields = ["=user__name", "party__name"]
    search_help_text = "工作人员姓名须完整，或者当事人名称"
    ordering = ["-declared_at", "-pk"]
    fields = [
        "user", "party", "reason", "state", "starts_on", "shown_end", "end_reason", "declared_by", "declared_at",
    ]  # fmt: skip
    readonly_fields = ["state", "shown_end"]
    add_right, add_title, add_form = "approvals.add_conflictofinterest", "登记回避", ConflictForm
    add_text = "依据《中华人民共和国公务员法》第七十六条、第七十七条。登记后不再随机分办该当事人的办件，也不能办理其任何环节。"
    deeds = (
        Deed(
            "end", "解除回避", "approvals.change_conflictofinterest", _end, EndConflictForm,
            "最后一天之后可以重新分办。已经过去的日子不能更改。",
            lambda row: row.ends_on is None or row.ends_on >= localdate(),
        ),
    )  # fmt: skip

    @admin.display(description="截止日期", ordering="ends_on")
    def shown_end(self, conflict: ConflictOfInterest) -> str:
        return str(conflict.ends_on) if conflict.ends_on else "长期"

    @admin.display(description="状态")
    def state(self, conflict: ConflictOfInterest) -> str:
        today = localdate()
        if conflict.is_in_force(today):
            return "有效"
        return "尚未开始" if conflict.starts_on > today else "已截止"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConflictOfInterest]:
        rows = cast("QuerySet[ConflictOfInterest]", super().get_queryset(request))
        return rows & ConflictOfInterest.objects.visible_to(cast(User, request.user), localdate())

    def new_form(self, request: HttpRequest) -> forms.Form:
        data = request.POST if request.method == "POST" else None
        return ConflictForm(data, by=cast(User, request.user))

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        conflict = workflow.declare_conflict(
            answers.pop("user"), answers.pop("party"), **answers, by=by, at=at
        )
        told = f"已登记：{conflict}。"
        if numbers := workflow.cases_to_transfer(conflict):
            told += f"其正在承办该当事人的办件{'、'.join(numbers)}，请由监察岗位改派。"
        return told
