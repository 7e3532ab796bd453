from collections import Counter
from datetime import timedelta
from time import monotonic

from django.db import connection
from django.utils import timezone

from portal.audit.jobs import job
from portal.notices import workflow

TURN_SECONDS = 20.0  # a drainer with much to do makes way for other jobs after this long
LOCK = "SELECT pg_try_advisory_lock(hashtext('notices.drain'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('notices.drain'))"


@job("notices.drain", every=timedelta(seconds=3))
def drain_outbox() -> str | None:
    """Every three seconds: send what is due, batch after batch.

    One at a time, so that a slow gateway does not fill the workers; two would do no harm, for
    every row is claimed by one. The lock falls with the connection of a drainer that dies.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        if not cursor.fetchone()[0]:
            return "另一轮发送尚未结束"
        try:
            return _drain_a_turn()
        finally:
            cursor.execute(UNLOCK)


def _drain_a_turn() -> str | None:
    ends, total = monotonic() + TURN_SECONDS, Counter[str]()
    while monotonic() < ends and (tally := workflow.drain(at=timezone.now())):
        total += tally
    return "，".join(f"{state} {count}" for state, count in sorted(total.items())) or None


@job("notices.settle_stuck", every=timedelta(seconds=30))
def settle_stuck() -> str | None:
    """Every half minute: ask gateways about silent notices. Each is claimed first: twice is harmless."""
    ends, total = monotonic() + TURN_SECONDS, Counter[str]()
    while monotonic() < ends and (tally := workflow.settle_stuck(at=timezone.now())):
        total += tally
    return "，".join(f"{state} {count}" for state, count in sorted(total.items())) or None


@job("notices.tell_authorisations", every=timedelta(seconds=10))
def tell_authorisations() -> str | None:
    """Every ten seconds: what was granted or withdrawn and nobody was told of. Marked when told: twice is harmless."""
    told = 0
    while count := workflow.tell_authorisations(at=timezone.now()):
        told += count
    return f"告知 {told}" if told else None


@job("notices.expire", every=timedelta(minutes=1))
def expire_notices() -> str | None:
    """Every minute: close what waited too long. Selects what is still waiting: twice is harmless."""
    closed = 0
    while count := workflow.expire_notices(at=timezone.now()):
        closed += count
    return f"过期 {closed}" if closed else None
