"""Which day counts from when. Pure: values in, a date out, the article beside the number."""

from datetime import date, datetime, time

from django.utils.timezone import localtime

from portal.workdays.calendar import WorkCalendar

ACCEPTANCE_WORKDAYS = 5  # 行政许可法 第三十二条第一款第（四）项
ACCEPTANCE_BASIS = "《中华人民共和国行政许可法》第三十二条第一款第（四）项"
DELIVERY_WORKDAYS = 10  # 行政许可法 第四十四条
DELIVERY_BASIS = "《中华人民共和国行政许可法》第四十四条"
DECISION_WORKDAYS = 20  # 行政许可法 第四十二条第一款
UNIFIED_WORKDAYS = 45  # 行政许可法 第四十二条第二款
STATEMENT_WORKDAYS = 5  # 行政许可法 第七条 gives the right and no period; this one is of the house (待核)
STATEMENT_BASIS = "《中华人民共和国行政许可法》第七条，期限为本部门规定"
REFUSAL_BASIS = "《中华人民共和国行政许可法》第三十八条第二款"


def received_on(submitted_at: datetime, closes_at: time, calendar: WorkCalendar) -> date:
    """The day of receipt: the day itself when a working day and before closing, else the next working day."""
    moment = localtime(submitted_at)
    day = moment.date()
    if calendar.is_workday(day) and moment.time() < closes_at:
        return day
    return calendar.add(day, 1)


def receipt_rule(closes_at: time) -> str:
    """The rule above as the applicant reads it."""
    return (
        f"工作日{closes_at:%H:%M}以前提交的，当日为收到日期；此后或者非工作日提交的，下一个工作日为收到日期。"
    )


def add_months(start: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(start.year + year, month + 1, day)
        except ValueError:
            continue
    return date(start.year + year, month + 1, start.day)
