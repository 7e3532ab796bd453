from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.audit.models import DayDigest

PAGE = 30


def digests(request: HttpRequest) -> HttpResponse:
    """The published seal of each day, newest first, and how anyone can check it."""
    days = DayDigest.objects.order_by("-day")
    mistake = ""
    before = request.GET.get("before", "")
    if before:
        try:
            days = days.filter(day__lt=date.fromisoformat(before))
        except ValueError:
            mistake = f"“{before[:20]}”不是日期。日期的写法如：2026-11-20。以下是最近的记录。"
    shown = list(days[: PAGE + 1])
    context = {
        "days": shown[:PAGE],
        "latest": DayDigest.objects.order_by("-day").first(),
        "page": {
            "first_url": request.path if before and not mistake else "",
            "next_url": f"{request.path}?before={shown[PAGE - 1].day}" if len(shown) > PAGE else "",
        },
        "mistake": mistake,
    }
    return render(request, "audit/digests.html", context, status=422 if mistake else 200)


def roots(request: HttpRequest) -> HttpResponse:
    """Every published root as plain text for machines: day, root, number of chains."""
    days = DayDigest.objects.order_by("day").values_list("day", "root", "leaf_count")
    lines = (f"{day} {root} {count}\n" for day, root, count in days.iterator())
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
