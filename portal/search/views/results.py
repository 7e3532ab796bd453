from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from portal.people.models import Department
from portal.refusals import RuleBroken
from portal.search import pinned, query
from portal.search import workflow as search
from portal.search.excerpt import excerpt, marked
from portal.search.labels import FACETS, PAST, VALID
from portal.search.models import Kind
from portal.search.questions import Question

TITLES = dict(zip(FACETS, ("类别", "栏目", "主题", "体裁", "部门", "年份", "有效性"), strict=True))
MOST_VALUES = 12  # of one facet on the page


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the whole site holds on a question; a plain form, its address can be sent on."""
    try:
        question = Question.read(request.GET)
    except RuleBroken as refusal:
        unnarrowed = Question.read({"q": request.GET.get("q", "")})
        typed = {name: request.GET.get(name, "") for name in ("since", "until")}
        context = {"question": unnarrowed, "q": unnarrowed.q, "wrong": {refusal.field: str(refusal)}, **typed}
        return render(request, "search/results.html", context, status=422)
    context = {"question": question, "q": question.q, "since": question.filters.since}
    context["until"] = question.filters.until
    if not question.q:
        return render(request, "search/results.html", context)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        found = search.find(question.q, question.filters, after, before, sort=question.sort, faceted=True)
    except RuleBroken as refusal:
        context |= {"refusal": str(refusal), "suggestions": search.suggest(question.q)}
        context["again"] = f"?{question.address()}" if refusal.field == "after" else ""
        status = 422 if refusal.field == "after" else 200
        return render(request, "search/results.html", context, status=status)
    names = _departments(found)
    previous = question.address(before=found.before) if found.before else ""
    if after and not found.rows:  # what stood there has gone meanwhile
        previous = question.address()
    context |= {
        "found": found,
        "hits": [_shown(hit, found.words, names) for hit in found.rows],
        "narrowed": _narrowed(question, names),
        "facets": _facets(question, found, names),
        "orders": _orders(question),
        "may_save": request.user.is_authenticated and getattr(request.user, "is_citizen", False),
        "page": {
            "previous_url": f"?{previous}" if previous else "",
            "next_url": f"?{question.address(after=found.after)}" if found.after else "",
        },
    }
    if not after and not found.before and not question.narrowed:
        words = query.words_of(question.q)
        context["pins"] = [_shown(hit, found.words, names) for hit in pinned.for_question(words)]
        if not found.rows:
            search.note_unfound(words, on=localdate())
    if not found.rows and not question.narrowed:
        context["suggestions"] = search.suggest(question.q[:2])
    return render(request, "search/results.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Titles for what is being typed: a list to put below the field; empty for nothing."""
    q = request.GET.get("q", "").strip()[:100]
    hits = search.suggest(q) if q else []
    shown = [
        {"title": marked(hit.title, [q.lower()]), "url": hit.url, "label": label(hit.kind)} for hit in hits
    ]
    return render(request, "search/suggestions.html", {"hits": shown})


def label(kind: str) -> str:
    return str(Kind(kind).label) if kind in Kind.values else ""


def _shown(hit: search.Hit, words: list[str], names: dict[int, str]) -> dict[str, Any]:
    department = names.get(hit.department_id or 0, "")
    facts = (label(hit.kind), hit.genre or hit.topic or hit.column, department)
    return {
        "title": marked(hit.title, words),
        "text": excerpt(hit.body, words),
        "url": hit.url,
        "on": hit.on,
        "facts": [fact for fact in facts if fact],
        "past": hit.validity
        if hit.validity in PAST or (hit.kind == "article" and hit.validity != VALID)
        else "",
    }


def _departments(found: search.Found) -> dict[int, str]:
    wanted = {hit.department_id for hit in found.rows if hit.department_id}
    wanted |= {int(facet.value) for facet in found.facets.get("department", ())}
    return dict(Department.objects.filter(pk__in=wanted).values_list("pk", "name"))


def worded(name: str, value: str, names: dict[int, str]) -> str:
    if name == "kind":
        return label(value) or value
    if name == "department":
        return names.get(int(value), value)
    return f"{value}年" if name == "year" else value


def _narrowed(question: Question, names: dict[int, str]) -> list[dict[str, str]]:
    """What the answer is narrowed to, each with the address without it."""
    titles = {**TITLES, "since": "不早于", "until": "不晚于"}
    return [
        {
            "title": titles[name],
            "value": worded(name, value, names),
            "href": f"?{question.address(**{name: ''})}",
        }
        for name, value in question.narrowed.items()
    ]


def _facets(question: Question, found: search.Found, names: dict[int, str]) -> list[dict[str, Any]]:
    """What it may be narrowed to further: only what would take something away."""
    shown = []
    for name, title in TITLES.items():
        values = found.facets.get(name, []) if name not in question.narrowed else []
        if name == "department":
            values = [facet for facet in values if int(facet.value) in names]
        if len(values) > 1 or (values and values[0].count < found.count):
            shown.append(
                {
                    "name": name,
                    "title": title,
                    "values": [
                        {
                            "label": worded(name, facet.value, names),
                            "count": facet.count,
                            "href": f"?{question.address(**{name: facet.value})}",
                        }
                        for facet in values[:MOST_VALUES]
                    ],
                }
            )
    return shown


def _orders(question: Question) -> list[dict[str, str]]:
    orders = ((search.Sort.RELEVANCE, "按相关程度", ""), (search.Sort.DATE, "按日期", "date"))
    return [
        {"label": text, "href": "" if question.sort == sort else f"?{question.address(sort=value)}"}
        for sort, text, value in orders
    ]
