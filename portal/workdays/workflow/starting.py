"""Many clocks begun in one act, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model

from portal.audit import workflow as audit
from portal.workdays.deadlines import Move, Step
from portal.workdays.models import Clock, ClockKind, ClockSegment, Unit, current_calendar
from portal.workdays.recomputing import DERIVED, derive
from portal.workdays.workflow.calendar import hold_calendar

if TYPE_CHECKING:
    from portal.people.models import Department, Party, User


@dataclass(frozen=True)
class Beginning:
    """One promise of many; see ``start`` for the meaning of each."""

    subject: Model
    limit: int
    basis: str
    department: "Department"
    party: "Party | None" = None
    label: str = ""


@transaction.atomic
def start_all(
    kind: str,
    beginnings: Sequence[Beginning],
    *,
    on: date,
    unit: str = Unit.WORKING,
    by: "User | None",
    at: datetime,
) -> list[Clock]:
    """As ``start`` of each, in their order. Each subject at most once a call."""
    hold_calendar()
    calendar, dates = current_calendar(), dict[int, tuple[object, ...]]()
    clocks = []
    for one in beginnings:
        if one.limit not in dates:
            dates[one.limit] = derive([Step(Move.START, on, one.limit)], calendar, unit=unit, warn_days=None)
        clocks.append(
            Clock(
                kind=ClockKind(kind), subject_type=one.subject._meta.label_lower, subject_id=str(one.subject.pk),
                subject_label=(one.label or str(one.subject))[:120], department=one.department, party=one.party,
                unit=Unit(unit), limit=one.limit, basis=one.basis,
                **dict(zip(DERIVED, dates[one.limit], strict=True)),
            )
        )  # fmt: skip
    Clock.objects.bulk_create(clocks)
    ClockSegment.objects.bulk_create(
        ClockSegment(
            clock=clock,
            seq=1,
            move=Move.START.value,
            on=on,
            days=clock.limit,
            basis=clock.basis,
            by=by,
            at=at,
        )
        for clock in clocks
    )
    deeds = [
        audit.Deed(
            clock.subject_key,
            {
                "clock": str(clock.get_kind_display()), "due_on": clock.due_on.isoformat(), "limit": clock.limit,
                "unit": str(clock.get_unit_display()), "basis": clock.basis,
            },
        )
        for clock in clocks
    ]  # fmt: skip
    audit.record_all("workdays.clock.started", deeds, actor=by, at=at)
    return clocks
