"""The lists of the request desk: one line a request, sorted by the date that matters, counts capped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q
from django.http import QueryDict

from disclosure.models import InformationRequest
from disclosure.models.requests import RUNNING, RequestQuerySet, RequestStatus
from disclosure.numbering import is_request_number
from portal.people.crypto import keyed_hash
from portal.people.identity import normalise_phone
from portal.people.models import User
from portal.workdays import queues
from portal.workdays.models import Clock

MOST_TOPICS = 50
ANSWERED = "answered"
SCOPES: dict[str, tuple[str, Callable[[User], RequestQuerySet]]] = {
    "mine": ("我的待办", lambda user: InformationRequest.objects.mine(user)),
    "signing": ("待我审签", lambda user: InformationRequest.objects.to_sign(user)),
    "pool": ("待认领", lambda user: InformationRequest.objects.pool(user)),
    "department": ("全部申请", lambda user: InformationRequest.objects.visible_to(user)),
    ANSWERED: (
        "已答复",
        lambda user: InformationRequest.objects.visible_to(user).filter(status=RequestStatus.REPLIED),
    ),
}
FOR_WORKERS = {"mine", "signing", "pool"}


@dataclass(frozen=True)
class Line:
    """What one line of a queue shows."""

    row: InformationRequest
    clock: Clock | None
    turn: str


@dataclass(frozen=True)
class Queue:
    lines: list[Line]
    statuses: list[queues.Choice]
    page: queues.Page


def build(scope: str, user: User, query: QueryDict, on: date) -> Queue:
    """One page of a scope under the filters of the address."""
    asked = queues.asked_of(query, "q", status=RequestStatus.values)
    rows = SCOPES[scope][1](user)
    if scope != ANSWERED and not asked["status"] and not asked["q"]:
        rows = rows.filter(status__in=RUNNING)
    rows = _searched(rows, asked["q"])
    page = queues.page(
        rows,
        asked,
        columns={"status": "status"},
        after=query.get("after", ""),
        on=on,
        newest=scope == ANSWERED,
    )
    return Queue(
        lines=[Line(row, page.clock_of(row), whose_turn(row)) for row in page.rows],
        statuses=page.choices("status", [(value.value, str(value.label)) for value in RequestStatus]),
        page=page,
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


def whose_turn(row: InformationRequest) -> str:
    """Who has to move now, in words."""
    if row.status in (RequestStatus.CORRECTION, RequestStatus.PAYMENT, RequestStatus.REASONS):
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


def topics(user: User, *, most: int = MOST_TOPICS) -> list[Topic]:
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
