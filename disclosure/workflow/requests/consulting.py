"""征求意见: the limit stands still from the letter to the answer, or to the end of the fifteen days."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import Consultation, ConsultKind, InformationRequest, Opinion, RequestStatus
from disclosure.workflow.requests import duties, letters
from disclosure.workflow.requests.running import close_clock, known, start_clock, tell_applicant, tell_handler
from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, Ground

BASES = {
    ConsultKind.THIRD_PARTY: deadlines.THIRD_PARTY_BASIS,
    ConsultKind.JOINT_MAKER: deadlines.AGENCY_BASIS,
    ConsultKind.AGENCY: deadlines.AGENCY_BASIS,
}


@transaction.atomic
def consult(
    request: InformationRequest,
    *,
    kind: str,
    name: str,
    question: str,
    contact: str = "",
    delivered_on: date | None = None,
    by: User,
    at: datetime,
) -> InformationRequest:
    """Ask in writing. Several may be asked; the limit goes on when the last of them is settled.

    ``delivered_on`` where the letter is already with them; else ``note_delivery`` starts their days.
    """
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on)
    if kind not in ConsultKind.values:
        raise RuleBroken("请选择征求谁的意见。", field="kind")
    name = duties.checked_text(name, field="name", what="被征求意见方的名称", most=200)
    question = without_numbers(duties.checked_text(question, field="question", what="征求意见的内容"))
    if delivered_on is not None and delivered_on != on:
        raise RuleBroken("当天送达的才填写送达日期；其他情况请在送达后登记。", field="delivered_on")
    if request.consultations.filter(name=name, opinion="").exists():
        raise RuleBroken(f"已经在征求{name}的意见。", field="name")
    basis = BASES[ConsultKind(kind)]
    row = Consultation(
        request=request,
        kind=kind,
        name=name,
        contact=contact.strip(),
        question=question,
        sent_by=by,
        sent_on=on,
    )
    if request.status != RequestStatus.CONSULTING:
        request.move_to(RequestStatus.CONSULTING)
        ground = Ground.THIRD_PARTY if kind == ConsultKind.THIRD_PARTY else Ground.CONSULTATION
        request.reply_clock = clocks.pause(
            known(request.reply_clock),
            on=on,
            ground=ground,
            basis=deadlines.CONSULT_PAUSE_BASIS,
            by=by,
            at=at,
        )
    if delivered_on:
        row.delivered_on, row.clock = delivered_on, _clock(request, row, on=delivered_on, by=by, at=at)
        request.current_clock = row.clock
    row.save(force_insert=True)
    request.save(update_fields=["status", "current_clock"])
    audit.record(
        "disclosure.request.consulted", subject=request, actor=by, at=at, kind=kind, name=name, basis=basis
    )
    letters.issue_consultation(request, row, by=by, at=at)
    tell_applicant(
        "foi_consulting", request, at=at, key=f"{request.number}:{row.pk}", whom=row.get_kind_display()
    )
    return request


def _clock(request: InformationRequest, row: Consultation, *, on: date, by: User, at: datetime):  # type: ignore[no-untyped-def]
    return start_clock(
        ClockKind.FOI_CONSULT, request, on=on, limit=deadlines.CONSULT_WORKDAYS,
        basis=BASES[ConsultKind(row.kind)], by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def note_delivery(row: Consultation, *, on: date, by: User, at: datetime) -> InformationRequest:
    """They have the letter: their fifteen working days count from the day after."""
    request = InformationRequest.objects.locked(row.request)
    duties.may_work(by, request, localdate(at))
    row = Consultation.objects.select_for_update().get(pk=row.pk)
    if row.delivered_on or not row.is_open:
        raise RuleBroken("这份征求意见书已经登记过送达。")
    if not row.sent_on <= on <= localdate(at):
        raise RuleBroken("送达日期应在发出日期和今天之间。", field="on")
    row.delivered_on, row.clock = on, _clock(request, row, on=on, by=by, at=at)
    row.save(update_fields=["delivered_on", "clock"])
    request.current_clock = row.clock
    request.save(update_fields=["current_clock"])
    audit.record(
        "disclosure.request.consultation_delivered", subject=request, actor=by, at=at, name=row.name, on=on,
        due_on=row.clock.due_on,
    )  # fmt: skip
    return request


@transaction.atomic
def note_opinion(
    row: Consultation, *, opinion: str, answer: str, on: date | None = None, by: User, at: datetime
) -> InformationRequest:
    """Their answer, on the day it came in."""
    day = on or localdate(at)
    request = InformationRequest.objects.locked(row.request)
    duties.may_work(by, request, localdate(at))
    row = Consultation.objects.select_for_update().get(pk=row.pk)
    if not row.is_open:
        raise RuleBroken("这份征求意见书已经有结果。")
    if opinion not in Opinion.values or opinion == Opinion.SILENT:
        raise RuleBroken("请选择对方的意见。", field="opinion")
    answer = without_numbers(duties.checked_text(answer, field="answer", what="答复内容"))
    if not (row.delivered_on or row.sent_on) <= day <= localdate(at):
        raise RuleBroken("答复日期应在送达日期和今天之间。", field="on")
    _settle(request, row, opinion=opinion, answer=answer, on=day, by=by, at=at)
    return request


@transaction.atomic
def expire_consultation(row: Consultation, *, at: datetime) -> InformationRequest:
    """Silence past the fifteen days: a joint maker agrees, for anyone else the office decides.

    The limit goes on from the day the period ended, however late this runs. Changes nothing before.
    """
    request = InformationRequest.objects.locked(row.request)
    row = Consultation.objects.select_for_update(of=("self",)).select_related("clock").get(pk=row.pk)
    if not row.is_open or row.clock is None or row.clock.due_on >= localdate(at):
        return request
    _settle(request, row, opinion=Opinion.SILENT, answer="", on=row.clock.due_on, by=None, at=at)
    return request


def _settle(
    request: InformationRequest, row: Consultation, *, opinion: str, answer: str, on: date, by: User | None, at: datetime
) -> None:  # fmt: skip
    row.opinion, row.answer, row.answered_on = opinion, answer, on
    row.save(update_fields=["opinion", "answer", "answered_on"])
    if row.clock and row.clock.closed_on is None:
        close_clock(row.clock, on=on, outcome=row.get_opinion_display(), by=by, at=at)
    still = request.consultations.filter(opinion="").order_by("clock__due_on", "pk").first()
    if request.status == RequestStatus.CONSULTING:
        if still is None:
            last = max(known(settled.answered_on) for settled in request.consultations.all())
            request.move_to(RequestStatus.OPEN)
            request.reply_clock = request.current_clock = clocks.resume(
                known(request.reply_clock), on=last, by=by, at=at
            )
        else:
            request.current_clock = still.clock or request.reply_clock
        request.save(update_fields=["status", "current_clock"])
    audit.record(
        "disclosure.request.opinion_received", subject=request, actor=by, at=at, name=row.name, opinion=opinion,
        answer=answer[:300], on=on, means=row.outcome,
    )  # fmt: skip
    tell_handler(
        "foi_opinion",
        request,
        at=at,
        key=f"{request.number}:{row.pk}",
        who=row.name[:30],
        outcome=row.outcome,
    )
