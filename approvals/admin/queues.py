"""The lists of the workbench: one line a case, sorted by the date that matters, counts capped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from approvals.models import Case, CaseStatus, Reversal, ServiceItem, Step
from approvals.models.cases import CaseQuerySet
from approvals.models.codes import OPEN, StepState
from portal.people.identity import normalise_phone
from portal.people.models import User
from portal.workdays import queues
from portal.workdays.models import Clock


@dataclass(frozen=True)
class Line:
    """What one line of a queue shows."""

    case: Case
    clock: Clock | None
    turn: str
    stage: str


@dataclass(frozen=True)
class Queue:
    lines: list[Line]
    statuses: list[queues.Choice]
    items: list[queues.Choice]
    page: queues.Page


NUMBER = 14  # digits of a case's number


SCOPES: dict[str, tuple[str, Callable[[User], CaseQuerySet]]] = {
    "mine": ("我的待办", lambda user: Case.objects.mine(user)),
    "pool": ("公共池", lambda user: Case.objects.pool(user)),
    "department": ("本部门办件", lambda user: Case.objects.in_department(user)),
    "reversals": ("撤回、撤销和注销", lambda user: Case.objects.in_department(user).being_reversed()),
}


def build(scope: str, user: User, query: QueryDict, on: date) -> Queue:
    """One page of a scope (``mine``, ``pool``, ``department``) under the filters of the address."""
    asked = queues.asked_of(query, "item", "q", status=CaseStatus.values)
    cases = SCOPES[scope][1](user)
    named = asked["q"].isdecimal() and len(asked["q"]) == NUMBER
    # Over, but for the licence; and who names one case means it, whatever became of it.
    if not asked["status"] and scope != "reversals" and not named:
        cases = cases.filter(status__in=OPEN)
    cases = _searched(cases, asked["q"])
    columns = {"status": "status", "item": "item__code"}
    page = queues.page(cases, asked, columns=columns, after=query.get("after", ""), on=on)
    return Queue(
        lines=_lines(page, _turns(page) if scope == "reversals" else {}),
        statuses=page.choices("status", [(status.value, str(status.label)) for status in OPEN]),
        items=page.choices("item", _item_names(page.counted)),
        page=page,
    )


def _searched(cases: CaseQuerySet, q: str) -> CaseQuerySet:
    """By number, by the applicant's phone, or by a part of the applicant's name."""
    if not q:
        return cases
    if q.isdecimal() and len(q) == NUMBER:
        return cases.filter(number=q)
    phone = normalise_phone(q)
    if phone.isdecimal() and len(phone) == 11:
        return cases.filter(party__in=_parties_with_phone(phone))
    return cases.filter(party_name__contains=q)


def _parties_with_phone(phone: str) -> Any:
    from portal.people.crypto import keyed_hash
    from portal.people.models import Party

    return Party.objects.filter(phone_hash=keyed_hash("phone", phone)).values("pk")


def _item_names(counted: Counter[str]) -> list[tuple[str, str]]:
    codes = [key.removeprefix("item:") for key in counted if key.startswith("item:")]
    names = ServiceItem.objects.filter(code__in=codes).values_list("code", "name")
    return sorted(names, key=lambda pair: -counted[f"item:{pair[0]}"])[:8]


def _turns(page: queues.Page) -> dict[int, str]:
    """Of licences about to be taken back: their holder's until they spoke or may no more, then the approver's."""
    waiting = Reversal.objects.open().filter(case__in=page.rows, stated_at=None, clock__closed_on=None)
    with_holder = set(waiting.exclude(clock=None).values_list("case_id", flat=True))
    return {
        row.pk: "被许可人（陈述申辩）" if row.pk in with_holder else "批准岗（待决定）" for row in page.rows
    }


def _lines(page: queues.Page, turns: dict[int, str]) -> list[Line]:
    steps = {
        step.case_id: step
        for step in Step.objects.filter(case__in=page.rows, state=StepState.TODO).select_related(
            "assignee", "stage"
        )
    }
    return [
        Line(
            case,
            page.clock_of(case),
            turns.get(case.pk) or whose_turn(case, steps.get(case.pk)),
            str(steps[case.pk].stage) if case.pk in steps else case.get_status_display(),
        )
        for case in page.rows
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
