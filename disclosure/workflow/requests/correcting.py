"""补正: asked once within seven working days; the limit starts anew when the correction comes in."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import Correction, FilePurpose, InformationRequest, RequestStatus
from disclosure.replies import Reply
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.holding import taken
from disclosure.workflow.requests.running import (
    RESTARTING,
    close_clock,
    give_up,
    known,
    restart_reply,
    start_clock,
    tell_applicant,
    tell_handler,
)
from disclosure.workflow.requests.submitting import keep_files
from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.search.tokens import clean, pairs
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, Ground, current_calendar

MOST_ITEMS = 20


@transaction.atomic
def ask_correction(
    request: InformationRequest, *, items: list[str], days: int = 15, by: User, at: datetime
) -> InformationRequest:
    """Say once, and completely, what is unclear; ``days`` working days to answer.

    Raises RuleBroken after the seventh working day from receipt, and when it was asked before.
    """
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on)
    listed = [without_numbers(text.strip()) for text in items if text.strip()]
    if not listed:
        raise RuleBroken("请逐项写明需要补正的事项。", field="items", basis=deadlines.CORRECTION_BASIS)
    if len(listed) > MOST_ITEMS or any(len(text) > 300 for text in listed):
        raise RuleBroken(f"补正事项最多{MOST_ITEMS}项，每项最多300个字。", field="items")
    least, most = deadlines.CORRECTION_PERIODS
    if not least <= days <= most:
        raise RuleBroken(f"补正期限应为{least}至{most}个工作日，现为{days}个。", field="days")
    if request.asked_correction:
        raise RuleBroken("本申请已经告知过补正，只能一次性告知。", basis=deadlines.CORRECTION_BASIS)
    deadlines.check_in_time_for_correction(on, known(request.received_on), current_calendar())
    request.move_to(RequestStatus.CORRECTION)
    request.reply_clock = clocks.pause(
        known(request.reply_clock),
        on=on,
        ground=Ground.SUPPLEMENT,
        basis=deadlines.CORRECTION_BASIS,
        by=by,
        at=at,
    )
    request.current_clock = start_clock(
        ClockKind.FOI_CORRECTION, request, on=on, limit=days, basis=deadlines.CORRECTION_BASIS, by=by, at=at
    )
    asked = Correction.objects.create(
        request=request, items=listed, asked_by=by, asked_at=at, clock=request.current_clock
    )
    request.save(update_fields=["status", "current_clock"])
    due_on = request.current_clock.due_on
    audit.record(
        "disclosure.request.correction_asked", subject=request, actor=by, at=at, items=listed, due_on=due_on
    )
    letters.issue_correction(request, asked, by=by, at=at)
    tell_applicant("foi_correction", request, at=at, count=len(listed), due_on=due_on)
    return request


@transaction.atomic
def receive_correction(
    request: InformationRequest,
    *,
    answer: str,
    on: date | None = None,
    files: list[UploadedFile] | None = None,
    by: User | None,
    at: datetime,
) -> InformationRequest:
    """The corrected request is here: its day is the new day 0 (条例 第三十条、第三十一条).

    ``on`` is the day a letter came in, today when not given. Raises RuleBroken after the period.
    """
    today = localdate(at)
    day = on or today
    request = InformationRequest.objects.locked(request)
    duties.may_speak_for(by, request, today)
    asked = request.asked_correction
    if request.status != RequestStatus.CORRECTION or asked is None:
        raise RuleBroken("当前不需要补正，或者已经提交过。")
    answer = duties.checked_text(answer, field="answer", what="补正说明")
    if not localdate(asked.asked_at) <= day <= today:
        raise RuleBroken("收到补正的日期应在告知补正之日和今天之间。", field="on")
    if asked.clock.due_on < day:
        raise RuleBroken(f"补正期限已于{asked.clock.due_on:%Y-%m-%d}届满，视为放弃申请；您可以重新提出申请。")
    keep_files(request, taken(request.form_key, FilePurpose.CORRECTION, files, by=by, at=at), at=at)
    close_clock(asked.clock, on=day, outcome="已补正", by=by, at=at)
    restart_reply(request, on=day, ground="收到补正后的申请", basis=deadlines.CORRECTION_BASIS, by=by, at=at)
    request.tokens = sorted(pairs(clean(f"{request.title} {request.doc_no} {request.description} {answer}")))
    asked.answer, asked.received_at, asked.received_on = answer, at, day
    asked.save(update_fields=["answer", "received_at", "received_on"])
    request.save(update_fields=[*RESTARTING, "tokens"])
    due_on = known(request.reply_clock).due_on
    audit.record(
        "disclosure.request.correction_received", subject=request, actor=by, at=at, behalf=request.name,
        received_on=day, due_on=due_on,
    )  # fmt: skip
    tell_handler("foi_corrected", request, at=at, due_on=due_on)
    return request


@transaction.atomic
def expire_correction(request: InformationRequest, *, at: datetime) -> InformationRequest:
    """No correction in time: given up (条例 第三十条). Changes nothing before the day has passed."""
    request = InformationRequest.objects.locked(request)
    asked = request.asked_correction
    if request.status != RequestStatus.CORRECTION or asked is None or asked.clock.due_on >= localdate(at):
        return request
    give_up(
        request, asked, reply=Reply.NOT_CORRECTED, outcome="逾期未补正", deed="correction_expired",
        told="foi_not_corrected", at=at,
    )  # fmt: skip
    return request
