"""The lists of a workbench: rows with a current clock, sorted by the date that matters, counts capped.

What the desks share. Which rows there are and what a line says, each desk knows itself.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import QueryDict

from portal.workdays.models import Clock, Light, light_rule

PAGE = 50
COUNT_CAP = 1_000
LIGHTS = ("red", "yellow", "green", "paused")
LIGHT_WORDS = [(value, str(Light(value).label)) for value in LIGHTS]
_CLOCK = ("due_on", "warn_on", "stopped_on", "closed_on")


@dataclass(frozen=True)
class Choice:
    """One filter as a link, with how many rows are behind it."""

    label: str
    url: str
    count: str
    is_on: bool


@dataclass(frozen=True)
class Page:
    """``rows`` of one page and ``clocks`` with their lights, by key; counts are over the unnarrowed list."""

    rows: list[Any]
    clocks: dict[int, Clock]
    total: str
    counted: Counter[str]
    asked: dict[str, str]
    next_url: str
    is_filtered: bool

    def clock_of(self, row: Any) -> Clock | None:
        return self.clocks.get(row.current_clock_id or 0)

    def choices(self, key: str, values: Sequence[tuple[str, str]]) -> list[Choice]:
        """Those that lead to rows, and the one that is on; following that one takes it off."""
        shown = []
        for value, label in values:
            count, is_on = self.counted[f"{key}:{value}"], self.asked[key] == value
            if count or is_on:
                query = _kept({**self.asked, key: "" if is_on else value})
                shown.append(Choice(label, "?" + urlencode(query), _capped(count), is_on))
        return shown

    @property
    def lights(self) -> list[Choice]:
        return self.choices("light", LIGHT_WORDS)


def asked_of(query: QueryDict, *free: str, **known: Container[str]) -> dict[str, str]:
    """What the address asks for: the light, each key of ``known`` where its value is one of them, and ``free`` words."""
    known = {"light": LIGHTS, **known}
    asked = {key: query.get(key, "").strip() for key in (*known, *free)}
    return {key: value if key not in known or value in known[key] else "" for key, value in asked.items()}


def page(
    rows: Any,
    asked: dict[str, str],
    *,
    columns: Mapping[str, str],
    after: str,
    on: date,
    newest: bool = False,
) -> Page:
    """One page of ``rows`` narrowed as asked; ``columns`` says in which column each key of the address looks.

    Sorted by the date that matters, or, with ``newest``, from the last row down.
    """
    counted = _counts(rows, columns, on)
    narrowed = {columns[key]: asked[key] for key in columns if asked[key]}
    found = rows.filter(**narrowed)
    if asked["light"]:
        found = found.filter(light_rule(asked["light"], on))
    order = ["-pk"] if newest else [F("current_clock__due_on").asc(nulls_last=True), "pk"]
    shown = list(_after(found.order_by(*order), after, newest=newest).for_lists()[: PAGE + 1])
    more, shown = len(shown) > PAGE, shown[:PAGE]
    is_narrowed = bool(narrowed or asked["light"])
    clocks = Clock.objects.filter(pk__in=[row.current_clock_id for row in shown]).with_light(on)
    return Page(
        rows=shown,
        clocks={clock.pk: clock for clock in clocks},
        total=_capped(found.order_by()[: COUNT_CAP + 1].count() if is_narrowed else counted["all"]),
        counted=counted,
        asked=asked,
        next_url="?" + urlencode({**_kept(asked), "after": _cursor(shown[-1])}) if more else "",
        is_filtered=is_narrowed or any(asked.values()),
    )


def _counts(rows: Any, columns: Mapping[str, str], on: date) -> Counter[str]:
    """By light and by each column, over at most the first 1,000 rows: one query."""
    names = [*columns.values(), *(f"current_clock__{name}" for name in _CLOCK)]
    counted: Counter[str] = Counter()
    for values in rows.order_by()[: COUNT_CAP + 1].values_list(*names):
        counted["all"] += 1
        counted.update(f"{key}:{value}" for key, value in zip(columns, values, strict=False))
        due_on, warn_on, stopped_on, closed_on = values[len(columns) :]
        if due_on is not None and closed_on is None:
            paused = stopped_on is not None and stopped_on <= due_on
            light = "paused" if paused else "red" if due_on < on else "yellow" if warn_on <= on else "green"
            counted[f"light:{light}"] += 1
    return counted


def _kept(asked: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in asked.items() if value}


def _capped(count: int) -> str:
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _cursor(row: Any) -> str:
    due_on = row.current_clock.due_on if row.current_clock else None
    return f"{due_on.isoformat() if due_on else ''}~{row.pk}"


def _after(rows: Any, cursor: str, *, newest: bool) -> Any:
    """Keyset paging; a cursor that cannot be read starts at the first page."""
    day, _, pk = cursor.partition("~")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return rows
    if newest:
        return rows.filter(pk__lt=int(pk))
    try:
        due_on = date.fromisoformat(day) if day else None
    except ValueError:
        return rows
    if due_on is None:
        return rows.filter(current_clock=None, pk__gt=int(pk))
    later = Q(current_clock__due_on__gt=due_on) | Q(current_clock__due_on=due_on, pk__gt=int(pk))
    return rows.filter(later | Q(current_clock=None))
