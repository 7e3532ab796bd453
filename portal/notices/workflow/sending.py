import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from portal.notices import gateways, hours
from portal.notices.gateways import Answer, Gateway, Outcome
from portal.notices.models import Channel, Halt, NoticeState, Template
from portal.notices.workflow import failing, receiving, rows
from portal.notices.workflow.rows import Claim, Result

DAILY_MOST = 50  # of one template to one number; the operators drop what exceeds it
CARRIED = (Channel.SMS, Channel.EMAIL)
PROBE_AFTER = timedelta(minutes=10)

_SENT_TODAY = """
SELECT recipient_hash, template_id, count(*) FROM notices_notice
WHERE recipient_hash = ANY(%(hashes)s) AND channel = 'sms' AND sent_at > %(since)s
GROUP BY recipient_hash, template_id
"""


def drain(limit: int = 200, at: datetime | None = None) -> Counter[str]:
    """Send one batch of what is due; how many came to which state.

    Any number may run at once: rows are claimed with SKIP LOCKED. The claim is committed before the
    gateway is called, so a row whose sender died stands in *sending* until ``settle_stuck`` has asked.
    An empty answer means that nothing was due.
    """
    began, at = time.monotonic(), at or timezone.now()
    carriers: dict[str, Gateway] = {
        channel: gateways.for_channel(channel) for channel in CARRIED
    }  # or fail before claiming
    held, probing = _halts(at)
    with transaction.atomic():
        claims = rows.claim_due(1 if probing else limit, at, quiet=hours.is_quiet(at), held=held)
    if not claims:
        return Counter()
    templates = Template.objects.in_bulk({claim.template_id for claim in claims})
    over = _over_daily_limit(claims, at)
    # No message is begun in the second half of the lease: at its end somebody may ask whether it was.
    until = began + settings.NOTICE_LEASE / 2
    tally: Counter[str] = Counter()
    for channel in sorted({claim.channel for claim in claims}):
        batch = [claim for claim in claims if claim.channel == channel]
        tally += _send(channel, carriers[channel], batch, templates, over, until, at, probing)
    return tally


def _send(
    channel: str,
    gateway: Gateway,
    batch: list[Claim],
    templates: dict[int, Template],
    over: set[int],
    until: float,
    at: datetime,
    probing: bool,
) -> Counter[str]:
    going = [claim for claim in batch if claim.pk not in over]
    messages = [
        claim.message(templates[claim.template_id], by_template=gateway.by_template) for claim in going
    ]
    answers = dict(
        zip((c.pk for c in going), gateway.send_all(messages, until) if messages else [], strict=True)
    )
    limited = Answer(Outcome.LIMITED, "daily_limit", f"同一号码同一模板每日至多{DAILY_MOST}条")
    results = [
        result_of(claim, answers.get(claim.pk, limited), gateway.name, at, templates[claim.template_id])
        for claim in batch
    ]
    with transaction.atomic():
        moved = rows.record(results)
        failing.look_after([pk for pk, state in moved.items() if state == NoticeState.FAILED], at)
        receiving.apply_early(
            [result.gateway_id for result in results if result.gateway_id], gateway.name, at
        )
        _halt_or_lift(channel, gateway.name, list(answers.values()), at, halted=probing)
    return Counter(moved.values())


def result_of(claim: Claim, answer: Answer, gateway: str, at: datetime, template: Template) -> Result:
    """What an answer to a send means for the row."""
    state, act_at = _next(claim, answer, at)
    finished = act_at is None
    sent = answer.outcome in (Outcome.ACCEPTED, Outcome.DELIVERED)
    return Result(
        claim.pk,
        claim.attempts,
        claim.state,
        state,
        act_at,
        gateway,
        answer.gateway_id,
        answer.code,
        answer.detail,
        sent_at=at if sent else None,
        finished_at=at if finished else None,
        wipe=finished and template.is_secret,
    )


def _next(claim: Claim, answer: Answer, at: datetime) -> tuple[NoticeState, datetime | None]:
    match answer.outcome:
        case Outcome.DELIVERED:
            return NoticeState.DELIVERED, None
        case Outcome.ACCEPTED:
            return NoticeState.SENT, at + hours.FIRST_ASK
        case Outcome.UNKNOWN:
            return NoticeState.SENDING, rows.lease_end(at)
        case Outcome.UNTRIED:
            return NoticeState.WAITING, at
        case Outcome.LIMITED:
            wait = hours.URGENT_LIMITED_WAIT if claim.urgent else hours.LIMITED_WAIT
            return NoticeState.WAITING, at + wait
        case Outcome.STOPPED:
            return NoticeState.WAITING, at + PROBE_AFTER
        case Outcome.NOT_SENT:
            again = hours.next_try(claim.attempts, at, urgent=claim.urgent)
            return (NoticeState.FAILED, None) if again is None else (NoticeState.WAITING, again)
    return NoticeState.FAILED, None


def _over_daily_limit(claims: list[Claim], at: datetime) -> set[int]:
    """Claims that would be more than the operators carry to one number in a day."""
    texts = [claim for claim in claims if claim.channel == Channel.SMS and not claim.urgent]
    if not texts:
        return set()
    values: dict[str, Any] = {"hashes": list({claim.recipient_hash for claim in texts})}
    values["since"] = at - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_SENT_TODAY, values)
        sent = {(recipient, template): count for recipient, template, count in cursor.fetchall()}
    over = set()
    for claim in texts:
        pair = (claim.recipient_hash, claim.template_id)
        sent[pair] = sent.get(pair, 0) + 1
        if sent[pair] > DAILY_MOST:
            over.add(claim.pk)
    return over


def _halts(at: datetime) -> tuple[list[str], bool]:
    """Channels to leave alone now, and whether a halted one is due for a single probe."""
    standing = list(Halt.objects.filter(lifted_at=None))
    return [halt.channel for halt in standing if halt.probe_at > at], any(h.probe_at <= at for h in standing)


def _halt_or_lift(channel: str, gateway: str, answers: list[Answer], at: datetime, *, halted: bool) -> None:
    stopped = next((answer for answer in answers if answer.outcome == Outcome.STOPPED), None)
    if stopped:
        Halt.objects.update_or_create(
            channel=channel,
            lifted_at=None,
            defaults={
                "gateway": gateway,
                "code": stopped.code,
                "detail": stopped.detail,
                "probe_at": at + PROBE_AFTER,
            },
            create_defaults={
                "gateway": gateway,
                "code": stopped.code,
                "detail": stopped.detail,
                "halted_at": at,
                "probe_at": at + PROBE_AFTER,
            },
        )
    elif halted and any(answer.outcome in (Outcome.ACCEPTED, Outcome.DELIVERED) for answer in answers):
        Halt.objects.filter(channel=channel, lifted_at=None).update(lifted_at=at)
