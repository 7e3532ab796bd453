"""The public pages anyone can open by address alone, read from the URL map: a new page is walked too."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

NOT_PAGES = (
    "accounts/",
    "admin/",
    "digests/roots.txt",
    "laws.csv",
    "laws.json",
    "robots.txt",
    "sitemap.xml",
    "api/",
    "search/feed/",
    "search/results.",
    "search/suggestions/",
    "healthz",
    "readyz",
    "metrics",
    "__",
    "static/",
    "media/",
)


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern).lstrip("^").replace("\\Z", "").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        elif isinstance(entry, URLPattern) and "<" not in path and "(" not in path:
            yield path


def public_pages() -> list[str]:
    """Addresses without a parameter, outside the staff shell and the API, each once."""
    return sorted({f"/{path}" for path in patterns() if not path.startswith(NOT_PAGES)})
