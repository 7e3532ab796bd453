"""Who handles a request: taken up, given, or handed to another organ."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models.requests import InformationRequest, RequestStatus
from disclosure.workflow.requests import duties
from disclosure.workflow.requests.drafting import drop_draft
from disclosure.workflow.requests.running import known, tell_applicant, tell_handler, tell_staff
from portal.audit import workflow as audit
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks


@transaction.atomic
def claim(request: InformationRequest, *, by: User, at: datetime) -> InformationRequest:
    """Take up a request nobody handles yet."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at))
    if request.handler_id == by.pk:
        return request
    if request.handler_id:
        raise RuleBroken(f"本申请由{request.handler}承办，需要改派时请联系负责人。")
    return _hand_to(request, by, reason="", by=by, at=at)


@transaction.atomic
def assign(
    request: InformationRequest, *, to: User, reason: str = "", by: User, at: datetime
) -> InformationRequest:
    """The head gives the request to somebody of the department or of the disclosure office."""
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on, duties.LEADING)
    duties.require_post(to, request.department, duties.WORKING, on)
    request = _hand_to(request, to, reason=reason.strip(), by=by, at=at)
    tell_staff("foi_assigned", request, to, at=at, key=f"{request.number}:{to.pk}")
    return request


def _hand_to(
    request: InformationRequest, to: User, *, reason: str, by: User, at: datetime
) -> InformationRequest:
    if not request.is_running:
        raise RuleBroken("本申请已经结束，无需承办。")
    before, request.handler = str(request.handler or ""), to
    for clock in {request.reply_clock, request.current_clock} - {None}:
        clocks.hand_over(known(clock), handler=to, by=by, at=at)
    request.save(update_fields=["handler"])
    audit.record(
        "disclosure.request.assigned",
        subject=request,
        actor=by,
        at=at,
        before=before,
        after=str(to),
        reason=reason,
    )
    return request


@transaction.atomic
def transfer(
    request: InformationRequest, *, to: Department, reason: str, by: User, at: datetime
) -> InformationRequest:
    """The information is another organ's: it answers, in the time that is left. The applicant is told.

    The clock goes with the request, and with it every day that did not count and every day granted:
    an extension or an opinion asked for stays as it is. Not while somebody else has to move.
    """
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on)
    reason = duties.checked_text(reason, field="reason", what="转办理由", most=300)
    if to.pk == request.department_id or not to.is_active:
        raise RuleBroken("请选择另一个负责公开该信息的机关。", field="to")
    if request.status != RequestStatus.OPEN:
        raise RuleBroken(
            f"申请{request.number}现为“{request.get_status_display()}”，办理中的申请才可以转办。"
        )
    before = request.department
    drop_draft(request, by=by, at=at)
    request.counsels.filter(answered_at=None).update(
        answer=f"已转由{to.name}答复，无需答复。", answered_at=at
    )
    request.department, request.handler = to, None
    request.reply_clock = request.current_clock = clocks.hand_over(
        known(request.reply_clock), handler=None, department=to, by=by, at=at
    )
    request.save(update_fields=["department", "handler", "reply_clock", "current_clock"])
    audit.record(
        "disclosure.request.transferred", subject=request, actor=by, at=at, before=before.name, after=to.name,
        reason=reason, due_on=request.reply_clock.due_on,
    )  # fmt: skip
    tell_applicant("foi_transferred", request, at=at, key=f"{request.number}:{to.pk}", office=to.name)
    tell_handler("foi_arrived", request, at=at, key=f"{request.number}:{to.pk}")
    return request
