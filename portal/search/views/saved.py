"""我的订阅: questions a citizen keeps, and the page on which one of them is ended."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.models import SavedSearch
from portal.search.questions import Question
from portal.search.views.results import TITLES, worded


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def saved(request: HttpRequest) -> HttpResponse:
    """Those that run, newest first; a POST of a question's parameters keeps it."""
    user = request.user
    if not isinstance(user, User) or not user.is_citizen:
        messages.info(request, "订阅只对公众账号开放。")
        return redirect("search:search")
    context: dict[str, Any] = {"user": user}
    status = 200
    if request.method == "POST":
        try:
            question = Question.read(request.POST)
            search.subscribe(
                question,
                by_sms="by_sms" in request.POST,
                by_email="by_email" in request.POST,
                by=user,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            context["refusal"], status = str(refusal), 422
        else:
            messages.success(request, f"已订阅“{question.q}”。有新内容时告知您，每条内容只告知一次。")
            return redirect("search:saved")
    rows = list(user.saved_searches.filter(stopped_at=None).order_by("-pk"))
    names = _department_names(rows)
    context["rows"] = [_shown(row, names) for row in rows]
    return render(request, "search/saved.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def subscription(request: HttpRequest, key: UUID) -> HttpResponse:
    """Reached by the address in a message, without signing in: what is subscribed, and the way to end it."""
    row = get_object_or_404(SavedSearch, key=key)
    if request.method == "POST":
        by = request.user if isinstance(request.user, User) else None
        search.unsubscribe(row, by=by, at=timezone.now())
        messages.success(request, f"已取消订阅“{row.question}”。")
        own = by is not None and by.pk == row.user_id
        return redirect("search:saved" if own else "search:search")
    shown = _shown(row, _department_names([row]))
    return render(request, "search/subscription.html", {"row": shown})


def _department_names(rows: list[SavedSearch]) -> dict[int, str]:
    asked = {int(value) for row in rows for name, value in parse_qsl(row.query) if name == "department"}
    return dict(Department.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {}


def _shown(row: SavedSearch, names: dict[int, str]) -> dict[str, Any]:
    question = Question.read(dict(parse_qsl(row.query)) | {"q": row.question, "sort": "date"})
    titles = {**TITLES, "since": "不早于", "until": "不晚于"}
    ways = ["站内消息", *(["短信"] if row.by_sms else []), *(["电子邮件"] if row.by_email else [])]
    return {
        "key": row.key,
        "question": row.question,
        "narrowed": [
            f"{titles[name]}：{worded(name, value, names)}" for name, value in question.narrowed.items()
        ],
        "href": f"/search/?{question.address()}",
        "feed": f"/search/feed/?{question.address()}",
        "ways": "、".join(ways),
        "saved_at": row.saved_at,
        "told_at": row.told_at,
        "is_stopped": row.stopped_at is not None,
    }
