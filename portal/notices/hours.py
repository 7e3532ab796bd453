"""When a notice may be sent, tried again and asked after. Pure: moments in, moments out.

Quiet hours and limits follow the operators' rules for business messages (08:00-21:00 on
the recipient's clock; codes at any time).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
QUIET_FROM = time(21, 0)
QUIET_UNTIL = time(8, 0)

BACK_OFF = tuple(timedelta(seconds=s) for s in (60, 300, 900, 3600, 10800))
URGENT_BACK_OFF = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60, 60))
MAX_ATTEMPTS = len(BACK_OFF) + 1
LIMITED_WAIT = timedelta(hours=1)  # the gateway's frequency limits are counted by the hour and day
URGENT_LIMITED_WAIT = timedelta(minutes=1)

FIRST_ASK = timedelta(minutes=30)  # receipts are pushed; asking is for the one that got lost
UNKNOWN_AFTER = timedelta(hours=72)  # operators report within 72 hours, or never


def is_quiet(at: datetime) -> bool:
    """Whether ``at`` falls into 21:00-08:00; 21:00 itself is quiet, 08:00 is not."""
    clock = at.astimezone(LOCAL).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def next_allowed(at: datetime) -> datetime:
    """``at`` itself, or the next 08:00 when it falls into the quiet hours."""
    if not is_quiet(at):
        return at
    local = at.astimezone(LOCAL)
    morning = datetime.combine(local.date(), QUIET_UNTIL, LOCAL)
    return morning if local < morning else morning + timedelta(days=1)


def next_try(attempts: int, at: datetime, *, urgent: bool) -> datetime | None:
    """When to try again after ``attempts`` failures; None when the tries are used up."""
    waits = URGENT_BACK_OFF if urgent else BACK_OFF
    if attempts > len(waits):
        return None
    return at + waits[max(attempts, 1) - 1]


def next_ask(since: datetime, at: datetime) -> datetime | None:
    """When to ask the gateway again; rarer with age, None once nothing more can be expected."""
    age = at - since
    if age >= UNKNOWN_AFTER:
        return None
    return at + max(timedelta(minutes=1), age / 2)
