from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils import timezone

from disclosure.models import Column
from disclosure.workflow import columns
from portal.people.admin.deeds import LeanAdmin
from portal.people.models import User
from portal.refusals import RuleBroken

SLUG_HINT = "网址的最后一段，由小写字母、数字和连字符组成，例如：tongzhi-gonggao；改动后旧网址打不开。"


class ColumnForm(forms.ModelForm):
    """The workflow judges on a trial before anything is kept, so that a refusal stands at its field."""

    by: User

    class Meta:
        model = Column
        fields = columns.FIELDS
        help_texts = {"slug": SLUG_HINT}
        error_messages = {"slug": {"invalid": columns.SLUG_WANTED}}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # what the table's constraints would say of the whole form, the workflow says at a field
        self.errors.pop(NON_FIELD_ERRORS, None)
        if not self.errors:
            try:
                columns.check(self.instance, by=self.by, at=timezone.now())
            except RuleBroken as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def validate_unique(self) -> None:
        """The workflow asks, in its own words."""


@admin.register(Column)
class ColumnAdmin(LeanAdmin):
    """The tree of columns: kept by the disclosure office, every change with its entry."""

    form = ColumnForm
    list_display = ["name", "parent", "department", "type", "rhythm", "entry", "position", "is_active"]
    list_filter = ["type", "rhythm", "is_active"]
    list_select_related = ["parent", "department"]
    search_fields = ["name", "slug"]
    ordering = ["position", "pk"]
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("parent", "position"), "department", "is_active"]}),
        ("更新与标签", {"fields": [("type", "rhythm"), "entry", "description", "keywords"]}),
    ]

    def get_form(
        self, request: HttpRequest, obj: Column | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        return type("ColumnForm", (made,), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Column, form: Any, change: bool) -> None:
        columns.keep(obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]
