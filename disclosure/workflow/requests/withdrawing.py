"""The applicant's own way out."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models.requests import InformationRequest, Opinion, RequestStatus
from disclosure.replies import Reply
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.running import ENDING, end, tell_applicant, tell_handler
from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken


@transaction.atomic
def withdraw(
    request: InformationRequest, *, reason: str = "", on: date | None = None, by: User | None, at: datetime
) -> InformationRequest:
    """The applicant takes the request back; counted under 其他. Possible until the reply."""
    today = localdate(at)
    day = on or today
    request = InformationRequest.objects.locked(request)
    duties.may_speak_for(by, request, today)
    if request.received_on is None:
        request.received_on = request.counted_from = day  # who withdraws has been reached
    if not request.received_on <= day <= today:
        raise RuleBroken("撤回日期应在收到申请之日和今天之间。", field="on")
    end(
        request, status=RequestStatus.WITHDRAWN, reply=Reply.OTHER, outcome="申请人撤回", by=by, on=day, at=at
    )
    request.save(update_fields=[*ENDING, "received_on", "counted_from"])
    request.consultations.filter(opinion="").update(
        opinion=Opinion.SILENT, answered_on=day, answer="申请人已撤回申请，无需答复。"
    )
    request.counsels.filter(answered_at=None).update(answer="申请人已撤回申请，无需答复。", answered_at=at)
    audit.record(
        "disclosure.request.withdrawn", subject=request, actor=by, at=at, behalf=request.name,
        reason=without_numbers(reason.strip())[:300],
    )  # fmt: skip
    letters.issue_withdrawal(request, on=day, by=by, at=at)
    tell_applicant("foi_withdrawn", request, at=at)
    tell_handler("foi_withdrawn_staff", request, at=at)
    return request
