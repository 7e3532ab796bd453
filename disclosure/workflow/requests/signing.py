"""审签: somebody else reads the draft and signs it, or gives it back with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models.requests import FilePurpose, InformationRequest, RequestReply, RequestStatus, SignOff
from disclosure.replies import RULES, ReplyGroup
from disclosure.workflow import citations
from disclosure.workflow.requests import drafting, duties, letters
from disclosure.workflow.requests.running import ENDING, end, tell_applicant, tell_staff
from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken


@transaction.atomic
def sign_reply(
    request: InformationRequest, *, opinion: str, edition: int | None = None, by: User, at: datetime
) -> InformationRequest:
    """The reply goes out: letter, end of the limit and notice, all at once.

    ``edition`` is the draft the signer has read. Raises RuleBroken for whoever had a hand in the
    draft, and for a draft that was changed since.
    """
    on = localdate(at)
    request, row = _waiting(request, by, at)
    if edition is not None and edition != row.edition:
        raise RuleBroken("拟答复在您打开页面以后有改动，请看过新的内容再签发。")
    opinion = duties.checked_text(opinion, field="opinion", what="审签意见", most=1000)
    drafting.require_ready(request, row)
    outcome = str(ReplyGroup(RULES[row.kind].group).label)
    end(request, status=RequestStatus.REPLIED, reply=row.kind, outcome=outcome, by=by, on=on, at=at)
    request.save(update_fields=ENDING)
    enclosed = request.files.filter(purpose=FilePurpose.DRAFT)
    names = list(enclosed.order_by("pk").values_list("attachment__name", flat=True))
    enclosed.update(purpose=FilePurpose.REPLY)
    row.signed_by = by
    drafting.note(request, row, SignOff.SIGNED, opinion=opinion, by=by, at=at)
    audit.record(
        "disclosure.request.replied", subject=request, actor=by, at=at, reply=row.kind, label=request.reply_label,
        files=len(names),
    )  # fmt: skip
    row.paper = letters.issue_reply(request, row, files=names, by=by, at=at)
    row.save(update_fields=["signed_by", "paper"])
    citations.cite_reply(row)
    if row.public_interest:
        for third in drafting.objecting(request):
            letters.issue_third_party(request, third, row, by=by, at=at)
    tell_applicant("foi_replied", request, at=at)
    return request


@transaction.atomic
def return_reply(request: InformationRequest, *, reason: str, by: User, at: datetime) -> InformationRequest:
    """Back to who drafted it; everything written stays."""
    request, row = _waiting(request, by, at)
    reason = duties.checked_text(reason, field="reason", what="退回理由", most=1000)
    request.move_to(RequestStatus.OPEN)
    request.save(update_fields=["status"])
    step = drafting.note(request, row, SignOff.RETURNED, opinion=reason, by=by, at=at)
    for person in {row.drafted_by, request.handler} - {None, by}:
        tell_staff("foi_reply_returned", request, person, at=at, key=f"{request.number}:{step.pk}")  # type: ignore[arg-type]
    return request


def _waiting(request: InformationRequest, by: User, at: datetime) -> tuple[InformationRequest, RequestReply]:
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at), duties.SIGNING)
    row = drafting.draft_of(request)
    if request.status != RequestStatus.SIGNING or row is None:
        raise RuleBroken("现在没有待审签的答复，可能已经由同事办理。")
    duties.had_no_hand_in(by, request)
    return request, row
