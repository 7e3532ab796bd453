"""One's own training and achievements: listed, added on one's word, put away with a reason."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.people.views import citizens_only, refuse
from portal.refusals import RuleBroken
from talent import workflow
from talent.forms.keeping import EndForm, RowForm
from talent.models import Person
from talent.views.keeping import keyset, said_of, user_of
from talent.workflow.facts import why_locked
from talent.workflow.keeping import Section


def _own(request: HttpRequest, code: str) -> tuple[Person, Section]:
    if code not in workflow.CAREER:
        raise Http404
    person = get_object_or_404(Person.objects.of_user(user_of(request)).select_related("party", "origin"))
    return cast(Person, person), workflow.CAREER[code]


@never_cache
@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def rows(request: HttpRequest, section: str) -> HttpResponse:
    """What is on file, newest first, and the form for one more."""
    person, kind = _own(request, section)
    form = RowForm(request.POST if request.method == "POST" else None, section=kind)
    if request.method == "POST" and form.is_valid():
        try:
            row = workflow.add_career_row(
                person, kind.code, form.cleaned_data, by=user_of(request), at=timezone.now()
            )
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已添加“{row}”。")
            return redirect("talent:person_rows", kind.code)
    listed = getattr(person, kind.related).live().select_related("origin__department", "origin__party")
    shown, page = keyset(request, listed)
    context = {
        "person": person, "section": kind, "form": form, "page": page,
        "lines": [(row, said_of(row, kind)) for row in shown],
    }  # fmt: skip
    return render(request, "talent/person_rows.html", context, status=422 if form.errors else 200)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def end_row(request: HttpRequest, section: str, pk: int) -> HttpResponse:
    person, kind = _own(request, section)
    row = get_object_or_404(getattr(person, kind.related).live().select_related("origin"), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.end_career_row(
                row, reason=form.cleaned_data["reason"], by=user_of(request), at=timezone.now()
            )
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"“{row}”已停用。")
            return redirect("talent:person_rows", kind.code)
    context = {"person": person, "section": kind, "row": row, "form": form, "locked": why_locked(row)}
    return render(request, "talent/person_end_row.html", context, status=422 if form.errors else 200)
