"""The lists of the workbench: one line a case, sorted by the date that matters, counts capped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import QueryDict

from approvals.models import Case, CaseStatus, ServiceItem, Step
from approvals.models.cases import CaseQuerySet
from approvals.models.codes import OPEN, StepState
from portal.people.identity import normalise_phone
from portal.people.models import User
from portal.workdays.models import Clock, Light

PAGE = 50
COUNT_CAP = 1_000
LIGHTS = ("red", "yellow", "green", "paused")


@dataclass(frozen=True)
class Line:
    """What one line of a queue shows."""

    case: Case
    clock: Clock | None
    turn: str
    stage: str


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
    items: list[Choice]
    next_url: str
    is_filtered: bool
    query: dict[str, str] = field(default_factory=dict)


SCOPES: dict[str, tuple[str, Callable[[User], CaseQuerySet]]] = {
    "mine": ("我的待办", lambda user: Case.objects.mine(user)),
    "pool": ("公共池", lambda user: Case.objects.pool(user)),
    "department": ("本部门办件", lambda user: Case.objects.in_department(user)),
}


def build(scope: str, user: User, query: QueryDict, on: date) -> Queue:
    """One page of a scope (``mine``, ``pool``, ``department``) under the filters of the address."""
    asked = {key: query.get(key, "").strip() for key in ("light", "status", "item", "q")}
    if asked["light"] not in LIGHTS:
        asked["light"] = ""
    if asked["status"] not in CaseStatus.values:
        asked["status"] = ""
    cases = SCOPES[scope][1](user)
    if not asked["status"]:
        cases = cases.filter(status__in=OPEN)
    cases = _searched(cases, asked["q"])
    counted = _counts(cases, on)
    if asked["light"]:
        cases = cases.in_light(asked["light"], on)
    if asked["status"]:
        cases = cases.filter(status=asked["status"])
    if asked["item"]:
        cases = cases.filter(item__code=asked["item"])
    ordered = cases.order_by(F("current_clock__due_on").asc(nulls_last=True), "pk")
    page = list(_after(ordered, query.get("after", "")).for_lists()[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    narrowed = any(asked[key] for key in ("light", "status", "item"))
    return Queue(
        lines=_lines(page, on),
        total=_capped(cases.order_by()[: COUNT_CAP + 1].count()) if narrowed else _capped(counted["all"]),
        lights=_choices("light", [(v, Light(v).label) for v in LIGHTS], asked, counted),
        statuses=_choices("status", [(s.value, s.label) for s in OPEN], asked, counted),
        items=_choices("item", _item_names(counted), asked, counted),
        next_url="?" + urlencode({**_kept(asked), "after": _cursor(page[-1])}) if more else "",
        is_filtered=narrowed or bool(asked["q"]),
        query=asked,
    )


def _searched(cases: CaseQuerySet, q: str) -> CaseQuerySet:
    """By number, by the applicant's phone, or by a part of the applicant's name."""
    if not q:
        return cases
    if q.isdecimal() and len(q) == 14:
        return cases.filter(number=q)
    phone = normalise_phone(q)
    if phone.isdecimal() and len(phone) == 11:
        return cases.filter(party__in=_parties_with_phone(phone))
    return cases.filter(party_name__contains=q)


def _parties_with_phone(phone: str) -> Any:
    from portal.people.crypto import keyed_hash
    from portal.people.models import Party

    return Party.objects.filter(phone_hash=keyed_hash("phone", phone)).values("pk")


def _counts(cases: CaseQuerySet, on: date) -> Counter[str]:
    """Counts by light, status and item over at most the first 1,000 cases: one query."""
    rows = cases.order_by()[: COUNT_CAP + 1].values_list(
        "status", "item__code", "current_clock__due_on", "current_clock__warn_on",
        "current_clock__stopped_on", "current_clock__closed_on",
    )  # fmt: skip
    counted: Counter[str] = Counter()
    for status, item, due_on, warn_on, stopped_on, closed_on in rows:
        counted["all"] += 1
        counted[f"status:{status}"] += 1
        counted[f"item:{item}"] += 1
        if due_on is not None and closed_on is None:
            paused = stopped_on is not None and stopped_on <= due_on
            light = "paused" if paused else "red" if due_on < on else "yellow" if warn_on <= on else "green"
            counted[f"light:{light}"] += 1
    return counted


def _item_names(counted: Counter[str]) -> list[tuple[str, str]]:
    codes = [key.removeprefix("item:") for key in counted if key.startswith("item:")]
    names = ServiceItem.objects.filter(code__in=codes).values_list("code", "name")
    return sorted(names, key=lambda pair: -counted[f"item:{pair[0]}"])[:8]


def _choices(
    key: str, values: list[tuple[str, str]], asked: dict[str, str], counted: Counter[str]
) -> list[Choice]:
    shown = []
    for value, label in values:
        count = counted[f"{key}:{value}"]
        if not count and asked[key] != value:
            continue
        is_on = asked[key] == value
        query = _kept({**asked, key: "" if is_on else value})
        shown.append(Choice(label, "?" + urlencode(query), _capped(count), is_on))
    return shown


def _kept(asked: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in asked.items() if value}


def _capped(count: int) -> str:
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _cursor(case: Case) -> str:
    due_on = case.current_clock.due_on if case.current_clock else None
    return f"{due_on.isoformat() if due_on else ''}~{case.pk}"


def _after(cases: CaseQuerySet, cursor: str) -> Any:
    """Keyset paging; a cursor that cannot be read starts at the first page."""
    day, _, pk = cursor.partition("~")
    if not (pk.isdecimal() and len(pk) < 19):
        return cases
    try:
        due_on = date.fromisoformat(day) if day else None
    except ValueError:
        return cases
    if due_on is None:
        return cases.filter(current_clock=None, pk__gt=int(pk))
    later = Q(current_clock__due_on__gt=due_on) | Q(current_clock__due_on=due_on, pk__gt=int(pk))
    return cases.filter(later | Q(current_clock=None))


def _lines(cases: list[Case], on: date) -> list[Line]:
    clocks = {
        clock.pk: clock
        for clock in Clock.objects.filter(pk__in=[c.current_clock_id for c in cases]).with_light(on)
    }
    steps = {
        step.case_id: step
        for step in Step.objects.filter(case__in=cases, state=StepState.TODO).select_related(
            "assignee", "stage"
        )
    }
    return [
        Line(
            case,
            clocks.get(case.current_clock_id or 0),
            whose_turn(case, steps.get(case.pk)),
            str(steps[case.pk].stage) if case.pk in steps else case.get_status_display(),
        )
        for case in cases
    ]


def whose_turn(case: Case, step: Step | None) -> str:
    """Who has to move now, in words."""
    if case.status == CaseStatus.SUPPLEMENT:
        return "申请人"
    if step is not None:
        return str(step.assignee) if step.assignee else f"{step.get_kind_display()}岗（待认领）"
    if case.status == CaseStatus.SUBMITTED:
        return str(case.handler) if case.handler else "受理窗口"
    if case.status in (CaseStatus.GRANTED, CaseStatus.REFUSED):
        return str(case.handler) if case.handler else "送达窗口"
    return "—"
