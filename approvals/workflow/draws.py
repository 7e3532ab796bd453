"""Seeds and draws: who handles a case is nobody's choice, and anyone can check it."""

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localdate

from approvals import draw
from approvals.models import Case, CaseStatus, Draw, DutySeed
from approvals.workflow import duties
from approvals.workflow.running import staff_of, tell_staff
from portal.audit import workflow as audit
from portal.people.models import Post, PostRole, User


def commit_seed(day: date, *, at: datetime) -> DutySeed:
    """The day's secret, made once; its commitment goes on record now. Again: the same row."""
    with transaction.atomic():
        seed = secrets.token_hex(32)
        row, made = DutySeed.objects.get_or_create(
            day=day, defaults={"seed": seed, "commitment": draw.commitment(seed), "committed_at": at}
        )
        if made:
            audit.record(
                "approvals.seed.committed", subject=row, actor=None, at=at, day=day, commitment=row.commitment
            )
    return row


def reveal_seeds(*, at: datetime) -> int:
    """Show the seeds of all past days not yet shown. Missed nights are made up; again changes nothing."""
    shown = 0
    for pk in DutySeed.objects.filter(day__lt=localdate(at), revealed_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            row = DutySeed.objects.select_for_update().get(pk=pk)
            if row.revealed_at:
                continue
            row.revealed, row.revealed_at = row.seed, at
            row.save(update_fields=["revealed", "revealed_at"])
            audit.record(
                "approvals.seed.revealed", subject=row, actor=None, at=at, day=row.day, seed=row.revealed
            )
            shown += 1
    return shown


def candidates_for(case: Case, day: date) -> tuple[list[dict[str, object]], list[dict[str, object]], bool]:
    """Who could be drawn, who could not and why, and whether the quota had to be set aside.

    On duty: a handler's post in the department on the day of receipt, and not absent.
    When all are at their quota, those with the fewest cases of the day stand for the draw.
    """
    on = case.received_on
    posts = Post.objects.in_force(on).filter(
        department=case.department_id, role=PostRole.HANDLER, user__is_active=True
    )
    people = list(User.objects.filter(pk__in=posts.values("user_id")).order_by("pk"))
    present = set(Post.objects.present(on).filter(pk__in=posts).values_list("user_id", flat=True))
    today = Draw.objects.filter(seed__day=day, drawn__in=people).values("drawn").annotate(n=Count("pk"))
    load = {row["drawn"]: row["n"] for row in today.order_by()}
    able, excluded = [], []
    for person in people:
        reason = "" if person.pk in present else "不在岗"
        if not reason:
            own = case.applicant_user_id == person.pk
            reason = "本人为申请经办人" if own else duties.conflict_of(person, case.party, on)
        row: dict[str, object] = {"user": person.pk, "name": person.name, "load": load.get(person.pk, 0)}
        if reason:
            excluded.append({**row, "why": reason})
        else:
            able.append(row)
    quota = case.version.handler_quota
    free = [row for row in able if int(str(row["load"])) < quota]
    if free or not able:
        excluded += [
            {**row, "why": f"当日已分办{row['load']}件，达到上限"} for row in able if row not in free
        ]
        return free, excluded, False
    least = min(int(str(row["load"])) for row in able)
    return [row for row in able if row["load"] == least], excluded, True


def draw_handler(case: Case, *, at: datetime) -> Draw:
    """Draw the handler and put them on the case in memory; the caller saves the case.

    With nobody able, the draw is on record as empty, the heads are told and
    ``draw_undrawn`` tries again.
    """
    day = localdate(at)
    seed = DutySeed.objects.select_for_update().get(pk=commit_seed(day, at=at).pk)
    candidates, excluded, relaxed = candidates_for(case, day)
    round_ = case.draws.count() + 1
    index = draw.place(seed.seed, day, case.number, round_, len(candidates)) if candidates else None
    case.handler = None if index is None else User.objects.get(pk=candidates[index]["user"])
    row = Draw.objects.create(
        case=case, seed=seed, round=round_, candidates=candidates, excluded=excluded, is_quota_relaxed=relaxed,
        index=index, drawn=case.handler, drawn_at=at,
    )  # fmt: skip
    audit.record(
        "approvals.case.drawn" if case.handler else "approvals.case.left_undrawn",
        subject=case, actor=None, at=at, day=day, round=round_, commitment=seed.commitment,
        candidates=candidates, excluded=excluded, quota_relaxed=relaxed, index=index,
        drawn=case.handler_id, name=case.handler.name if case.handler else "",
    )  # fmt: skip
    key = f"{case.number}:{round_}"
    if case.handler:
        tell_staff("case_assigned", case, case.handler, at=at, key=key)
    else:
        for head in staff_of(case, PostRole.HEAD, case.received_on):
            tell_staff("case_undrawn", case, head, at=at, key=key)
    return row


def draw_undrawn(*, at: datetime) -> int:
    """Draw again for cases nobody could be drawn for, when somebody is on duty now."""
    drawn = 0
    waiting = Case.objects.filter(handler=None, status__in=(CaseStatus.SUBMITTED, CaseStatus.ACCEPTED))
    for case in waiting.order_by("pk"):
        with transaction.atomic():
            fresh = Case.objects.locked(case)
            if fresh.handler_id or not candidates_for(fresh, localdate(at))[0]:
                continue
            draw_handler(fresh, at=at)
            fresh.save(update_fields=["handler"])
            give_to(fresh, fresh.handler, by=None, at=at)
            drawn += 1
    return drawn


def give_to(case: Case, handler: User | None, *, by: User | None, at: datetime) -> None:
    """Hand the open step and the running clocks of the handling to the case's handler."""
    from approvals.models import StageKind, StepState
    from portal.workdays import workflow as clocks
    from portal.workdays.models import Clock

    case.steps.filter(state=StepState.TODO, kind=StageKind.HANDLE).update(assignee=handler)
    for clock in Clock.objects.of(case).filter(closed_on=None).order_by("pk"):
        step = case.steps.filter(clock=clock).first()
        if step is None or step.kind == StageKind.HANDLE:
            clocks.hand_over(clock, handler=handler, by=by, at=at)


def tomorrow(at: datetime) -> date:
    return localdate(at) + timedelta(days=1)
