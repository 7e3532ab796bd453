"""What several verbs share: the clocks of a request, and who is told."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.timezone import localdate

from disclosure.models.requests import Correction, FeeNotice, InformationRequest, RequestStatus
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.notices.recipients import Recipient
from portal.people.models import Post, PostRole, User
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock

T = TypeVar("T")


def known(value: T | None) -> T:
    """What an earlier move must have set. Raises LookupError: its absence is our own fault."""
    if value is None:
        raise LookupError("a request lacks what its state requires")
    return value


def label(request: InformationRequest) -> str:
    """What a message about a moved date calls the request."""
    return f"政府信息公开申请{request.number}"


def tell_applicant(
    code: str, request: InformationRequest, *, at: datetime, key: str = "", **params: Any
) -> None:
    to = Recipient(request.name, phone=request.phone, email=request.email, user=request.applicant_user)
    notices.queue(
        code, to=to, at=at, key=key or request.number, subject=request, number=request.number, **params
    )


def tell_staff(
    code: str, request: InformationRequest, person: User, *, at: datetime, key: str = "", **params: Any
) -> None:
    notices.queue(
        code, to=person, at=at, key=key or request.number, subject=request, number=request.number,
        title=request.title[:30], **params,
    )  # fmt: skip


def tell_handler(
    code: str, request: InformationRequest, *, at: datetime, key: str = "", **params: Any
) -> None:
    """The handler; while there is none, the heads of the department."""
    for person in [request.handler] if request.handler else present(request, PostRole.HEAD, at):
        tell_staff(code, request, person, at=at, key=key, **params)


def present(request: InformationRequest, role: str, at: datetime) -> list[User]:
    """Those present that day in this role of the request's department, each once."""
    posts = Post.objects.present(localdate(at)).filter(department=request.department_id, role=role)
    return list({post.user_id: post.user for post in posts.select_related("user").order_by("pk")}.values())


def start_clock(
    kind: str, request: InformationRequest, *, on: date, limit: int, basis: str, by: User | None, at: datetime, **more: Any
) -> Clock:  # fmt: skip
    return clocks.start(
        kind, subject=request, on=on, limit=limit, basis=basis, department=request.department,
        handler=request.handler, party=request.party, label=label(request), by=by, at=at, **more,
    )  # fmt: skip


def close_clock(clock: Clock, *, on: date, outcome: str, by: User | None, at: datetime) -> Clock:
    """Close on ``on``, or on the day of its last move where that lies later."""
    last = clock.segments.order_by("-seq").values_list("on", flat=True)[0]
    return clocks.close(clock, on=max(on, last), outcome=outcome, by=by, at=at)


def close_clocks(
    request: InformationRequest, *, on: date, outcome: str, by: User | None, at: datetime
) -> None:
    """End every promise still running for the request."""
    for clock in Clock.objects.of(request).filter(closed_on=None).order_by("pk"):
        close_clock(clock, on=on, outcome=outcome, by=by, at=at)


def end(
    request: InformationRequest, *, status: RequestStatus, reply: str, outcome: str, by: User | None, on: date, at: datetime
) -> None:  # fmt: skip
    """The last move of a request: its row of the annual report, its day, its clocks. The caller saves ``ENDING``."""
    request.move_to(status)
    request.reply, request.replied_at, request.replied_on = reply, at, on
    close_clocks(request, on=on, outcome=outcome, by=by, at=at)
    if request.reply_clock:
        request.reply_clock.refresh_from_db()


def restart_reply(
    request: InformationRequest, *, on: date, ground: str, basis: str, by: User | None, at: datetime
) -> None:
    """Back to work, with the whole limit counted anew from the day after ``on``. The caller saves ``RESTARTING``."""
    request.move_to(RequestStatus.OPEN)
    request.reply_clock = request.current_clock = clocks.restart(
        known(request.reply_clock), on=on, ground=ground, basis=basis, by=by, at=at
    )
    request.counted_from = on


def give_up(
    request: InformationRequest, row: Correction | FeeNotice, *, reply: str, outcome: str, deed: str, told: str, at: datetime
) -> None:  # fmt: skip
    """What the applicant had to do was not done in time: the request ends by itself."""
    due_on = row.clock.due_on
    end(
        request,
        status=RequestStatus.ABANDONED,
        reply=reply,
        outcome=outcome,
        by=None,
        on=localdate(at),
        at=at,
    )
    row.expired_at = at
    row.save(update_fields=["expired_at"])
    request.save(update_fields=ENDING)
    audit.record(f"disclosure.request.{deed}", subject=request, actor=None, at=at, due_on=due_on)
    tell_applicant(told, request, at=at, due_on=due_on)


RESTARTING = ["status", "current_clock", "counted_from"]
ENDING = ["status", "reply", "replied_at", "replied_on"]
