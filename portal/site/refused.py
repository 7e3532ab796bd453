"""Pages shown when a request could not be answered as asked: in Chinese, with a way on."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from portal.refusals import RuleBroken
from portal.site import navigation, preferences


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old."""
    return render(request, "403_csrf.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Rendered without session, user or database: one of them may be what failed."""
    frame = {
        "city": settings.SITE,
        "navigation": navigation.header(request),
        "footer": navigation.links(navigation.FOOTER),
        "preferences": preferences.of(request),
    }
    return HttpResponse(render_to_string("500.html", frame), status=500)


class RefusalMiddleware:
    """A rule that says no outside any form is answered with its sentence, not with an error of the server."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No address of ours holds a NUL byte, and no column takes one; the API judges its own parameters.
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith("/api/"):
            return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RuleBroken):
            return None
        return render(request, "409.html", {"refusal": exception}, status=409)
