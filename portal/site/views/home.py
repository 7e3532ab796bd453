"""The first page, and the promises behind its figures."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from approvals.models import ItemVersion
from portal.site import navigation, news, promises

FRESH = 60  # seconds the first page may lag behind the rows


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    facts = cache.get_or_set("site.home", facts_of_the_day, FRESH)
    context = {**(facts or {}), "tasks": navigation.tasks(), "disclosed": news.disclosed()}
    return render(request, "site/home.html", context)


def facts_of_the_day() -> dict[str, Any]:
    """What the first page tells, as plain values that can be kept for a minute."""
    today = localdate()
    return {
        "popular": [
            {
                "href": reverse("approvals:guide", args=[guide.item.code]),
                "name": guide.name,
                "promise": guide.promise_words,
                "statutory": guide.statutory_words,
            }
            for guide in news.popular(today)
        ],
        "guide_count": ItemVersion.objects.current().count(),
        "updates": news.latest(),
        "kept": promises.total(promises.by_item(today)),
    }


@require_GET
def kept_promises(request: HttpRequest) -> HttpResponse:
    """承诺兑现: every item, what was promised and what it took."""
    today = localdate()
    items = cache.get_or_set(f"site.promises.{today}", lambda: promises.by_item(today), FRESH) or []
    context = {"items": items, "total": promises.total(items), "since": today - promises.SPAN, "today": today}
    return render(request, "site/promises.html", context)
