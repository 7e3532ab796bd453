"""Who is reminded of which date of publishing and of watching. The notice's key names clock and date: no date is told twice."""

from datetime import datetime

from django.utils.timezone import localdate

from disclosure.models import Document
from portal.notices import workflow as notices
from portal.people.models import Post, PostRole, User
from portal.workdays.models import Clock, ClockKind, ClockQuerySet
from portal.workdays.workflow import MISSED, WARNED, tell_once

WATCHED = (ClockKind.DISCLOSURE, ClockKind.TAKEDOWN, ClockKind.RATIFICATION)
# What a department owes besides its documents, and the posts that answer for it there.
DUTIES = {
    ClockKind.FINDING: (PostRole.EDITOR, PostRole.HEAD),
    ClockKind.ANNUAL_REPORT: (PostRole.HEAD, PostRole.PUBLICITY),
    ClockKind.TRANSFER: (PostRole.PUBLICITY,),
}


def remind_due_documents(*, at: datetime) -> int:
    """Tell the handler and the heads what is near or past its date. Returns clocks looked at."""
    on = localdate(at)
    clocks = Clock.objects.filter(subject_type=Document._meta.label_lower, kind__in=WATCHED)
    return _tell("document_due", clocks.due_soon(on), at) + _tell("document_overdue", clocks.overdue(on), at)


def remind_due_duties(*, at: datetime) -> int:
    """Findings to be mended, annual reports and transfers: near or past their date. Returns clocks told of.

    What the department missed the disclosure office hears as well.
    """
    on = localdate(at)
    clocks = Clock.objects.kind(*DUTIES)
    return tell_once(
        clocks.unwarned(on), WARNED, lambda rows: _tell_duties("duty_due", rows, at)
    ) + tell_once(clocks.unmissed(on), MISSED, lambda rows: _tell_duties("duty_overdue", rows, at))


def _tell_duties(code: str, rows: list[Clock], at: datetime) -> None:
    holders: dict[tuple[int, str], list[User]] = {}
    office: list[User] = []
    posts = Post.objects.present(localdate(at)).filter(
        role__in={role for roles in DUTIES.values() for role in roles}
    )
    for post in posts.select_related("user").order_by("pk"):
        holders.setdefault((post.department_id, post.role), []).append(post.user)
        if post.role == PostRole.PUBLICITY:
            office.append(post.user)
    errands = []
    for clock in rows:
        told = [
            user
            for role in DUTIES[ClockKind(clock.kind)]
            for user in holders.get((clock.department_id, role), [])
        ]
        people = {user.pk: user for user in (*told, *(office if code == "duty_overdue" else []))}
        values = {"what": clock.subject_label[:60], "clock": clock.get_kind_display(), "due_on": clock.due_on}
        key = f"{clock.pk}:{clock.due_on:%Y%m%d}"
        errands += [
            notices.Errand(user, key, 1, clock.subject_key, None, values, clock.department_id)
            for user in people.values()
        ]
    notices.queue_all(code, errands, at=at)


def _tell(code: str, clocks: ClockQuerySet, at: datetime) -> int:
    rows = list(clocks.select_related("handler").order_by("pk"))
    documents = {str(each.pk): each for each in Document.objects.filter(pk__in=[c.subject_id for c in rows])}
    heads: dict[int, list[User]] = {}
    posts = Post.objects.present(localdate(at)).filter(
        role=PostRole.HEAD, department__in={clock.department_id for clock in rows}
    )
    for post in posts.select_related("user").order_by("pk"):
        heads.setdefault(post.department_id, []).append(post.user)
    errands = []
    for clock in rows:
        document = documents.get(clock.subject_id)
        if document is None:
            continue
        handler = [clock.handler] if clock.handler else []
        values = {
            "what": clock.subject_label[:60], "clock": clock.get_kind_display(), "due_on": clock.due_on,
        }  # fmt: skip
        people = {person.pk: person for person in (*handler, *heads.get(clock.department_id, []))}
        key = f"{clock.pk}:{clock.due_on:%Y%m%d}"
        errands += [notices.Errand(person, key, 1, document, None, values) for person in people.values()]
    notices.queue_all(code, errands, at=at)
    return len(rows)
