from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone

from portal.people import workflow
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import Absence, Department, Post, PostRole, User, UserKind, Window


def _day(label: str, *, required: bool = True) -> forms.DateField:
    box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"required": f"请填写{label}。", "invalid": f"{label}请按2026-09-18的格式填写。"}
    return forms.DateField(label=label, required=required, widget=box, error_messages=wrong)


class AppointForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.filter(kind=UserKind.STAFF, is_active=True).order_by("username"), label="人员"
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True).order_by("pk"), label="机构"
    )
    role = forms.ChoiceField(label="岗位", choices=PostRole.choices)
    window = forms.ModelChoiceField(
        Window.objects.filter(is_active=True).select_related("department").order_by("pk"),
        label="窗口",
        required=False,
    )
    starts_on = _day("起始日期")
    ends_on = _day("截止日期", required=False)


class LastDayForm(forms.Form):
    ends_on = _day("最后一天")


class AbsenceForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.filter(kind=UserKind.STAFF, is_active=True).order_by("username"), label="人员"
    )
    starts_on = _day("起始日期")
    ends_on = _day("截止日期")
    reason = forms.CharField(label="事由", max_length=100)


def _end(post: Post, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.end_post(post, ends_on=answers["ends_on"], by=by, at=at)
    return f"{post}至{answers['ends_on']}止。"


@admin.register(Post)
class PostAdmin(MadeByWorkflow):
    list_display = ["user", "department", "role", "window", "starts_on", "ends_on"]
    list_filter = ["role", "department"]
    list_select_related = ["user", "department", "window"]
    search_fields = ["=user__username", "=user__name"]
    search_help_text = "登录名或姓名，须完整"
    ordering = ["-starts_on", "-pk"]
    fields = ["user", "department", "role", "window", "starts_on", "ends_on"]
    add_right, add_title, add_form = "people.add_post", "任命岗位", AppointForm
    deeds = (
        Deed(
            "end", "免去岗位", "people.change_post", _end, LastDayForm,
            "最后一天之后不再分派新的办件，权限随之收回。",
            lambda post: post.ends_on is None or post.ends_on >= timezone.localdate(),
        ),
    )  # fmt: skip

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        post = workflow.appoint(
            answers["user"],
            answers["role"],
            answers["department"],
            starts_on=answers["starts_on"],
            ends_on=answers["ends_on"],
            window=answers["window"],
            by=by,
            at=at,
        )
        return f"已任命：{post}。"


@admin.register(Absence)
class AbsenceAdmin(MadeByWorkflow):
    list_display = ["user", "starts_on", "ends_on", "reason"]
    list_select_related = ["user"]
    search_fields = ["=user__username", "=user__name"]
    search_help_text = "登录名或姓名，须完整"
    ordering = ["-starts_on", "-pk"]
    fields = ["user", "starts_on", "ends_on", "reason"]
    add_right, add_title, add_form = "people.add_absence", "登记离岗", AbsenceForm

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        absence = workflow.record_absence(**answers, by=by, at=at)
        return f"已登记：{absence}。"
