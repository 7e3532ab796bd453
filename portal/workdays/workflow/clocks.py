"""The life of a clock: each verb appends a segment and stores the date that follows."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model

from portal.audit import workflow as audit
from portal.days import spoken
from portal.refusals import RuleBroken
from portal.workdays import deadlines
from portal.workdays.calendar import WorkCalendar
from portal.workdays.deadlines import Move, Settled, Step
from portal.workdays.explanation import Explanation, explain_settled
from portal.workdays.models import (
    Clock,
    ClockKind,
    ClockSegment,
    Ground,
    Unit,
    current_calendar,
)
from portal.workdays.recomputing import DERIVED, derive
from portal.workdays.workflow.calendar import hold_calendar

if TYPE_CHECKING:
    from portal.people.models import Department, Party, User


@transaction.atomic
def start(
    kind: str,
    *,
    subject: Model,
    on: date,
    limit: int,
    basis: str,
    department: "Department",
    by: "User | None",
    at: datetime,
    handler: "User | None" = None,
    party: "Party | None" = None,
    unit: str = Unit.WORKING,
    warn_days: int | None = None,
    label: str = "",
) -> Clock:
    """Start a clock on ``on``, its day 0; due ``limit`` days of ``unit`` later.

    ``party`` and ``handler`` are told when a calendar notice moves the date; ``label`` names
    the subject to them (its ``str`` otherwise). ``warn_days`` replaces the rule of nine tenths
    or one working day. Raises ``OutsideCalendar`` where the calendar has no rows.
    """
    if limit < 0:
        raise ValueError("A limit is not negative.")
    clock = Clock(
        kind=ClockKind(kind),
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=(label or str(subject))[:120],
        department=department,
        handler=handler,
        party=party,
        unit=Unit(unit),
        limit=limit,
        basis=basis,
        warn_days=warn_days,
    )
    step = Step(Move.START, on, limit, basis=basis)
    _store(clock, [step])
    clock.save(force_insert=True)
    _append(clock, step, seq=1, by=by, at=at)
    _record("started", clock, by=by, at=at, limit=limit, unit=str(clock.get_unit_display()), basis=basis)
    return clock


@transaction.atomic
def pause(clock: Clock, *, on: date, ground: str, basis: str = "", by: "User | None", at: datetime) -> Clock:
    """Stand still from the day after ``on`` until resumed.

    A pause after the date has passed is recorded and shifts nothing.
    """
    return _move(clock, Step(Move.PAUSE, on, ground=ground, basis=basis), "paused", by=by, at=at)


@transaction.atomic
def resume(clock: Clock, *, on: date, by: "User | None", at: datetime) -> Clock:
    """Count again from the day after ``on``; the pause moves the date by the days it held."""
    return _move(clock, Step(Move.RESUME, on), "resumed", by=by, at=at)


@transaction.atomic
def extend(
    clock: Clock, *, on: date, days: int, basis: str, by: "User | None", at: datetime, ground: str = ""
) -> Clock:
    """Give ``days`` more. Refused once the date has passed: an extension is decided in time."""
    if days < 1:
        raise RuleBroken("延长的天数应为正整数。", field="days")
    step = Step(Move.EXTEND, on, days, ground=ground, basis=basis)
    return _move(clock, step, "extended", by=by, at=at)


@transaction.atomic
def restart(
    clock: Clock, *, on: date, ground: str, by: "User | None", at: datetime, basis: str = ""
) -> Clock:
    """Count the whole limit anew with ``on`` as day 0; earlier pauses and extensions fall away."""
    return _move(clock, Step(Move.RESTART, on, ground=ground, basis=basis), "restarted", by=by, at=at)


@transaction.atomic
def close(clock: Clock, *, on: date, outcome: str, by: "User | None", at: datetime) -> Clock:
    """The promise is kept, broken or gone; ``outcome`` says which in a word or two."""
    if not outcome:
        raise ValueError("A clock closes with an outcome.")
    return _move(clock, Step(Move.CLOSE, on, ground=outcome), "closed", by=by, at=at, outcome=outcome)


@transaction.atomic
def hand_over(
    clock: Clock,
    *,
    handler: "User | None",
    department: "Department | None" = None,
    by: "User | None",
    at: datetime,
) -> Clock:
    """Another person, of another department where one is given, answers for the date from now on; the date stays."""
    clock = Clock.objects.locked(clock)
    moves = department is not None and clock.department_id != department.pk
    if clock.handler_id == (handler.pk if handler else None) and not moves:
        return clock
    facts = {"former": str(clock.handler or ""), "handler": str(handler or "")}
    if moves and department:
        facts |= {"former_department": str(clock.department), "department": str(department)}
        clock.department = department
    clock.handler = handler
    clock.warned_for = clock.missed_for = None  # the new one has been told of nothing
    clock.save(update_fields=["handler", "department", "warned_for", "missed_for"])
    _record("handed_over", clock, by=by, at=at, **facts)
    return clock


def explain(clock: Clock, on: date) -> Explanation:
    """Every day from the start to the date, as it stands on ``on``. Reads only."""
    calendar = current_calendar()
    segments = list(clock.segments.select_related("by").order_by("seq"))
    settled = _settle(clock, [segment.as_step() for segment in segments], calendar)
    told = explain_settled(settled, calendar)
    told.title, told.basis, told.segments = str(clock.get_kind_display()), clock.basis, list(segments)
    told.left = None if clock.is_closed else deadlines.days_left(settled, on, calendar)
    return told


def _settle(clock: Clock, steps: list[Step], calendar: WorkCalendar) -> Settled:
    return deadlines.settle(steps, calendar, unit=deadlines.Unit(clock.unit), warn_days=clock.warn_days)


def _move(clock: Clock, step: Step, deed: str, *, by: "User | None", at: datetime, **changes: Any) -> Clock:
    clock = Clock.objects.locked(clock)
    steps = clock.steps()
    _check(clock, step, steps[-1])
    before = clock.due_on
    _append(clock, step, seq=len(steps) + 1, by=by, at=at)
    for name, value in changes.items():
        setattr(clock, name, value)
    fields = _store(clock, [*steps, _worded(step)])
    clock.save(update_fields=[*fields, *changes])
    facts = {"on": step.on, "ground": _worded(step).ground, "basis": step.basis, "days": step.days or ""}
    if clock.due_on != before:
        facts["due_before"] = before
    _record(deed, clock, by=by, at=at, **{name: value for name, value in facts.items() if value})
    return clock


def _check(clock: Clock, step: Step, last: Step) -> None:
    """Refuse what the law of clocks does not allow."""
    name = clock.get_kind_display()
    if clock.closed_on:
        raise RuleBroken(f"“{name}”已于{spoken(clock.closed_on)}办结，不能再变动。")
    if step.on < last.on:
        raise RuleBroken(f"日期不能早于“{name}”上一次变动的{spoken(last.on)}。", field="on")
    if step.move == Move.PAUSE and clock.stopped_on:
        raise RuleBroken(f"“{name}”自{spoken(clock.stopped_on)}起已中止，不能重复中止。")
    if step.move == Move.RESUME and not clock.stopped_on:
        raise RuleBroken(f"“{name}”没有中止，无需恢复。")
    if step.move == Move.EXTEND and clock.due_on < step.on and not clock.is_paused:
        raise RuleBroken(f"“{name}”已于{spoken(clock.due_on)}届满，延长须在届满前决定。", field="on")


def _store(clock: Clock, steps: list[Step]) -> list[str]:
    hold_calendar()
    columns = derive(steps, current_calendar(), unit=clock.unit, warn_days=clock.warn_days)
    for name, value in zip(DERIVED, columns, strict=True):
        setattr(clock, name, value)
    return list(DERIVED)


def _append(clock: Clock, step: Step, *, seq: int, by: "User | None", at: datetime) -> None:
    ClockSegment.objects.create(
        clock=clock,
        seq=seq,
        move=step.move.value,
        on=step.on,
        days=step.days,
        ground=step.ground,
        basis=step.basis,
        by=by,
        at=at,
    )


def _worded(step: Step) -> Step:
    """The step as its stored segment reads, the ground in words."""
    ground = str(Ground(step.ground).label) if step.ground in Ground.values else step.ground
    return Step(step.move, step.on, step.days, ground, step.basis)


def _record(deed: str, clock: Clock, *, by: "User | None", at: datetime, **facts: Any) -> None:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    audit.record(
        f"workdays.clock.{deed}",
        subject=clock.subject_key,
        actor=by,
        at=at,
        clock=str(clock.get_kind_display()),
        due_on=clock.due_on.isoformat(),
        **plain,
    )
