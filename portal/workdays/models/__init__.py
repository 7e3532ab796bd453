from portal.workdays.models.clocks import (
    Clock,
    ClockKind,
    ClockQuerySet,
    ClockSegment,
    Ground,
    Light,
    Unit,
    light_rule,
)
from portal.workdays.models.days import CalendarDay, CalendarNotice, NoticeKind, current_calendar
from portal.workdays.models.moves import ClockMove, ShadowRun

__all__ = [
    "CalendarDay",
    "CalendarNotice",
    "Clock",
    "ClockKind",
    "ClockMove",
    "ClockQuerySet",
    "ClockSegment",
    "Ground",
    "Light",
    "NoticeKind",
    "ShadowRun",
    "Unit",
    "current_calendar",
    "light_rule",
]
