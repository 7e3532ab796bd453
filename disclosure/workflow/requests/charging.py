"""信息处理费: told with basis, standard and amount; unpaid, the request is given up; paid, the limit starts anew."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines, fees
from disclosure.models.requests import FeeNotice, InformationRequest, RequestStatus
from disclosure.replies import Reply
from disclosure.workflow.requests import duties, letters
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
from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, Ground, Unit

PAY_WAY = "凭本通知到示范市财政非税收入代收银行网点缴纳，或者在网上非税缴费页面缴纳"


def requests_this_month(request: InformationRequest) -> int:
    """Which one of the month this is for the same applicant: what 按件计收 counts."""
    received = known(request.received_on)
    same = InformationRequest.objects.filter(
        id_hash=request.id_hash, received_on__year=received.year, received_on__month=received.month
    )
    return same.filter(pk__lte=request.pk).count()


def requests_this_year(request: InformationRequest) -> int:
    """How many the same applicant has asked of the same office in the year, up to this one (条例 第三十五条)."""
    same = InformationRequest.objects.filter(id_hash=request.id_hash, department=request.department_id)
    return same.filter(submitted_at__year=localdate(request.submitted_at).year, pk__lte=request.pk).count()


@transaction.atomic
def ask_fee(
    request: InformationRequest,
    *,
    method: str,
    quantity: int,
    pay_way: str = PAY_WAY,
    agreed: int | None = None,
    by: User,
    at: datetime,
) -> InformationRequest:
    """Issue the notice; the reply waits for the payment. Raises RuleBroken where nothing is due.

    ``agreed``: the yuan that whoever issues it has read and found right; another amount is refused.
    """
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on, duties.DRAFTING)
    if method not in fees.FeeMethod.values:
        raise RuleBroken("请选择一种计收方式。", field="method")
    amount = fees.fee(method, quantity)
    if amount == 0:
        raise RuleBroken("按这个数量不收费。", field="quantity", basis=deadlines.FEE_BASIS)
    if agreed is not None and agreed != amount:
        raise RuleBroken(
            f"按现在的方式和数量应收{amount}元，与您核对的{agreed}元不同，请重新核对。", field="quantity"
        )
    if request.fee_notices.exists():
        raise RuleBroken("本申请已经开具过收费通知，一件申请只收一次。")
    pay_way = duties.checked_text(pay_way, field="pay_way", what="缴费方式", most=300)
    request.move_to(RequestStatus.PAYMENT)
    request.reply_clock = clocks.pause(
        known(request.reply_clock), on=on, ground=Ground.PAYMENT, basis=deadlines.FEE_BASIS, by=by, at=at
    )
    request.current_clock = start_clock(
        ClockKind.FOI_PAYMENT, request, on=on, limit=deadlines.PAYMENT_DAYS, basis=deadlines.FEE_BASIS,
        unit=Unit.CALENDAR, by=by, at=at,
    )  # fmt: skip
    row = FeeNotice.objects.create(
        request=request, method=method, quantity=quantity, amount=amount, pay_way=pay_way, issued_by=by,
        issued_at=at, clock=request.current_clock,
    )  # fmt: skip
    request.save(update_fields=["status", "current_clock"])
    due_on = request.current_clock.due_on
    audit.record(
        "disclosure.request.fee_asked", subject=request, actor=by, at=at, method=method, quantity=quantity,
        amount=amount, due_on=due_on,
    )  # fmt: skip
    letters.issue_fee(request, row, by=by, at=at)
    tell_applicant("foi_fee", request, at=at, amount=amount, due_on=due_on)
    return request


@transaction.atomic
def note_payment(
    request: InformationRequest, *, on: date | None = None, receipt_no: str, by: User, at: datetime
) -> InformationRequest:
    """Paid on that day: the whole limit counts anew from the day after."""
    today = localdate(at)
    day = on or today
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, today)
    row = request.open_fee
    if request.status != RequestStatus.PAYMENT or row is None:
        raise RuleBroken("当前没有待缴的费用。")
    receipt_no = duties.checked_text(receipt_no, field="receipt_no", what="缴款凭证号", most=60)
    if not localdate(row.issued_at) <= day <= today:
        raise RuleBroken("缴费日期应在收费通知开具之日和今天之间。", field="on")
    close_clock(row.clock, on=day, outcome="已缴费", by=by, at=at)
    restart_reply(request, on=day, ground="缴费完成，次日起重新计算", basis=deadlines.FEE_BASIS, by=by, at=at)
    row.paid_on, row.receipt_no = day, receipt_no
    row.save(update_fields=["paid_on", "receipt_no"])
    request.save(update_fields=RESTARTING)
    due_on = known(request.reply_clock).due_on
    audit.record(
        "disclosure.request.fee_paid", subject=request, actor=by, at=at, amount=row.amount, on=day,
        receipt_no=receipt_no, due_on=due_on,
    )  # fmt: skip
    tell_applicant("foi_paid", request, at=at, on=day, due_on=due_on)
    return request


@transaction.atomic
def expire_payment(request: InformationRequest, *, at: datetime) -> InformationRequest:
    """Thirty days without payment: given up. Changes nothing before the day has passed."""
    request = InformationRequest.objects.locked(request)
    row = request.open_fee
    if request.status != RequestStatus.PAYMENT or row is None or row.clock.due_on >= localdate(at):
        return request
    give_up(
        request,
        row,
        reply=Reply.NOT_PAID,
        outcome="逾期未缴费",
        deed="fee_expired",
        told="foi_not_paid",
        at=at,
    )
    tell_handler("foi_abandoned", request, at=at)
    return request
