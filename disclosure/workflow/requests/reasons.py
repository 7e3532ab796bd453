"""第三十五条: clearly too many requests; the applicant says why, and the office may set a reasonable period.

The Regulation excludes none of this from the limit, so the reply clock runs on while reasons are asked.
"""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import FilePurpose, InformationRequest, Reasons, RequestStatus
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.holding import taken
from disclosure.workflow.requests.running import (
    close_clock,
    known,
    start_clock,
    tell_applicant,
    tell_handler,
)
from disclosure.workflow.requests.submitting import keep_files
from portal.audit import workflow as audit
from portal.days import spoken
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, current_calendar

DAYS = 7


@transaction.atomic
def ask_reasons(
    request: InformationRequest, *, facts: str, days: int = DAYS, by: User, at: datetime
) -> InformationRequest:
    """Ask once why so many; ``facts`` say how many and how often, ``days`` are working days.

    Raises RuleBroken where the period would not end before the reply is due.
    """
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on)
    facts = without_numbers(duties.checked_text(facts, field="facts", what="数量、频次的情况", most=1000))
    least, most = deadlines.REASONS_PERIODS
    if not least <= days <= most:
        raise RuleBroken(f"说明理由的期限应为{least}至{most}个工作日，现为{days}个。", field="days")
    if request.asked_reasons:
        raise RuleBroken("本申请已经要求过说明理由。", basis=deadlines.REASONS_BASIS)
    reply_due = known(request.reply_clock).due_on if request.reply_clock else on
    if request.status == RequestStatus.OPEN and current_calendar().add(on, days) >= reply_due:
        raise RuleBroken(
            f"说明理由不中止答复期限，应当在答复到期日{spoken(reply_due)}以前届满，请缩短期限。", field="days"
        )
    request.move_to(RequestStatus.REASONS)
    request.current_clock = start_clock(
        ClockKind.FOI_REASONS, request, on=on, limit=days, basis=deadlines.REASONS_BASIS, by=by, at=at
    )
    asked = Reasons.objects.create(
        request=request, facts=facts, asked_by=by, asked_at=at, clock=request.current_clock
    )
    request.save(update_fields=["status", "current_clock"])
    due_on = request.current_clock.due_on
    audit.record(
        "disclosure.request.reasons_asked", subject=request, actor=by, at=at, facts=facts, due_on=due_on
    )
    letters.issue_reasons(request, asked, by=by, at=at)
    tell_applicant("foi_reasons", request, at=at, due_on=due_on)
    return request


@transaction.atomic
def receive_reasons(
    request: InformationRequest,
    *,
    answer: str,
    on: date | None = None,
    files: list[UploadedFile] | None = None,
    by: User | None,
    at: datetime,
) -> InformationRequest:
    """Why the applicant asks for so much. Whether that is reasonable, the reply or the period says."""
    today = localdate(at)
    day = on or today
    request = InformationRequest.objects.locked(request)
    duties.may_speak_for(by, request, today)
    asked = request.asked_reasons
    if request.status != RequestStatus.REASONS or asked is None:
        raise RuleBroken("当前不需要说明理由，或者已经提交过。")
    answer = duties.checked_text(answer, field="answer", what="申请理由")
    if not localdate(asked.asked_at) <= day <= today:
        raise RuleBroken("收到理由的日期应在告知之日和今天之间。", field="on")
    keep_files(request, taken(request.form_key, FilePurpose.REASONS, files, by=by, at=at), at=at)
    _resume(request, asked, on=day, outcome="已说明理由", by=by, at=at)
    asked.answer, asked.received_on = answer, day
    asked.save(update_fields=["answer", "received_on"])
    audit.record(
        "disclosure.request.reasons_received", subject=request, actor=by, at=at, behalf=request.name, received_on=day
    )  # fmt: skip
    tell_handler("foi_reasons_received", request, at=at)
    return request


@transaction.atomic
def expire_reasons(request: InformationRequest, *, at: datetime) -> InformationRequest:
    """No reasons in time: the office goes on with what it has. Changes nothing before the day has passed."""
    request = InformationRequest.objects.locked(request)
    asked = request.asked_reasons
    if request.status != RequestStatus.REASONS or asked is None or asked.clock.due_on >= localdate(at):
        return request
    _resume(request, asked, on=localdate(at), outcome="逾期未说明", by=None, at=at)
    asked.expired_at = at
    asked.save(update_fields=["expired_at"])
    due_on = asked.clock.due_on
    audit.record("disclosure.request.reasons_expired", subject=request, actor=None, at=at, due_on=due_on)
    tell_handler("foi_reasons_expired", request, at=at, due_on=due_on)
    return request


@transaction.atomic
def set_delay(
    request: InformationRequest, *, days: int, reason: str, by: User, at: datetime
) -> InformationRequest:
    """延迟答复的合理期限: the reasons hold, but so much cannot be answered in time. Told before the date, once."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at), duties.LEADING)
    asked = request.asked_reasons
    if not 1 <= days <= deadlines.DELAY_WORKDAYS:
        raise RuleBroken(f"延迟期限应为1至{deadlines.DELAY_WORKDAYS}个工作日，现为{days}个。", field="days")
    reason = without_numbers(duties.checked_text(reason, field="reason", what="延迟答复的原因", most=500))
    if request.status != RequestStatus.OPEN or asked is None or not asked.received_on:
        raise RuleBroken("申请人说明了理由的申请，才能确定延迟答复的期限。", basis=deadlines.REASONS_BASIS)
    if asked.delay_days:
        raise RuleBroken("本申请已经确定过延迟答复的期限。", basis=deadlines.REASONS_BASIS)
    request.reply_clock = request.current_clock = clocks.extend(
        known(request.reply_clock), on=localdate(at), days=days, basis=deadlines.REASONS_BASIS, ground=reason[:60],
        by=by, at=at,
    )  # fmt: skip
    asked.delay_days, asked.delay_reason, asked.delayed_by, asked.delayed_at = days, reason, by, at
    asked.save(update_fields=["delay_days", "delay_reason", "delayed_by", "delayed_at"])
    request.save(update_fields=["current_clock"])
    due_on = request.reply_clock.due_on
    audit.record(
        "disclosure.request.delayed",
        subject=request,
        actor=by,
        at=at,
        days=days,
        reason=reason,
        due_on=due_on,
    )
    letters.issue_delay(request, asked, by=by, at=at)
    tell_applicant("foi_delayed", request, at=at, days=days, due_on=due_on)
    return request


def _resume(
    request: InformationRequest, asked: Reasons, *, on: date, outcome: str, by: User | None, at: datetime
) -> None:
    request.move_to(RequestStatus.OPEN)
    close_clock(asked.clock, on=on, outcome=outcome, by=by, at=at)
    request.current_clock = request.reply_clock
    request.save(update_fields=["status", "current_clock"])
