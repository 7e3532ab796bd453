"""延期答复: approved by the head, told before the date, once (条例 第三十三条第二款)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import CounselKind, InformationRequest, RequestStatus
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.running import known, tell_applicant
from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks

EXTENDABLE = (RequestStatus.OPEN, RequestStatus.CONSULTING, RequestStatus.SIGNING)


@transaction.atomic
def extend(
    request: InformationRequest, *, days: int, reason: str, by: User, at: datetime
) -> InformationRequest:
    """Approved by the head of the disclosure work and told before the date; once (条例 第三十三条第二款)."""
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on, duties.LEADING)
    deadlines.check_extension(days)
    reason = without_numbers(duties.checked_text(reason, field="reason", what="延期理由", most=500))
    if request.status not in EXTENDABLE:
        raise RuleBroken("只有正在办理的申请可以延期。")
    if request.extended_days:
        raise RuleBroken("本申请已经延期过，只能延期一次。", basis=deadlines.REPLY_BASIS)
    request.reply_clock = clocks.extend(
        known(request.reply_clock),
        on=on,
        days=days,
        basis=deadlines.REPLY_BASIS,
        ground=reason[:60],
        by=by,
        at=at,
    )
    if request.status != RequestStatus.CONSULTING:
        request.current_clock = request.reply_clock
    request.extended_days = days
    request.save(update_fields=["extended_days", "current_clock"])
    request.counsels.filter(kind=CounselKind.EXTENSION, answered_at=None).update(
        answer=f"同意延长{days}个工作日。", answered_at=at
    )
    due_on = request.reply_clock.due_on
    audit.record(
        "disclosure.request.extended",
        subject=request,
        actor=by,
        at=at,
        days=days,
        reason=reason,
        due_on=due_on,
    )
    letters.issue_extension(request, reason=reason, by=by, at=at)
    tell_applicant("foi_extended", request, at=at, days=days, due_on=due_on)
    return request
