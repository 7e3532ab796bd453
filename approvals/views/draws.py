"""随机分办公示: what was committed before each day and shown after it."""

from datetime import date

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from approvals.models import DutySeed

PAGE = 30


@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    """The seeds day by day, newest first; a seed not yet revealed shows its commitment only."""
    days = DutySeed.objects.defer("seed").annotate(drawn=Count("draws")).order_by("-day")
    mistake, before = "", request.GET.get("before", "")
    if before:
        try:
            days = days.filter(day__lt=date.fromisoformat(before))
        except ValueError:
            mistake = f"“{before[:20]}”不是日期。日期的写法如：2026-11-20。以下是最近的记录。"
    shown = list(days[: PAGE + 1])
    context = {
        "days": shown[:PAGE],
        "page": {
            "first_url": request.path if before and not mistake else "",
            "next_url": f"{request.path}?before={shown[PAGE - 1].day}" if len(shown) > PAGE else "",
        },
        "mistake": mistake,
        "updated": max((day.revealed_at or day.committed_at for day in shown), default=None),
    }
    return render(request, "approvals/draws.html", context, status=422 if mistake else 200)
