"""自助终端: the screen in a hall, used by one stranger after another. It knows nobody and keeps nothing.

No page here makes a session or may be kept by the browser; what a number and its code open stands in
that one answer. Left alone, every page goes back to the first, with or without scripts.
"""

import base64
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from approvals import access as cases
from approvals.models import Case, ItemVersion
from approvals.timeline import timeline as case_timeline
from disclosure import request_access as requests
from disclosure.catalogue import pages, sharing
from disclosure.catalogue.tombstones import tombstone
from disclosure.models import InformationRequest, ReadingPoint
from disclosure.request_timeline import next_step
from disclosure.request_timeline import timeline as request_timeline
from disclosure.views.columns import public
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.site import news
from portal.site.forms import KioskFollowForm
from portal.workdays.models import Clock

A_SCREEN = 8  # rows that can be touched without aiming
POPULAR = 12
LINK = re.compile(r"</?a\b[^>]*>")  # in cleaned HTML only; a terminal follows no link out of itself

View = Callable[..., HttpResponse]


def on_kiosk(view: View) -> View:
    """Neither kept nor indexed; the ordinary page is the one to be found."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        response = view(request, *args, **more)
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(shown)


@on_kiosk
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/kiosk/home.html")


@on_kiosk
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Documents or guides in which the words stand; without words the newest documents."""
    q = request.GET.get("q", "").strip()[:100]
    kind = "guide" if request.GET.get("kind") == "guide" else "document"
    context: dict[str, Any] = {"q": q, "kind": kind}
    if not q:
        context["newest"] = [
            {"title": row["title"], "on": row["published_on"], "href": _document(row["key"])}
            for row in pages.rows(public())[:A_SCREEN]
        ]
        return render(request, "site/kiosk/find.html", context)
    places = [request.GET.get(side, "")[:200] for side in ("after", "before")]
    try:
        found = search.find(q, search.Filters(kind=kind), *places, limit=A_SCREEN)
    except RuleBroken as refusal:
        context["refusal"] = str(refusal)
        return render(request, "site/kiosk/find.html", context, status=422)
    context["found"] = found
    context["hits"] = [
        {"title": hit.title, "on": None if kind == "guide" else hit.on, "href": _here(hit)}
        for hit in found.rows
    ]
    return render(request, "site/kiosk/find.html", context)


@on_kiosk
@require_GET
def document(request: HttpRequest, key: UUID) -> HttpResponse:
    """The text, large; files and everything else on one's own phone."""
    found = public().select_related("current", "publisher").filter(key=key).first()
    if found is None or found.current is None:
        gone = tombstone(timezone.now(), key=key)
        return render(request, "site/kiosk/gone.html", {"gone": gone}, status=410 if gone else 404)
    context = {
        "document": found,
        "version": found.current,
        "validity": found.validity_on(localdate()),
        "body": LINK.sub("", found.current.body),
        "files": list(found.current.files.public().in_order().values_list("title", flat=True)),
        "qr": _qr(reverse("disclosure:document", args=[key])),
    }
    return render(request, "site/kiosk/document.html", context)


@on_kiosk
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    return render(request, "site/kiosk/guides.html", {"guides": news.popular(localdate(), POPULAR)})


@on_kiosk
@require_GET
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """What to bring, how long, how much, where; all the rest on one's own phone."""
    version = ItemVersion.objects.current().with_contents().filter(item__code=code).first()
    if version is None:
        return render(request, "site/kiosk/gone.html", status=404)
    context = {
        "version": version,
        "materials": list(version.materials.all()),
        "fees": list(version.fees.all()) if version.has_fee else [],
        "qr": _qr(reverse("approvals:guide", args=[code])),
    }
    return render(request, "site/kiosk/guide.html", context)


@on_kiosk
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """How far a case or a request is. The answer to the form is the page; no address leads back to it."""
    form = KioskFollowForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            told = _told(request, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "site/kiosk/progress.html", told)
    return render(request, "site/kiosk/follow.html", {"form": form}, status=422 if form.errors else 200)


@on_kiosk
@require_GET
def points(request: HttpRequest) -> HttpResponse:
    return render(request, "site/kiosk/points.html", {"points": ReadingPoint.objects.open().in_order()})


def _told(request: HttpRequest, number: str, code: str) -> dict[str, Any]:
    """What the screen tells of a case or a request: never a name, an answer or a paper."""
    on = localdate()
    told: dict[str, Any]
    if number.isdecimal():
        case = cases.look_up(request, number, code)
        sentence, due_on = case.next_step(on)
        told = {"title": case.item.name, "word": case.public_status, "tone": case.tone}
        told |= {"events": case_timeline(case, audience="citizen"), "phone": case.version.consult_phone}
        return told | _dated(case, case.current_clock_id if due_on else None, sentence)
    found = requests.look_up(request, number, code)
    if isinstance(found, InformationRequest):
        sentence, due_on = next_step(found, on)
        told = {"title": "政府信息公开申请", "word": found.public_status, "tone": found.tone}
        told |= {"events": request_timeline(found, audience="citizen"), "phone": found.department.phone}
        return told | _dated(found, found.current_clock_id if due_on else None, sentence)
    answered = found.answered_at is not None
    sentence = "已经答复，答复书已经送出" if answered else "我们正在核实，将在这一天前答复您"
    told = {
        "title": "政府信息更正申请",
        "word": found.get_state_display(),
        "tone": "ok" if answered else "info",
    }
    told["phone"] = found.department.phone
    return told | _dated(found, None if answered else found.clock_id, sentence)


def _dated(found: Case | requests.Followed, clock_id: int | None, sentence: str) -> dict[str, Any]:
    clock = Clock.objects.filter(pk=clock_id or 0, closed_on=None).with_light(localdate()).first()
    return {"number": found.number, "office": found.department.name, "clock": clock, "sentence": sentence}


def _here(hit: search.Hit) -> str:
    """Where on the terminal something found is read."""
    return _document(hit.obj_id) if hit.kind == "document" else reverse("site:kiosk_guide", args=[hit.obj_id])


def _document(key: UUID | str) -> str:
    return reverse("site:kiosk_document", args=[key])


def _qr(path: str) -> str:
    """The ordinary page as a QR code, inside the page itself."""
    picture = base64.b64encode(sharing.qr(settings.PUBLIC_URL + path)).decode()
    return f"data:image/svg+xml;base64,{picture}"
