from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.audit.models import DayDigest
from portal.paging import LATEST_DAY_FIRST, walk

PAGE = 30


def digests(request: HttpRequest) -> HttpResponse:
    """The published seal of each day, newest first, and how anyone can check it."""
    days = DayDigest.objects.order_by("-day")
    walked = walk(days, LATEST_DAY_FIRST, request.GET, size=PAGE)
    context = {
        "days": walked.rows,
        "latest": days.first(),
        "page": walked.links,
        "mistake": f"“{walked.mistake[:20]}”不是日期。日期的写法如：2026-11-20。以下是最近的记录。"
        if walked.mistake
        else "",
    }
    return render(request, "audit/digests.html", context, status=422 if walked.mistake else 200)


def roots(request: HttpRequest) -> HttpResponse:
    """Every published root as plain text for machines: day, root, number of chains."""
    days = DayDigest.objects.order_by("day").values_list("day", "root", "leaf_count")
    lines = (f"{day} {root} {count}\n" for day, root, count in days.iterator())
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
