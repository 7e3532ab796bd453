"""Who is reminded of which date. The notice's key names clock and date, so no date is told twice."""

from collections import defaultdict
from datetime import datetime

from django.utils.timezone import localdate

from approvals.models import Case, StageKind, Step
from approvals.models.codes import STAGE_ROLES
from portal.notices import workflow as notices
from portal.people.models import Post, PostRole, User
from portal.workdays.models import Clock, ClockKind
from portal.workdays.workflow import MISSED, WARNED, tell_once

WATCHED = (
    ClockKind.CASE_ACCEPTANCE,
    ClockKind.CASE_PROMISE,
    ClockKind.CASE_STATUTORY,
    ClockKind.CASE_STAGE,
    ClockKind.CASE_DELIVERY,
)
CHUNK = 500


def remind_due_clocks(*, at: datetime) -> int:
    """Queue what is due soon, what is overdue, and the applicant's supplement. Returns clocks told of.

    Selects by the date as it stands and by what was told of it, never by the last run: late, twice or
    after missed nights the same notices exist, each once.
    """
    on = localdate(at)
    cases = Clock.objects.filter(subject_type=Case._meta.label_lower)
    watched = cases.filter(kind__in=WATCHED).select_related("handler", "department")
    waiting = cases.filter(kind=ClockKind.CASE_SUPPLEMENT).unwarned(on)
    return (
        tell_once(watched.unwarned(on), WARNED, lambda rows: _tell("clock_warning", rows, at))
        + tell_once(watched.unmissed(on), MISSED, lambda rows: _tell("clock_overdue", rows, at))
        + tell_once(waiting, WARNED, lambda rows: _remind_applicants(rows, at))
    )


def _tell(code: str, rows: list[Clock], at: datetime) -> None:
    cases = _cases_of(rows)
    holders = _holders({clock.department_id for clock in rows}, at)
    kinds = dict(Step.objects.filter(clock__in=rows).values_list("clock", "kind"))
    errands = []
    for clock in rows:
        case = cases.get(clock.subject_id)
        if case is None:
            continue
        answerable = _answerable(clock, case, kinds.get(clock.pk), holders)
        people = {person.pk: person for person in (*answerable, *holders[clock.department_id, PostRole.HEAD])}
        values = {
            "number": case.number, "item": case.item.name, "clock": clock.get_kind_display(), "due_on": clock.due_on,
        }  # fmt: skip
        key = f"{case.number}:{clock.pk}:{clock.due_on:%Y%m%d}"
        errands += [notices.Errand(person, key, 1, case, None, values) for person in people.values()]
    for start in range(0, len(errands), CHUNK):
        notices.queue_all(code, errands[start : start + CHUNK], at=at)


def _remind_applicants(rows: list[Clock], at: datetime) -> None:
    cases = _cases_of(rows)
    for clock in rows:
        case = cases.get(clock.subject_id)
        if case:
            notices.queue(
                "case_supplement_reminder", to=case.applicant_user or case.party, at=at,
                key=f"{case.number}:{clock.pk}:{clock.due_on:%Y%m%d}", subject=case,
                number=case.number, item=case.item.name, due_on=clock.due_on,
            )  # fmt: skip


def _cases_of(clocks: list[Clock]) -> dict[str, Case]:
    found = Case.objects.filter(pk__in=[int(clock.subject_id) for clock in clocks])
    return {str(case.pk): case for case in found.select_related("item", "handler", "applicant_user", "party")}


def _answerable(
    clock: Clock, case: Case, kind: str | None, holders: dict[tuple[int, str], list[User]]
) -> list[User]:
    """Whose date it is; a step of nobody yet is everybody's who may take it."""
    if clock.handler:
        return [clock.handler]
    if kind:
        acted = {case.handler_id, case.reviewer_id, case.approver_id}
        free = holders[clock.department_id, STAGE_ROLES[StageKind(kind)]]
        return [person for person in free if person.pk not in acted]
    return [case.handler] if case.handler else holders[clock.department_id, PostRole.CLERK]


def _holders(departments: set[int], at: datetime) -> dict[tuple[int, str], list[User]]:
    """Who is present today, by department and role."""
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    posts = Post.objects.present(localdate(at)).filter(department__in=departments)
    for post in posts.select_related("user").order_by("pk"):
        found[post.department_id, post.role].append(post.user)
    return found
