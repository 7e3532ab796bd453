"""What becomes of each invented request, day by day. Pure: it follows from the serial alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from disclosure import deadlines
from disclosure.models.requests import RequestStatus
from disclosure.replies import RULES, Reply
from portal.people.models import ApplicantType
from portal.workdays.calendar import WorkCalendar
from portal.workdays.deadlines import Move, Step
from portal.workdays.models import Ground

CARRIED_IN = 12  # every so manieth request was received late in the year before
NEVER = 15  # every so manieth is still open
EXTENDED = 9
COLUMNS = (
    *[ApplicantType.NATURAL] * 11,
    *[ApplicantType.BUSINESS] * 4,
    ApplicantType.RESEARCH,
    ApplicantType.WELFARE,
    *[ApplicantType.LEGAL_SERVICE] * 2,
    ApplicantType.OTHER,
)
# What requests end with, in about the proportions published reports show; every row occurs.
ENDINGS = (
    *[Reply.GRANTED] * 17,
    *[Reply.PARTIAL] * 6,
    *[Reply.NOT_HELD] * 9,
    *[Reply.QUERY_MATTER] * 2,
    *[reply for reply in Reply.values if reply not in (Reply.GRANTED, Reply.PARTIAL)],
)


@dataclass
class Told:
    """One request as it was thought up: what happened on which day."""

    serial: int
    applicant: str
    received: date
    steps: list[Step]
    ends: date | None = None
    reply: str = ""
    corrected: tuple[date, date | None] | None = None  # asked, answered
    fee: tuple[date, date | None] | None = None  # asked, paid
    extended: int = 0
    outcome: str = ""
    status: str = RequestStatus.OPEN


def stories(count: int, year: int, today: date, calendar: WorkCalendar, *, neglects: bool) -> Iterator[Told]:
    """The requests in order; each follows from its serial alone."""
    last = min(date(year, 12, 31), today)
    span = (last - date(year, 1, 1)).days
    for serial in range(count):
        if serial % CARRIED_IN == 5:
            received = calendar.roll(date(year - 1, 12, 1) + timedelta(serial % 25))
        else:
            received = calendar.roll(date(year, 1, 1) + timedelta(serial * span // max(count, 1)))
        received = min(received, today)
        story = Told(
            serial, COLUMNS[serial * 7 % len(COLUMNS)], received,
            [Step(Move.START, received, deadlines.REPLY_WORKDAYS, basis=deadlines.REPLY_BASIS)],
        )  # fmt: skip
        _unfold(story, today, calendar, neglects=neglects)
        yield story


def _unfold(story: Told, today: date, calendar: WorkCalendar, *, neglects: bool) -> None:
    """What became of it, up to today: a correction, an extension, a fee, and how it ended."""
    serial, base = story.serial, story.received
    reply = ENDINGS[serial * 5 % len(ENDINGS)]
    if reply in (Reply.NOT_CORRECTED, Reply.STILL_UNCLEAR) or serial % 10 == 3:
        base = _correct(story, reply, calendar)
    elif reply == Reply.NOT_PAID:
        base = _charge(story, calendar)
    elif serial % EXTENDED == 4:
        story.extended = 10
        story.steps.append(
            Step(Move.EXTEND, calendar.add(base, 15), 10, "需要检索档案", deadlines.REPLY_BASIS)
        )
    ends = base
    if reply not in (Reply.NOT_CORRECTED, Reply.NOT_PAID):
        ends = calendar.add(base, 2 + serial % 17)
        if story.extended:
            ends = calendar.add(base, 16 + serial % 12)
    if ends <= today and not (neglects and serial % NEVER == 8):
        story.ends, story.reply = ends, reply
        story.outcome = str(RULES[reply].group.label)
        story.steps.append(Step(Move.CLOSE, ends, ground=story.outcome))
        story.status = RequestStatus.REPLIED
        if reply in (Reply.NOT_CORRECTED, Reply.NOT_PAID):
            story.status = RequestStatus.ABANDONED
        elif reply == Reply.OTHER:
            story.status = RequestStatus.WITHDRAWN
    _until(story, today)


def _correct(story: Told, reply: str, calendar: WorkCalendar) -> date:
    asked = calendar.add(story.received, 3)
    story.steps.append(Step(Move.PAUSE, asked, ground=Ground.SUPPLEMENT, basis=deadlines.CORRECTION_BASIS))
    if reply == Reply.NOT_CORRECTED:
        story.corrected = (asked, None)
        return calendar.add(asked, 16)  # the day after the fifteen working days
    answered = calendar.add(asked, 6)
    story.corrected = (asked, answered)
    story.steps.append(
        Step(Move.RESTART, answered, ground="收到补正后的申请", basis=deadlines.CORRECTION_BASIS)
    )
    return answered


def _charge(story: Told, calendar: WorkCalendar) -> date:
    asked = calendar.add(story.received, 8)
    story.fee = (asked, None)
    story.steps.append(Step(Move.PAUSE, asked, ground=Ground.PAYMENT, basis=deadlines.FEE_BASIS))
    return calendar.roll(asked + timedelta(deadlines.PAYMENT_DAYS)) + timedelta(1)


def _until(story: Told, today: date) -> None:
    """Forget what lies after today, and say in which state that leaves the request."""
    story.steps = [step for step in story.steps if step.on <= today]
    if story.ends:
        return
    story.extended = story.extended if any(step.move == Move.EXTEND for step in story.steps) else 0
    if story.corrected:
        asked, answered = story.corrected
        story.corrected = (
            None if asked > today else (asked, answered if answered and answered <= today else None)
        )
        if story.corrected and story.corrected[1] is None:
            story.status = RequestStatus.CORRECTION
    if story.fee:
        story.fee = story.fee if story.fee[0] <= today else None
        story.status = RequestStatus.PAYMENT if story.fee else RequestStatus.OPEN
