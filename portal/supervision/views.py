"""监察首页: what is wrong now and who answers for it; how it is going; and the cases behind each number."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from approvals.models import Case, ServiceItem
from approvals.models.cases import CaseQuerySet
from approvals.models.codes import OPEN
from portal.audit.models import Heartbeat
from portal.people.models import Department, User
from portal.supervision import figures
from portal.workdays.models import Clock, Light

OVERDUE_SHOWN = 20
PAGE = 50


def _watcher(request: HttpRequest) -> User:
    if not request.user.has_perm("supervision.view_overview"):
        raise PermissionDenied("监察首页只对监察人员和部门负责人开放。")
    return request.user  # type: ignore[return-value]


def _scope(request: HttpRequest, user: User) -> tuple[CaseQuerySet, dict[str, str]]:
    """The cases this person watches, narrowed by department and item of the address."""
    cases = figures.seen_by(user, localdate())
    asked = {key: request.GET.get(key, "") for key in ("department", "item")}
    if asked["department"].isdecimal() and len(asked["department"]) < 19:
        cases = cases.filter(department_id=int(asked["department"]))
    else:
        asked["department"] = ""
    if asked["item"]:
        cases = cases.filter(item__code=asked["item"])
    return cases, asked


def _period(request: HttpRequest) -> tuple[figures.Period, list[figures.Period]]:
    known = figures.periods(localdate())
    asked = request.GET.get("period", "month")
    return next((period for period in known if period.code == asked), known[0]), known


@never_cache
@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user, on = _watcher(request), localdate()
    cases, asked = _scope(request, user)
    period, known = _period(request)
    rows = figures.lights(cases, on)
    totals = figures.Row("", "合计")
    for row in rows:
        totals.add(row.counts)
    whole, parts = figures.pace(cases, period)
    before, _ = figures.pace(cases, known[1]) if period.code == "month" else (None, None)
    overdue = list(figures.overdue(cases, on).for_lists()[: OVERDUE_SHOWN + 1])
    context = {
        "rows": rows,
        "totals": totals,
        "whole": whole,
        "before": before,
        "parts": figures.by_item(parts),
        "overdue": _with_clocks(overdue[:OVERDUE_SHOWN]),
        "overdue_more": len(overdue) > OVERDUE_SHOWN,
        "period": period,
        "periods": [
            (p, "?" + urlencode({**{k: v for k, v in asked.items() if v}, "period": p.code})) for p in known
        ],
        "narrowed": _narrowed(asked),
        "late_jobs": Heartbeat.objects.late(timezone.now()),
        "jobs": Heartbeat.objects.order_by("name"),
        "asked": asked,
        "list_url": reverse("supervision:cases"),
        "at": timezone.now(),
    }
    return render(request, "supervision/overview.html", context)


@never_cache
@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The cases a number counts: by light, or decided in a period, or decided late."""
    user, on = _watcher(request), localdate()
    found, asked = _scope(request, user)
    light, outcome = request.GET.get("light", ""), request.GET.get("outcome", "")
    period, _ = _period(request)
    if outcome in ("decided", "late"):
        found = figures.decided_in(found, period)
        found = figures.late(found) if outcome == "late" else found
        title = f"{period.label}{'超期作出决定' if outcome == 'late' else '作出决定'}的办件"
    else:
        found = found.filter(status__in=OPEN)
        light = light if light in map(str, figures.LIGHTS) else ""
        found = found.in_light(light, on) if light else found
        title = f"在办办件：{Light(light).label}" if light else "在办办件"
    after = request.GET.get("after", "")
    found = found.filter(pk__gt=int(after)) if after.isdecimal() and len(after) < 19 else found
    page = list(found.order_by("pk").for_lists()[: PAGE + 1])
    query = {key: value for key, value in request.GET.items() if key != "after"}
    context = {
        "title": title,
        "lines": _with_clocks(page[:PAGE]),
        "page": {
            "next_url": "?" + urlencode({**query, "after": page[PAGE - 1].pk}) if len(page) > PAGE else "",
            "previous_url": "",
        },
        "narrowed": _narrowed(asked),
        "back": reverse("supervision:overview"),
    }
    return render(request, "supervision/cases.html", context)


def _with_clocks(cases: list[Case]) -> list[dict[str, Any]]:
    ids = [case.current_clock_id for case in cases if case.current_clock_id]
    clocks = {clock.pk: clock for clock in Clock.objects.filter(pk__in=ids).with_light(localdate())}
    return [{"case": case, "clock": clocks.get(case.current_clock_id or 0)} for case in cases]


def _narrowed(asked: dict[str, str]) -> list[str]:
    """What the address narrows the numbers to, in words."""
    words: list[str] = []
    if asked["department"]:
        words += Department.objects.filter(pk=int(asked["department"])).values_list("name", flat=True)
    if asked["item"]:
        words += ServiceItem.objects.filter(code=asked["item"]).values_list("name", flat=True)
    return list(words)
