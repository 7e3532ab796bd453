"""The limits of publishing and of asking, with their articles. Pure."""

from datetime import date

from portal.days import spoken
from portal.refusals import RuleBroken
from portal.workdays.calendar import WorkCalendar

ACT = "《中华人民共和国政府信息公开条例》"

PUBLICATION_WORKDAYS = 20
PUBLICATION_BASIS = "《中华人民共和国政府信息公开条例》第二十六条"

TAKEDOWN_WORKDAYS = 3
TAKEDOWN_BASIS = "《中华人民共和国行政处罚法》第四十八条"

# A rule of the house, not of law: what went out unapproved is approved, or taken down, within it.
RATIFICATION_WORKDAYS = 3
RATIFICATION_BASIS = "政府信息公开审查制度：紧急发布后补办审批"

# Requests for information.
RECEIPT_BASIS = f"{ACT}第三十一条"
CONFIRM_WORKDAYS = (
    1  # fax and e-mail; 第三十一条 names no day for them (待核), for letters the day they come in
)
REPLY_WORKDAYS = 20  # 第三十三条第二款
REPLY_BASIS = f"{ACT}第三十三条第二款"
EXTENSION_WORKDAYS = 20  # 第三十三条第二款
CORRECTION_WORKDAYS = 7  # 第三十条: told within seven working days of receipt, once
CORRECTION_BASIS = f"{ACT}第三十条"
CORRECTION_PERIODS = (5, 15)  # "a reasonable period"; ten to fifteen working days is practice
# 第三十五条 names neither period: the house gives the applicant five to fifteen working days, and the
# office sixty at most (待核).
REASONS_PERIODS = (5, 15)
REASONS_BASIS = f"{ACT}第三十五条"
DELAY_WORKDAYS = 60
CONSULT_WORKDAYS = 15  # 第三十二条、第三十四条: from the day the asked one received the letter
THIRD_PARTY_BASIS = f"{ACT}第三十二条"
AGENCY_BASIS = f"{ACT}第三十四条"
CONSULT_PAUSE_BASIS = f"{ACT}第三十三条第三款"
PAYMENT_DAYS = 30  # 国办函〔2020〕109号: calendar days from the day after the notice was received
FEE_BASIS = "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）"
# The Regulation gives no limit for correcting a record; the reply limit is taken by analogy.
RECORD_WORKDAYS = 20
RECORD_BASIS = f"{ACT}第四十一条（条例未规定期限，参照第三十三条，待核）"


def publication_due(formed_on: date, calendar: WorkCalendar) -> date:
    """Twenty working days, counted from the day after the information was formed or changed."""
    return calendar.add(formed_on, PUBLICATION_WORKDAYS)


def takedown_due(changed_on: date, calendar: WorkCalendar) -> date:
    """Three working days from the day after a penalty decision was changed, revoked or annulled."""
    return calendar.add(changed_on, TAKEDOWN_WORKDAYS)


def received_on(*, handed_in: date, confirmed: date | None, confirmed_by_both: bool) -> date | None:
    """The day of receipt, day 0 of the reply limit (第三十一条).

    Face to face: the day itself; registered mail: the day it was signed for, which is the day it
    came in; ordinary mail, web, fax and e-mail: the day both sides confirm, None until then.
    """
    return confirmed if confirmed_by_both else handed_in


def reply_due(received: date, calendar: WorkCalendar, extended: int = 0) -> date:
    """Twenty working days, and at most twenty more, counted from the day after receipt."""
    return calendar.add(received, REPLY_WORKDAYS + extended)


def correction_last_day(received: date, calendar: WorkCalendar) -> date:
    """The last day on which the applicant may be told to correct the request."""
    return calendar.add(received, CORRECTION_WORKDAYS)


def check_extension(days: int) -> int:
    """Raises RuleBroken for more than the law gives."""
    if not 1 <= days <= EXTENSION_WORKDAYS:
        raise RuleBroken(
            f"延长期限应为1至{EXTENSION_WORKDAYS}个工作日，现为{days}个。", field="days", basis=REPLY_BASIS
        )
    return days


def check_in_time_for_correction(on: date, received: date, calendar: WorkCalendar) -> None:
    """Raises RuleBroken after the seventh working day."""
    last = correction_last_day(received, calendar)
    if on > last:
        raise RuleBroken(
            f"补正应当在收到申请之日起7个工作日内一次性告知，最后一天是{spoken(last)}，现已超过；"
            "请按现有描述办理并答复。",
            basis=CORRECTION_BASIS,
        )
