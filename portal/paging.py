"""Walking a list page by page, forwards and back, however deep at the cost of one page.

The address names the row that a page lies ``after`` (further on) or ``before`` (back towards the first).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

LONGEST_KEY = 18  # digits that a row's key can have


@dataclass(frozen=True)
class Order:
    """Where a row stands in a list: read from an address, written into one, and asked of the database.

    ``read`` gives None for what names no place. ``further`` and ``back`` narrow to the rows on either side.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    further: Callable[[Any, Any], Any]
    back: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Walked:
    """``links`` as the pager takes them; ``mistake``: what the address named that is no place."""

    rows: list[Any]
    links: dict[str, str]
    mistake: str = ""


def _key(text: str) -> int | None:
    is_key = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if is_key else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


NEWEST_KEY_FIRST = Order(
    _key,
    lambda row: str(row.pk),
    lambda rows, pk: rows.filter(pk__lt=pk),
    lambda rows, pk: rows.filter(pk__gt=pk),
)
LATEST_DAY_FIRST = Order(
    _day,
    lambda row: row.day.isoformat(),
    lambda rows, day: rows.filter(day__lt=day),
    lambda rows, day: rows.filter(day__gt=day),
)


def walk(
    rows: "QuerySet[Any]", order: Order, asked: Mapping[str, str], *, size: int, query: Mapping[str, str] | None = None
) -> Walked:  # fmt: skip
    """The page of ``rows`` (in their order) that the address asks for; the first, where it asks for none.

    ``query``: what else the addresses of the pages beside it have to say.
    """
    places = {side: asked.get(side, "") for side in ("after", "before")}
    after, before = (order.read(text) if text else None for text in places.values())
    mistake = next(
        (text for side, text in places.items() if text and (after, before)[side == "before"] is None), ""
    )
    if before is not None:
        back = list(order.back(rows, before).reverse()[: size + 1])
        if len(back) >= size:
            shown = back[:size][::-1]
            return Walked(shown, _links(order, shown, query, back=len(back) > size, further=True), mistake)
        after = None  # fewer are left than a page holds: the first page
    found = list((order.further(rows, after) if after is not None else rows)[: size + 1])
    shown = found[:size]
    links = _links(order, shown, query, back=after is not None, further=len(found) > size)
    return Walked(shown, links, mistake)


def _links(
    order: Order, shown: list[Any], query: Mapping[str, str] | None, *, back: bool, further: bool
) -> dict[str, str]:
    def at(**place: str) -> str:
        return "?" + urlencode({**(query or {}), **place})

    if not shown:  # what was there has gone meanwhile
        return {"previous_url": at() if back else "", "next_url": ""}
    return {
        "previous_url": at(before=order.write(shown[0])) if back else "",
        "next_url": at(after=order.write(shown[-1])) if further else "",
    }
