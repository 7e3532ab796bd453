"""What several verbs share: a case's clocks, its next step, who is told."""

from datetime import date, datetime
from typing import Any, TypeVar

from approvals.models import Case, Stage, StageKind, Step, StepState
from approvals.models.codes import STAGE_ROLES
from portal.notices import workflow as notices
from portal.people.models import Party, Post, User
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock, ClockKind

T = TypeVar("T")
STAGE_BASIS = "事项办理环节时限"


def known(value: T | None) -> T:
    """What an earlier move must have set. Raises LookupError: its absence is our own fault."""
    if value is None:
        raise LookupError("a case lacks what its state requires")
    return value


def applicant(case: Case) -> User | Party:
    return case.applicant_user or case.party


def tell_applicant(code: str, case: Case, *, at: datetime, **params: Any) -> None:
    notices.queue(
        code, to=applicant(case), at=at, key=case.number, subject=case,
        number=case.number, item=case.item.name, **params,
    )  # fmt: skip


def tell_staff(code: str, case: Case, person: User, *, at: datetime, key: str = "", **params: Any) -> None:
    notices.queue(
        code, to=person, at=at, key=key or case.number, subject=case,
        number=case.number, item=case.item.name, **params,
    )  # fmt: skip


def staff_of(case: Case, role: str, on: date) -> list[User]:
    """Those present that day in this role of the case's department, without the ones who already acted."""
    acted = {case.handler_id, case.reviewer_id, case.approver_id} - {None}
    posts = Post.objects.present(on).filter(department=case.department_id, role=role).select_related("user")
    return list(
        {post.user_id: post.user for post in posts.order_by("pk") if post.user_id not in acted}.values()
    )


def close_clocks(case: Case, *, on: date, outcome: str, by: User | None, at: datetime) -> None:
    """End every promise still running for the case."""
    for clock in Clock.objects.of(case).filter(closed_on=None).order_by("pk"):
        close_clock(clock, on=on, outcome=outcome, by=by, at=at)


def close_clock(clock: Clock, *, on: date, outcome: str, by: User | None, at: datetime) -> Clock:
    """Close on ``on``, or on the day of its last move where that lies ahead (receipt on the next working day)."""
    last = clock.segments.order_by("-seq").values_list("on", flat=True)[0]
    return clocks.close(clock, on=max(on, last), outcome=outcome, by=by, at=at)


def clock_label(case: Case) -> str:
    """What a message about a moved date calls the case."""
    return f"办件{case.number}"


def start_promises(case: Case, *, on: date, by: User | None, at: datetime) -> None:
    """The promised and the statutory clock, both counted from the day after acceptance."""
    version = case.version
    promise = version.promise_limit if version.promise_limit is not None else version.statutory_limit
    owner: dict[str, Any] = {
        "subject": case,
        "on": on,
        "department": case.department,
        "handler": case.handler,
    }
    owner |= {"party": case.party, "label": clock_label(case), "by": by, "at": at}
    case.promise_clock = clocks.start(
        ClockKind.CASE_PROMISE, limit=promise or 1, unit=version.promise_unit,
        basis=f"《{version.name}》承诺办结时限", **owner,
    )  # fmt: skip
    case.statutory_clock = clocks.start(
        ClockKind.CASE_STATUTORY, limit=version.statutory_limit or promise or 1, unit=version.statutory_unit,
        basis=version.statutory_basis or "法定办结时限", **owner,
    )  # fmt: skip
    case.current_clock = case.promise_clock


def open_step(
    case: Case, stage: Stage, *, round_: int, assignee: User | None, on: date, by: User | None, at: datetime
) -> Step:
    """The next step with its own clock; told to its assignee, or to all who may take it."""
    step = Step.objects.create(
        case=case,
        stage=stage,
        kind=stage.kind,
        round=round_,
        assignee=assignee,
        state=StepState.TODO,
        started_at=at,
    )
    step.clock = clocks.start(
        ClockKind.CASE_STAGE, subject=case, on=on, limit=max(stage.limit, 1), unit=stage.unit, basis=STAGE_BASIS,
        department=case.department, handler=assignee, label=clock_label(case), by=by, at=at,
    )  # fmt: skip
    step.save(update_fields=["clock"])
    waiting = [assignee] if assignee else staff_of(case, STAGE_ROLES[StageKind(stage.kind)], on)
    for person in waiting:
        tell_staff(
            "case_step_waiting", case, person, at=at, key=f"{case.number}:{stage.kind}:{round_}",
            stage=str(stage), due_on=step.clock.due_on,
        )  # fmt: skip
    return step


def stages_of(case: Case) -> list[Stage]:
    return list(case.version.stages.order_by("order", "pk"))


def stage_after(case: Case, kind: str) -> Stage | None:
    stages = stages_of(case)
    places = [number for number, stage in enumerate(stages) if stage.kind == kind]
    following = stages[places[0] + 1 :] if places else stages
    return following[0] if following else None
