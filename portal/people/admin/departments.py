from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from portal.people import identity, workflow
from portal.people.admin.deeds import LeanAdmin
from portal.people.models import Department, User, Window
from portal.refusals import RuleBroken


class DepartmentForm(forms.ModelForm):
    class Meta:
        model = Department
        fields = [
            "name", "short_name", "code", "uscc", "parent", "region_level", "region_code", "phone",
            "complaint_phone", "address", "office_hours", "is_active",
        ]  # fmt: skip

    def clean_uscc(self) -> str:
        return _checked(identity.check_uscc, self.cleaned_data["uscc"])

    def clean_phone(self) -> str:
        return _checked(identity.check_phone, self.cleaned_data["phone"])

    def clean_complaint_phone(self) -> str:
        return _checked(identity.check_phone, self.cleaned_data["complaint_phone"])

    def clean_parent(self) -> Department | None:
        parent: Department | None = self.cleaned_data["parent"]
        if (
            parent
            and self.instance.pk
            and Department.objects.under(self.instance).filter(pk=parent.pk).exists()
        ):
            raise ValidationError("上级机构不能是本机构或其下级。")
        return parent


def _checked(rule: Any, value: str) -> str:
    if not value:
        return ""
    try:
        return rule(value)
    except RuleBroken as refusal:
        raise ValidationError(str(refusal)) from None


@admin.register(Department)
class DepartmentAdmin(LeanAdmin):
    form = DepartmentForm
    list_display = ["name", "short_name", "code", "parent", "region_level", "phone", "is_active"]
    list_filter = ["region_level", "is_active"]
    list_select_related = ["parent"]
    search_fields = ["name", "short_name", "=code"]
    ordering = ["region_code", "pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Department | None = None) -> list[str]:
        return ["code"] if obj else []

    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        workflow.keep_department(
            obj, changed=form.changed_data, by=cast(User, request.user), at=timezone.now()
        )


@admin.register(Window)
class WindowAdmin(LeanAdmin):
    list_display = ["number", "name", "department", "location", "is_active"]
    list_filter = ["department", "is_active"]
    list_select_related = ["department"]
    search_fields = ["=number", "name"]
    ordering = ["department", "number"]
    fields = ["department", "number", "name", "location", "is_active"]

    def save_model(self, request: HttpRequest, obj: Window, form: Any, change: bool) -> None:
        workflow.keep_window(obj, changed=form.changed_data, by=cast(User, request.user), at=timezone.now())
