"""Dates of requests that come near or have passed. A notice's key names clock and date: each date told once."""

from collections import defaultdict
from datetime import datetime

from django.utils.timezone import localdate

from disclosure.models import InformationRequest
from disclosure.models.requests import RequestStatus
from disclosure.workflow.requests.running import tell_applicant
from portal.notices import workflow as notices
from portal.people.models import Post, PostRole, User
from portal.workdays.models import Clock, ClockKind, ClockQuerySet

CHUNK = 500


def remind_due_requests(*, at: datetime) -> int:
    """Queue what is due soon or overdue for staff, and the applicants' corrections, payments and reasons.

    Selects by the date as it stands, never by the last run. Returns the clocks looked at.
    """
    on = localdate(at)
    running = Clock.objects.filter(subject_type=InformationRequest._meta.label_lower)
    replies = running.filter(kind__in=(ClockKind.FOI_REPLY, ClockKind.FOI_CONFIRM))
    looked = _tell("foi_clock_warning", replies.due_soon(on), at)
    looked += _tell("foi_clock_overdue", replies.overdue(on), at)
    for code, kind in (
        ("foi_correction_reminder", ClockKind.FOI_CORRECTION),
        ("foi_fee_reminder", ClockKind.FOI_PAYMENT),
        ("foi_reasons_reminder", ClockKind.FOI_REASONS),
    ):
        looked += _remind_applicants(code, running.filter(kind=kind).due_soon(on), at)
    return looked


def _tell(code: str, clocks: ClockQuerySet, at: datetime) -> int:
    rows = list(clocks.order_by("pk"))
    requests = _requests_of(rows)
    holders = _holders({request.department_id for request in requests.values()}, at)
    errands = []
    for clock in rows:
        request = requests.get(clock.subject_id)
        if request is None:
            continue
        heads = holders[request.department_id, PostRole.HEAD]
        workers = [request.handler] if request.handler else holders[request.department_id, PostRole.HANDLER]
        values = {
            "number": request.number, "title": request.title[:30], "clock": clock.get_kind_display(),
            "due_on": clock.due_on,
        }  # fmt: skip
        key = f"{clock.pk}:{clock.due_on:%Y%m%d}"
        signers = (
            holders[request.department_id, PostRole.APPROVER]
            if request.status == RequestStatus.SIGNING
            else []
        )
        people = {person.pk: person for person in (*workers, *heads, *signers)}
        errands += [notices.Errand(person, key, 1, request, None, values) for person in people.values()]
    for start in range(0, len(errands), CHUNK):
        notices.queue_all(code, errands[start : start + CHUNK], at=at)
    return len(rows)


def _remind_applicants(code: str, clocks: ClockQuerySet, at: datetime) -> int:
    rows = list(clocks.order_by("pk"))
    requests = _requests_of(rows)
    for clock in rows:
        if request := requests.get(clock.subject_id):
            tell_applicant(code, request, at=at, key=f"{clock.pk}:{clock.due_on:%Y%m%d}", due_on=clock.due_on)
    return len(rows)


def _requests_of(clocks: list[Clock]) -> dict[str, InformationRequest]:
    found = InformationRequest.objects.filter(pk__in=[int(clock.subject_id) for clock in clocks])
    related = found.select_related("handler", "applicant_user").defer("tokens")
    return {str(request.pk): request for request in related}


def _holders(departments: set[int], at: datetime) -> dict[tuple[int, str], list[User]]:
    """Who is present today, by department and role."""
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    posts = Post.objects.present(localdate(at)).filter(department__in=departments)
    for post in posts.select_related("user").order_by("pk"):
        found[post.department_id, post.role].append(post.user)
    return found
