"""The desk of the annual report, where it needs the approvals: counting, and the licences counted."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from approvals.models import Case
from disclosure.models import AnnualReport
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.site import annual_reports

PAGE = 50


def _report(request: HttpRequest, pk: int) -> AnnualReport:
    if not request.user.has_perm("disclosure.view_annualreport"):
        raise PermissionDenied
    seen: QuerySet[AnnualReport] = AnnualReport.objects.visible_to(request.user, timezone.now())
    return get_object_or_404(seen.select_related("department"), pk=pk)


def _page_of(report: AnnualReport) -> str:
    return reverse("admin:disclosure_annualreport_change", args=[report.pk])


@require_POST
def recount(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    if not request.user.has_perm("disclosure.compile_annualreport"):
        raise PermissionDenied
    try:
        annual_reports.recount(report, by=cast(User, request.user), at=timezone.now())
    except RuleBroken as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "已重新计数。人工更正过的单元格保持更正后的数。")
    return HttpResponseRedirect(_page_of(report))


@require_GET
def licences(request: HttpRequest, pk: int) -> HttpResponse:
    """The decisions that 行政许可·本年处理决定数量 counts."""
    report = _report(request, pk)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = annual_reports.decided_cases(report) & Case.objects.visible_to(cast(User, request.user))
    rows = list(found.filter(pk__gt=start).order_by("pk").for_lists()[: PAGE + 1])
    context = {
        "report": report,
        "cases": rows[:PAGE],
        "page": {
            "next_url": f"?after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
            "previous_url": "",
        },
        "back": _page_of(report),
    }
    return render(request, "site/report_licences.html", context)
