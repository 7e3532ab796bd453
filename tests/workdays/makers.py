"""Clocks in a known state. The subject is a department, so that no domain is needed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal.people.models import Party, User
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock, ClockKind
from tests.people.makers import make_department

SHANGHAI = ZoneInfo("Asia/Shanghai")
LICENSING_ACT_42 = "《中华人民共和国行政许可法》第四十二条"
LICENSING_ACT_45 = "《中华人民共和国行政许可法》第四十五条"


def at(day: date) -> datetime:
    """Ten in the morning of that day."""
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=SHANGHAI)


def make_clock(
    on: date = date(2026, 9, 18),
    limit: int = 20,
    *,
    kind: str = ClockKind.CASE_PROMISE,
    unit: str = "working",
    party: Party | None = None,
    handler: User | None = None,
    warn_days: int | None = None,
    label: str = "办件20260918000017",
) -> Clock:
    department = make_department()
    return clocks.start(
        kind,
        subject=department,
        on=on,
        limit=limit,
        basis=LICENSING_ACT_42,
        department=department,
        handler=handler,
        party=party,
        unit=unit,
        warn_days=warn_days,
        label=label,
        by=None,
        at=at(on),
    )
