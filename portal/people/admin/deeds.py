"""A deed: one act on one row that asks something first, then calls the workflow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from portal.people.models import User
from portal.refusals import RuleBroken


@dataclass(frozen=True)
class Deed:
    """``run`` gets the row, the cleaned answers, who and when; what it returns is shown once.

    ``fits`` says whether the deed makes sense for this row; ``right`` who may do it.
    """

    code: str
    label: str
    right: str
    run: Callable[[Any, dict[str, Any], User, datetime], str]
    form: type[forms.Form] = forms.Form
    text: str | Callable[[Any], str] = ""
    fits: Callable[[Any], bool] = lambda row: True
    stays: bool = False  # show the answer on the page itself instead of going back


class LeanAdmin(ModelAdmin):
    """Nobody deletes; lists do not count what they do not show."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DeedsAdmin(LeanAdmin):
    """Rows to look at, with deeds beside them; the admin's own saving is closed."""

    deeds: ClassVar[tuple[Deed, ...]] = ()
    change_form_before_template = "admin/people/deeds.html"

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_deed"
        deed = path("<int:pk>/deeds/<slug:code>/", self.admin_site.admin_view(self.deed_view), name=name)
        return [deed, *super().get_urls()]

    def open_deeds(self, request: HttpRequest, row: Model) -> list[Deed]:
        return [deed for deed in self.deeds if deed.fits(row) and request.user.has_perm(deed.right)]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        deeds = self.open_deeds(request, row) if row is not None else []
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_deed"
        links = [(deed.label, reverse(name, args=[row.pk, deed.code])) for deed in deeds if row is not None]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "deeds": links})

    def deed_view(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        deed = next((deed for deed in self.deeds if deed.code == code), None)
        if deed is None or not (self.has_view_permission(request, row) and request.user.has_perm(deed.right)):
            raise PermissionDenied
        # A form that asks about what the row has says so with ``of_row`` and takes the row.
        about = {"row": row} if getattr(deed.form, "of_row", False) else {}
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        form = deed.form(*given, **about)
        answer, status = "", 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    answer = deed.run(row, form.cleaned_data, cast(User, request.user), timezone.now())
                except RuleBroken as refusal:
                    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                else:
                    status = 200
                    if not deed.stays:
                        messages.success(request, answer)
                        return HttpResponseRedirect(self.page_of(row))
        return self.page(
            request,
            deed.label,
            form,
            text=deed.text(row) if callable(deed.text) else deed.text,
            row=row,
            answer=answer,
            back=self.page_of(row),
            status=status,
        )

    def page_of(self, row: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def page(
        self, request: HttpRequest, title: str, form: forms.Form, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "form": form, "opts": self.opts}
        response = TemplateResponse(request, "admin/people/deed.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


class MadeByWorkflow(DeedsAdmin):
    """Adding is a plain form whose answers go to one workflow function."""

    add_right = ""
    add_title = ""
    add_text = ""
    add_form: ClassVar[type[forms.Form]]
    add_stays = False  # a secret is shown on the page itself, never kept for the next one

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        """Call the workflow; what it returns is shown once."""
        raise NotImplementedError

    def new_form(self, request: HttpRequest) -> forms.Form:
        return self.add_form(request.POST) if request.method == "POST" else self.add_form()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.add_right)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.new_form(request)
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        told, status = "", 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    told = self.make(form.cleaned_data, cast(User, request.user), timezone.now())
                except RuleBroken as refusal:
                    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                else:
                    status = 200
                    if not self.add_stays:
                        messages.success(request, told)
                        return HttpResponseRedirect(back)
        return self.page(
            request, self.add_title, form, text=self.add_text, back=back, answer=told, status=status
        )
