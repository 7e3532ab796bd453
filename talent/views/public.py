"""查企业和人员: what anyone may look up, without an account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from disclosure.catalogue import sharing
from portal.papers.throttle import MINUTE
from portal.refusals import RuleBroken
from talent import catalogue, gate
from talent.models import Enterprise, Person, QualificationCategory
from talent.sharing.gone import gone


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One form for both registries; what makes no sense is said at its field, nothing typed is lost."""
    asked = {
        name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "region", "category", "grade")
    }
    asked["kind"] = "people" if asked["kind"] == "people" else "enterprises"
    query = {name: value for name, value in asked.items() if value}
    refusal, status = "", 422
    verdict = gate.Verdict(gate.Way.OPEN)
    if asked["kind"] == "people" and asked["q"]:
        given = {name: request.GET.get(name, "")[:300] for name in ("answer", "token")}
        verdict = gate.knock(request, **given)
    if verdict.way == gate.Way.CLOSED:
        refusal, status = "查询过于频繁，请一分钟后再试。", 429
    listing = catalogue.Listing([])
    if verdict.way == gate.Way.OPEN:
        try:
            listing = _listing(asked, request.GET, query)
        except RuleBroken as told:
            refusal = str(told)
    context = {
        "asked": asked,
        "listing": listing,
        "refusal": refusal,
        "question": verdict.question,
        "is_people": asked["kind"] == "people",
        "categories": QualificationCategory.objects.order_by("series", "pk"),
        "grades": catalogue.grades(),
        "regions": catalogue.regions(),
        "narrowed": any(asked[name] for name in ("q", "region", "category", "grade")),
    }
    refused = refusal or verdict.question
    response = render(request, "talent/search.html", context, status=status if refused else 200)
    if status == 429:
        response["Retry-After"] = str(MINUTE)
    return response


def _listing(asked: dict[str, str], place: Mapping[str, str], query: dict[str, str]) -> catalogue.Listing:
    if asked["kind"] == "people":
        return catalogue.find_people(q=asked["q"], place=place, query=query)
    return catalogue.find_enterprises(
        q=asked["q"], region=asked["region"], category=asked["category"], grade=asked["grade"], on=localdate(),
        place=place, query=query,
    )  # fmt: skip


@require_GET
def enterprise(request: HttpRequest, uscc: str) -> HttpResponse:
    row = Enterprise.objects.visible_to(request.user).filter(uscc=uscc).first()
    if row is None:
        return _gone(request, Enterprise.objects.filter(uscc=uscc))
    facts = catalogue.enterprise_facts(row, localdate())
    return render(request, "talent/enterprise.html", {"enterprise": row, "on": localdate(), **facts})


@require_GET
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    row = Person.objects.visible_to(request.user).filter(key=key).first()
    if row is None:
        return _gone(request, Person.objects.filter(key=key, is_professional=True))
    facts = catalogue.person_facts(row, localdate())
    bad = facts["listings"] or any(not record.item.is_good for record in facts["records"])
    # Beside what was decided against someone no more than the surname is shown.
    shown_name = f"{row.name[:1]}某" if bad else row.public_name
    context = {"person": row, "shown_name": shown_name, "on": localdate(), **facts}
    return render(request, "talent/person.html", context)


def _gone(request: HttpRequest, rows: Any) -> HttpResponse:
    """Where a record stood that is off the register: since when, why in one word, and which one stands."""
    row = rows.select_related("merged_into__merged_into").first()
    found = gone(row) if row is not None else None
    if found is None:
        raise Http404
    onward, name, left = "", "", found.survivor
    if isinstance(left, Enterprise):
        onward, name = reverse("talent:enterprise", args=[left.uscc]), left.name
    elif left is not None:
        onward, name = reverse("talent:person", args=[left.key]), left.public_name
    return render(request, "talent/gone.html", {"gone": found, "onward": onward, "name": name}, status=410)


@require_GET
def enterprise_qr(request: HttpRequest, uscc: str) -> HttpResponse:
    get_object_or_404(Enterprise.objects.visible_to(request.user), uscc=uscc)
    return _qr(reverse("talent:enterprise", args=[uscc]))


@require_GET
def person_qr(request: HttpRequest, key: UUID) -> HttpResponse:
    get_object_or_404(Person.objects.visible_to(request.user), key=key)
    return _qr(reverse("talent:person", args=[key]))


def _qr(path: str) -> HttpResponse:
    return HttpResponse(sharing.qr(settings.PUBLIC_URL + path), content_type="image/svg+xml")
