"""The limits of publishing and of asking, with their articles. Pure."""

from datetime import date

from portal.workdays.calendar import WorkCalendar

PUBLICATION_WORKDAYS = 20
PUBLICATION_BASIS = "《中华人民共和国政府信息公开条例》第二十六条"

TAKEDOWN_WORKDAYS = 3
TAKEDOWN_BASIS = "《中华人民共和国行政处罚法》第四十八条"

# A rule of the house, not of law: what went out unapproved is approved, or taken down, within it.
RATIFICATION_WORKDAYS = 3
RATIFICATION_BASIS = "政府信息公开审查制度：紧急发布后补办审批"


def publication_due(formed_on: date, calendar: WorkCalendar) -> date:
    """Twenty working days, counted from the day after the information was formed or changed."""
    return calendar.add(formed_on, PUBLICATION_WORKDAYS)


def takedown_due(changed_on: date, calendar: WorkCalendar) -> date:
    """Three working days from the day after a penalty decision was changed, revoked or annulled."""
    return calendar.add(changed_on, TAKEDOWN_WORKDAYS)
