"""The URL map as it is, read from the resolver: what the matrices walk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One entry of the URL map. ``name`` is what ``reverse`` takes; without a name it is the route."""

    name: str
    route: str
    view: Callable[..., Any]


def addresses(
    resolver: URLResolver | None = None, route: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[Address]:
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern):
            yield Address(":".join((*spaces, entry.name)) if entry.name else here, here, entry.callback)


def names() -> list[str]:
    """Every name or nameless route, once, in the order of the map."""
    return list(dict.fromkeys(address.name for address in addresses()))
