"""Asking for information, and asking for a record about oneself to be put right."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from disclosure import request_access as access
from disclosure.forms.requests import UPLOADS, AccountForm, PublicForm, RecordForm
from disclosure.held_uploads import Uploads
from disclosure.models import RecordCorrection
from disclosure.models.requests import FilePurpose
from disclosure.workflow import requests as workflow
from portal.papers.models import Paper
from portal.papers.throttle import allowed
from portal.people.models import Party, User
from portal.refusals import RuleBroken

A_MINUTE = 20


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """依申请公开: one form in parts. Whatever was typed or uploaded survives a refusal."""
    posted = request.method == "POST"
    form = _form(request, posted)
    if posted and (answer := _take(request, form)):
        return answer
    uploads = Uploads(form.key, UPLOADS)
    sections = [part | {"fields": uploads.beside(part["fields"])} for part in form.sections()]
    context = {"form": form, "sections": sections, "is_known": isinstance(form, AccountForm)}
    return render(request, "disclosure/requests/ask.html", context, status=422 if form.errors else 200)


def _citizen(request: HttpRequest) -> User | None:
    user = request.user
    return user if isinstance(user, User) and user.is_citizen else None


def _form(request: HttpRequest, posted: bool) -> PublicForm | AccountForm:
    user = _citizen(request)
    data: tuple[Any, ...] = (request.POST, request.FILES) if posted else ()
    initial: dict[str, Any] = {
        "department": request.GET.get("to", ""),
        "title": request.GET.get("title", "")[:200],
    }
    parties = Party.objects.actable_by(user, localdate()).order_by("pk") if user else Party.objects.none()
    first = parties.first()
    if user is None or first is None:
        return PublicForm(*data, initial=initial)
    initial |= {"party": first, "phone": user.phone, "email": user.email, "contact": user.name}
    return AccountForm(*data, parties=parties, initial=initial)


def _take(request: HttpRequest, form: PublicForm | AccountForm) -> HttpResponse | None:
    """Hold the uploads, then hand in; None when something is to be mended."""
    user, at = _citizen(request), timezone.now()
    if not allowed(request, "request", a_minute=A_MINUTE):
        form.add_error(None, "提交过于频繁，请一分钟后再试；您填写的内容还在。")
        return None
    uploads = Uploads(form.key, UPLOADS)
    if uploads.taken_back(request, user):
        form.errors.clear()
        return None
    if form.key and uploads.has("identity_files"):
        form.fields["identity_files"].required = False
    valid = form.is_valid()
    uploads.keep(request, form, user)
    if not valid or form.errors:
        return None
    try:
        made = workflow.submit(
            form.asked(user), department=form.cleaned_data["department"], form_key=form.cleaned_data["form_key"],
            by=user, at=at,
        )  # fmt: skip
    except RuleBroken as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    access.remember(request, made, at=at)
    return redirect("disclosure:request_submitted", number=made.number)


@never_cache
@require_GET
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    """Number, query code, dates, whom to ask, the receipt."""
    found = access.own(request, number)
    context = {"found": found, "receipt": Paper.objects.of(found).filter(kind="foi_receipt").first()}
    return render(request, "disclosure/requests/submitted.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """更正申请: a record about oneself is wrong."""
    posted = request.method == "POST"
    user, at = _citizen(request), timezone.now()
    initial = {"name": user.name, "phone": user.phone} if user else {}
    form = RecordForm(*((request.POST, request.FILES) if posted else ()), initial=initial)
    uploads = Uploads(form.key, {"evidence": FilePurpose.EVIDENCE})
    if posted and not allowed(request, "request", a_minute=A_MINUTE):
        form.add_error(None, "提交过于频繁，请一分钟后再试；您填写的内容还在。")
    elif posted and uploads.taken_back(request, user):
        form.errors.clear()
    elif posted:
        valid = form.is_valid()
        uploads.keep(request, form, user)
        made = _record(form, user, at) if valid and not form.errors else None
        if made:
            access.remember(request, made, at=at)
            return redirect("disclosure:record", number=made.number)
    context = {"form": form, "fields": uploads.beside(form.visible_fields())}
    return render(request, "disclosure/requests/record_ask.html", context, status=422 if form.errors else 200)


def _record(form: RecordForm, user: User | None, at: datetime) -> RecordCorrection | None:
    try:
        return workflow.ask_record_correction(**form.cleaned_data | {"evidence": None}, by=user, at=at)
    except RuleBroken as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return None
