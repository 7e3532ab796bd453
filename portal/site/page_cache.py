"""Whole pages for visitors nobody knows, kept in the memory of each web process for half a minute.

Placed before session and sign-in, so that a kept page costs neither. Only the views named here
are kept, only for requests without a session, only answers that set no cookie. A page changed or
withdrawn is gone from every process after ``PAGE_CACHE_SECONDS`` (0 turns the cache off); guides,
published documents, search and everything of a case are therefore never kept. The first page names
documents: it is kept only as long as they are the same, which one short question tells.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from portal.site import news, preferences

KEPT = {
    "site:home",
    "site:sitemap",
    "site:help",
    "site:accessibility",
    "site:mistakes",
    "site:promises",
    "audit:digests",
}
# What a kept page at this path must still agree with, asked each time.
CHECKED: dict[str, Callable[[], object]] = {"/": news.disclosed_versions}
MOST_PAGES = 256
LONGEST_QUERY = 100
PERSONAL = ("messages", settings.SESSION_COOKIE_NAME)


@dataclass(frozen=True)
class Kept:
    until: float
    body: bytes
    headers: tuple[tuple[str, str], ...]

    def answer(self) -> HttpResponse:
        response = HttpResponse(self.body)
        for name, value in self.headers:
            response[name] = value
        return response


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[tuple[object, ...], Kept] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds: int = settings.PAGE_CACHE_SECONDS
        key = key_of(request) if seconds else None
        if key is None:
            return self.get_response(request)
        kept = self.pages.get(key)
        if kept and kept.until > monotonic():
            return kept.answer()
        response = self.get_response(request)
        match = request.resolver_match
        if match and match.view_name in KEPT and response.status_code == 200 and not response.cookies:
            self.keep(key, Kept(monotonic() + seconds, response.content, tuple(response.items())))
        return response

    def keep(self, key: tuple[object, ...], page: Kept) -> None:
        self.pages[key] = page
        self.pages.move_to_end(key)
        while len(self.pages) > MOST_PAGES:
            self.pages.popitem(last=False)


def key_of(request: HttpRequest) -> tuple[object, ...] | None:
    """What the page depends on; nothing when it may depend on who is asking."""
    host = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
    query = request.META.get("QUERY_STRING", "")
    if request.method != "GET" or len(query) > LONGEST_QUERY or not is_allowed(host):
        return None
    if any(name in request.COOKIES for name in PERSONAL) or request.headers.get("HX-Request"):
        return None
    check = CHECKED.get(request.path)
    return host, request.is_secure(), request.path, query, preferences.of(request), check and check()


def is_allowed(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
