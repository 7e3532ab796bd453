from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.excerpt import excerpt, marked
from portal.search.models import Kind


def results(request: HttpRequest) -> HttpResponse:
    """What the whole site holds on a question; a plain form, its address can be sent on."""
    q = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    after = request.GET.get("after", "")
    context: dict[str, Any] = {"q": q, "kind": kind, "kinds": Kind.choices if len(Kind.choices) > 1 else []}
    if not q:
        return render(request, "search/results.html", context)
    try:
        found = search.find(q, kind or None, after or None)
    except RuleBroken as refusal:
        context |= {"refusal": str(refusal), "suggestions": search.suggest(q)}
        return render(
            request, "search/results.html", context, status=422 if refusal.field == "after" else 200
        )
    context["found"] = found
    context["hits"] = [
        {
            "title": marked(hit.title, found.words),
            "text": excerpt(hit.body, found.words),
            "url": hit.url,
            "on": hit.on,
            "label": Kind(hit.kind).label if hit.kind in Kind.values else "",
            "category": hit.category,
        }
        for hit in found.rows
    ]
    context["page"] = {
        "previous_url": f"?{urlencode({'q': q, 'kind': kind})}" if after else "",
        "next_url": f"?{urlencode({'q': q, 'kind': kind, 'after': found.after})}" if found.after else "",
    }
    if not found.rows:
        context["suggestions"] = search.suggest(q[:2])
    return render(request, "search/results.html", context)
