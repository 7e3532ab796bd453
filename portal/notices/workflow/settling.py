from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from portal.notices import gateways, hours
from portal.notices.gateways import Answer, Outcome
from portal.notices.models import Notice, NoticeState, ReceiptSource, Template
from portal.notices.workflow import failing, receiving, rows
from portal.notices.workflow.rows import Claim, Result


def settle_stuck(limit: int = 200, at: datetime | None = None) -> Counter[str]:
    """Ask the gateway about one batch of notices that have been silent too long.

    A row in *sending* whose lease is over goes back to *waiting* only when its gateway says it never
    saw the reference. A row in *sent* whose receipt is missing is asked after ever more rarely, for
    72 hours; then it has failed, and somebody is told. Safe to run twice or late.
    """
    at = at or timezone.now()
    with transaction.atomic():
        claims = rows.claim_silent(limit, at)
    templates = Template.objects.in_bulk({claim.template_id for claim in claims})
    tally: Counter[str] = Counter()
    for channel in sorted({claim.channel for claim in claims}):
        batch = [claim for claim in claims if claim.channel == channel]
        gateway = gateways.for_channel(channel)
        answers = gateway.ask_all([claim.inquiry(at) for claim in batch])
        tally += _settle(list(zip(batch, answers, strict=True)), gateway.name, templates, at)
    return tally


@transaction.atomic
def _settle(
    told: list[tuple[Claim, Answer]], gateway: str, templates: dict[int, Template], at: datetime
) -> Counter[str]:
    results = [_result_of(claim, answer, gateway, at, templates[claim.template_id]) for claim, answer in told]
    moved = rows.record(results)
    for claim, answer in told:
        if claim.pk in moved and answer.outcome in (Outcome.DELIVERED, Outcome.REFUSED):
            receiving.keep_receipt(claim.pk, ReceiptSource.ASKED, gateway, answer, at)
    failing.look_after([pk for pk, state in moved.items() if state == NoticeState.FAILED], at)
    known = [answer.gateway_id or claim.gateway_id for claim, answer in told]
    receiving.apply_early([gateway_id for gateway_id in known if gateway_id], gateway, at)
    return Counter(moved.values())


def _result_of(claim: Claim, answer: Answer, gateway: str, at: datetime, template: Template) -> Result:
    state, act_at, code, detail = _next(claim, answer, at)
    finished = act_at is None
    arrived = state in (NoticeState.SENT, NoticeState.DELIVERED)
    return Result(
        claim.pk,
        claim.attempts,
        claim.state,
        state,
        act_at,
        gateway,
        answer.gateway_id,
        code,
        detail,
        sent_at=claim.claimed_at if arrived and claim.state == NoticeState.SENDING else None,
        finished_at=at if finished else None,
        wipe=finished and template.is_secret,
    )


def _next(claim: Claim, answer: Answer, at: datetime) -> tuple[NoticeState, datetime | None, str, str]:
    code, detail = answer.code, answer.detail
    in_flight = claim.state == NoticeState.SENDING
    match answer.outcome:
        case Outcome.DELIVERED:
            return NoticeState.DELIVERED, None, code, detail
        case Outcome.REFUSED:
            return NoticeState.FAILED, None, code, detail
        case Outcome.CANNOT_TELL:
            return NoticeState.FAILED, None, "unknown", detail or "网关无法确认是否发出"
        case Outcome.NEVER_SEEN if in_flight and claim.attempts < hours.MAX_ATTEMPTS:
            return NoticeState.WAITING, at, "never_seen", "网关未收到，重新发送"
        case Outcome.NEVER_SEEN if in_flight:
            return NoticeState.FAILED, None, "never_seen", f"{claim.attempts}次发送网关均未收到"
    again = hours.next_ask(claim.claimed_at, at)
    if again is None:
        return NoticeState.FAILED, None, receiving.NO_RECEIPT, "72小时内没有回执"
    accepted = answer.outcome == Outcome.ACCEPTED or not in_flight
    return NoticeState.SENT if accepted else NoticeState.SENDING, again, code, detail


@transaction.atomic
def expire_notices(limit: int = 1000, at: datetime | None = None) -> int:
    """Close one batch of notices that waited until they were of no more use; how many.

    Each but a code becomes an e-mail or a follow-up. Selects what is still open: late is harmless.
    """
    at = at or timezone.now()
    stale = Notice.objects.out_of_date(at).select_for_update(skip_locked=True, of=("self",))
    notices = list(stale.select_related("template").order_by("expires_at")[:limit])
    for notice in notices:
        notice.state, notice.act_at, notice.finished_at = NoticeState.EXPIRED, None, at
        if notice.template.is_secret:
            notice.text = notice.values = ""
    Notice.objects.bulk_update(notices, ["state", "act_at", "finished_at", "text", "values"], batch_size=500)
    failing.look_after([notice.pk for notice in notices], at)
    return len(notices)
