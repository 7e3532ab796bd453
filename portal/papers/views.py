from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.papers.forms import FileForm, NumberForm
from portal.papers.models import Paper
from portal.papers.throttle import allowed
from portal.papers.verification import Finding, check_file, find_paper, standing
from portal.refusals import RuleBroken

LOOKUPS_A_MINUTE = 30
UPLOADS_A_MINUTE = 6


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a paper by its code, its number or its file. What is uploaded is read and forgotten."""
    if request.method != "POST":
        return _page(request, NumberForm(), FileForm())
    if "number" in request.POST:
        return _by_number(request)
    return _by_file(request)


@never_cache
@require_safe
def verify_key(request: HttpRequest, key: UUID) -> HttpResponse:
    """Where the QR code of a paper leads: what anyone may know about it, and how it stands."""
    if not allowed(request, "key", a_minute=LOOKUPS_A_MINUTE):
        return _too_often(request)
    paper = get_object_or_404(Paper.objects.select_related("department"), key=key)
    context = {"paper": paper, "standing": standing(paper, localdate())}
    return render(request, "papers/paper.html", context)


def _by_number(request: HttpRequest) -> HttpResponse:
    if not allowed(request, "key", a_minute=LOOKUPS_A_MINUTE):
        return _too_often(request)
    form = NumberForm(request.POST)
    if form.is_valid():
        try:
            return redirect("papers:verify_key", key=find_paper(form.cleaned_data["number"]).key)
        except RuleBroken as refusal:
            form.add_error("number", str(refusal))
    return _page(request, form, FileForm(), status=422)


def _by_file(request: HttpRequest) -> HttpResponse:
    if not allowed(request, "file", a_minute=UPLOADS_A_MINUTE):
        return _too_often(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, NumberForm(), form, status=422)
    try:
        finding = check_file(form.cleaned_data["file"].read())
    except RuleBroken as refusal:
        form.add_error("file", str(refusal))
        return _page(request, NumberForm(), form, status=503)
    return _page(request, NumberForm(), FileForm(), finding=finding, file_name=form.cleaned_data["file"].name)


def _page(
    request: HttpRequest,
    number_form: NumberForm,
    file_form: FileForm,
    *,
    finding: Finding | None = None,
    file_name: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "number_form": number_form,
        "file_form": file_form,
        "finding": finding,
        "file_name": file_name,
        "standing": standing(finding.paper, localdate()) if finding and finding.paper else None,
    }
    return render(request, "papers/verify.html", context, status=status)


def _too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response
