from portal.workdays.models.days import CalendarDay, CalendarNotice, NoticeKind, current_calendar

__all__ = ["CalendarDay", "CalendarNotice", "NoticeKind", "current_calendar"]
