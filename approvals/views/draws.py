"""随机分办公示: what was committed before each day and shown after it."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from approvals.models import DutySeed
from portal.paging import LATEST_DAY_FIRST, walk

PAGE = 30


@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    """The seeds day by day, newest first; a seed not yet revealed shows its commitment only."""
    days = DutySeed.objects.defer("seed").annotate(drawn=Count("draws")).order_by("-day")
    walked = walk(days, LATEST_DAY_FIRST, request.GET, size=PAGE)
    context = {
        "days": walked.rows,
        "page": walked.links,
        "mistake": f"“{walked.mistake[:20]}”不是日期。日期的写法如：2026-11-20。以下是最近的记录。"
        if walked.mistake
        else "",
        "updated": max((day.revealed_at or day.committed_at for day in walked.rows), default=None),
    }
    return render(request, "approvals/draws.html", context, status=422 if walked.mistake else 200)
