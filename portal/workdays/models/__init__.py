from portal.workdays.models.clocks import (
    Clock,
    ClockKind,
    ClockQuerySet,
    ClockSegment,
    Ground,
    Light,
    Unit,
    stored_fields,
)
from portal.workdays.models.days import CalendarDay, CalendarNotice, NoticeKind, current_calendar

__all__ = [
    "CalendarDay",
    "CalendarNotice",
    "Clock",
    "ClockKind",
    "ClockQuerySet",
    "ClockSegment",
    "Ground",
    "Light",
    "NoticeKind",
    "Unit",
    "current_calendar",
    "stored_fields",
]
