"""The lists of the request desk: one line a request, sorted by the date that matters, counts capped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q
from django.http import QueryDict

from disclosure.models import InformationRequest
from disclosure.models.requests import RUNNING, RequestQuerySet, RequestStatus
from disclosure.numbering import is_request_number
from portal.people.crypto import keyed_hash
from portal.people.identity import normalise_phone
from portal.people.models import User
from portal.workdays.models import Clock, Light

PAGE = 50
COUNT_CAP = 1_000
LIGHTS = ("red", "yellow", "green", "paused")

SCOPES: dict[str, tuple[str, Callable[[User], RequestQuerySet]]] = {
    "mine": ("我的待办", lambda user: InformationRequest.objects.mine(user)),
    "signing": ("待我审签", lambda user: InformationRequest.objects.to_sign(user)),
    "pool": ("待认领", lambda user: InformationRequest.objects.pool(user)),
    "department": ("全部申请", lambda user: InformationRequest.objects.visible_to(user)),
}


@dataclass(frozen=True)
class Line:
    """What one line of a queue shows."""

    row: InformationRequest
    clock: Clock | None
    turn: str


@dataclass
class Choice:
    label: str
    url: str
    count: str
    is_on: bool


@dataclass
class Queue:
    lines: list[Line]
    total: str
    lights: list[Choice]
    statuses: list[Choice]
    next_url: str
    is_filtered: bool
    query: dict[str, str] = field(default_factory=dict)


def build(scope: str, user: User, query: QueryDict, on: date) -> Queue:
    """One page of a scope (``mine``, ``pool``, ``department``) under the filters of the address."""
    asked = {key: query.get(key, "").strip() for key in ("light", "status", "q")}
    if asked["light"] not in LIGHTS:
        asked["light"] = ""
    if asked["status"] not in RequestStatus.values:
        asked["status"] = ""
    rows = SCOPES[scope][1](user)
    if not asked["status"] and not asked["q"]:
        rows = rows.filter(status__in=RUNNING)
    rows = _searched(rows, asked["q"])
    counted = _counts(rows, on)
    if asked["light"]:
        rows = rows.in_light(asked["light"], on)
    if asked["status"]:
        rows = rows.filter(status=asked["status"])
    ordered = rows.order_by(F("current_clock__due_on").asc(nulls_last=True), "pk")
    page = list(_after(ordered, query.get("after", "")).for_lists()[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    narrowed = bool(asked["light"] or asked["status"])
    return Queue(
        lines=_lines(page, on),
        total=_capped(rows.order_by()[: COUNT_CAP + 1].count()) if narrowed else _capped(counted["all"]),
        lights=_choices("light", [(value, str(Light(value).label)) for value in LIGHTS], asked, counted),
        statuses=_choices(
            "status", [(value.value, str(value.label)) for value in RequestStatus], asked, counted
        ),
        next_url="?" + urlencode({**_kept(asked), "after": _cursor(page[-1])}) if more else "",
        is_filtered=narrowed or bool(asked["q"]),
        query=asked,
    )


def _searched(rows: RequestQuerySet, q: str) -> RequestQuerySet:
    """By number, by the applicant's phone, or by a part of the name or of what is wanted."""
    if not q:
        return rows
    if is_request_number(q):
        return rows.filter(number=q)
    phone = normalise_phone(q)
    if phone.isdecimal() and len(phone) == 11:
        return rows.filter(phone_hash=keyed_hash("phone", phone))
    return rows.filter(Q(name__contains=q) | Q(title__contains=q))


def _counts(rows: RequestQuerySet, on: date) -> Counter[str]:
    """Counts by light and status over at most the first 1,000: one query."""
    found = rows.order_by()[: COUNT_CAP + 1].values_list(
        "status", "current_clock__due_on", "current_clock__warn_on", "current_clock__stopped_on",
        "current_clock__closed_on",
    )  # fmt: skip
    counted: Counter[str] = Counter()
    for status, due_on, warn_on, stopped_on, closed_on in found:
        counted["all"] += 1
        counted[f"status:{status}"] += 1
        if due_on is not None and closed_on is None:
            paused = stopped_on is not None and stopped_on <= due_on
            light = "paused" if paused else "red" if due_on < on else "yellow" if warn_on <= on else "green"
            counted[f"light:{light}"] += 1
    return counted


def _choices(
    key: str, values: list[tuple[str, str]], asked: dict[str, str], counted: Counter[str]
) -> list[Choice]:
    shown = []
    for value, label in values:
        count, is_on = counted[f"{key}:{value}"], asked[key] == value
        if count or is_on:
            query = _kept({**asked, key: "" if is_on else value})
            shown.append(Choice(label, "?" + urlencode(query), _capped(count), is_on))
    return shown


def _kept(asked: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in asked.items() if value}


def _capped(count: int) -> str:
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _cursor(row: InformationRequest) -> str:
    due_on = row.current_clock.due_on if row.current_clock else None
    return f"{due_on.isoformat() if due_on else ''}~{row.pk}"


def _after(rows: RequestQuerySet, cursor: str) -> RequestQuerySet:
    """Keyset paging; a cursor that cannot be read starts at the first page."""
    day, _, pk = cursor.partition("~")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return rows
    try:
        due_on = date.fromisoformat(day) if day else None
    except ValueError:
        return rows
    if due_on is None:
        return rows.filter(current_clock=None, pk__gt=int(pk))
    later = Q(current_clock__due_on__gt=due_on) | Q(current_clock__due_on=due_on, pk__gt=int(pk))
    return rows.filter(later | Q(current_clock=None))


def _lines(rows: list[InformationRequest], on: date) -> list[Line]:
    clocks = {
        clock.pk: clock
        for clock in Clock.objects.filter(pk__in=[row.current_clock_id for row in rows]).with_light(on)
    }
    return [Line(row, clocks.get(row.current_clock_id or 0), whose_turn(row)) for row in rows]


def whose_turn(row: InformationRequest) -> str:
    """Who has to move now, in words."""
    if row.status in (RequestStatus.CORRECTION, RequestStatus.PAYMENT):
        return "申请人"
    if row.status == RequestStatus.CONSULTING:
        return "被征求意见方"
    if row.status == RequestStatus.SIGNING:
        return "审签人"
    if not row.is_running:
        return "—"
    return str(row.handler) if row.handler else "待认领"


@dataclass(frozen=True)
class Topic:
    """Much the same information, asked for by so many people."""

    row: InformationRequest
    people: int
    requests: int


def topics(user: User, *, most: int = PAGE) -> list[Topic]:
    """What at least two people asked for and nobody has decided to publish or not (条例 第四十四条)."""
    groups = (
        InformationRequest.objects.visible_to(user)
        .filter(topic__isnull=False, conversion="")
        .values("topic")
        .annotate(people=Count("id_hash", distinct=True), requests=Count("pk"), first=Min("pk"))
        .filter(people__gte=2)
        .order_by("-people", "topic")[:most]
    )
    found = {group["first"]: group for group in groups}
    rows: dict[int, InformationRequest] = InformationRequest.objects.all().for_lists().in_bulk(list(found))
    return [Topic(rows[pk], int(group["people"]), int(group["requests"])) for pk, group in found.items()]
