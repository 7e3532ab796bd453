"""Pages about the site itself, and how it is read."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from portal.site import navigation, preferences

CHOICES = {preferences.ELDER_COOKIE: {"on", "off"}, preferences.SCRIPT_COOKIE: {"hant", "hans"}}


@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    """网站地图: every public page there is, by what one comes for."""
    sections = [(title, navigation.links(entries)) for title, entries in navigation.SITEMAP]
    return render(request, "site/sitemap.html", {"sections": [section for section in sections if section[1]]})


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@require_GET
def mistakes(request: HttpRequest) -> HttpResponse:
    """我为政府网站找错."""
    return render(request, "site/mistakes.html")


@csrf_exempt  # a page without a token can be cached whole; the origin is checked instead, and no data changes
@require_http_methods(["GET", "POST"])
def choose_preferences(request: HttpRequest) -> HttpResponse:
    """Remember how this browser likes to read, and go back to the page."""
    if request.method == "GET":
        return redirect("site:home")
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.get_host():
        return HttpResponseBadRequest("请从本网站的页面上切换。", content_type="text/plain; charset=utf-8")
    target = request.POST.get("next", "/")
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = redirect(target)
    for name, allowed in CHOICES.items():
        if (value := request.POST.get(name)) in allowed:
            preferences.remember(response, name, str(value), secure=request.is_secure())
    return response
