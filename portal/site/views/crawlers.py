"""What search engines are told: which addresses there are, since when, and where they need not go."""

from collections.abc import Iterable, Iterator
from datetime import date
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from approvals.models import ItemVersion
from disclosure.models import Act, Column, Document
from portal.site import navigation

MOST = 50_000  # addresses in one file (sitemaps.org)
CHUNK = 2_000
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
CLOSED = (
    "/admin/",
    "/accounts/",
    "/my/",
    "/drafts/",
    "/apply/",
    "/cases/",
    "/search/",
    "/supervision/",
    "/kiosk/",
)

Place = tuple[str, date | None]


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {settings.PUBLIC_URL}{reverse('site:sitemap_index')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_GET
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """One file of pages, guides and laws; the documents in files of at most fifty thousand, by their keys."""
    parts = [("pages", None), *((f"documents-{number}", on) for number, on in _document_parts())]
    entries = (_entry("sitemap", reverse("site:sitemap_part", args=[name]), on) for name, on in parts)
    text = f"{HEAD}<sitemapindex {SPACE}>\n{''.join(entries)}</sitemapindex>\n"
    return HttpResponse(text, content_type="application/xml")


@require_GET
def sitemap_part(request: HttpRequest, name: str) -> HttpResponseBase:
    kind, _, number = name.partition("-")
    if name == "pages":
        return _urls([*_pages(), *_guides(), *_laws()])
    if kind == "documents" and number.isdecimal() and len(number) < 10:
        return _urls(_documents(int(number)))
    raise Http404


def _urls(places: Iterable[Place]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield f"{HEAD}<urlset {SPACE}>\n"
        for path, on in places:
            yield _entry("url", path, on)
        yield "</urlset>\n"

    return StreamingHttpResponse(lines(), content_type="application/xml")


def _entry(tag: str, path: str, on: date | None) -> str:
    changed = f"<lastmod>{on.isoformat()}</lastmod>" if on else ""
    return f"<{tag}><loc>{escape(settings.PUBLIC_URL + path)}</loc>{changed}</{tag}>\n"


def _pages() -> Iterator[Place]:
    """Every page of the map of the site that anyone can read, and every column."""
    seen: set[str] = set()
    for _, entries in navigation.SITEMAP:
        for link in navigation.links(entries):
            path = link["href"]
            if path not in seen and not path.startswith(CLOSED):
                seen.add(path)
                yield path, None
    for slug in Column.objects.active().in_order().values_list("slug", flat=True):
        yield reverse("disclosure:column", args=[slug]), None


def _guides() -> Iterator[Place]:
    rows = ItemVersion.objects.current().order_by("item__code").values_list("item__code", "published_at")
    for code, published_at in rows:
        yield reverse("approvals:guide", args=[code]), localdate(published_at) if published_at else None


def _laws() -> Iterator[Place]:
    for act in Act.objects.public().newest_first():
        yield act.address, act.amended_on or act.issued_on


def _document_parts() -> list[tuple[int, date]]:
    parts = (
        Document.objects.visible_to(None, timezone.now())
        .order_by()
        .annotate(part=F("pk") / MOST)
        .values("part")
        .annotate(on=Max("current__published_at"))
        .order_by("part")
    )
    return [(row["part"], localdate(row["on"])) for row in parts]


def _documents(part: int) -> Iterator[Place]:
    """Those whose keys fall into one fifty thousand, a chunk at a time."""
    visible = Document.objects.visible_to(None, timezone.now()).order_by("pk")
    after = part * MOST - 1
    while True:
        chunk = list(
            visible.filter(pk__gt=after, pk__lt=(part + 1) * MOST).values_list(
                "pk", "key", "current__published_at"
            )[:CHUNK]
        )
        for _, key, changed_at in chunk:
            yield reverse("disclosure:document", args=[key]), localdate(changed_at)
        if len(chunk) < CHUNK:
            return
        after = chunk[-1][0]
