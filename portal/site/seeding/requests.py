"""Invented requests for information whose table 3 is known before anything is counted.

Nothing is drawn by chance: the n-th request of a year is always the same one, so two runs for the
same year and number agree, and the table that ``seed_requests`` returns is counted while the rows
are thought up, not read back from them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import get_current_timezone, localdate

from disclosure import deadlines, fees
from disclosure.models import Correction, FeeNotice, InformationRequest, RequestReply
from disclosure.models.requests import RequestChannel, RequestStatus
from disclosure.numbering import request_number
from disclosure.replies import RULES, Reply
from disclosure.workflow.requests.charging import PAY_WAY
from disclosure.workflow.requests.submitting import new_query_code
from portal.audit import workflow as audit
from portal.papers.numbering import next_number
from portal.people.crypto import keyed_hash
from portal.people.models import ApplicantType, Department, IdType, Post, PostRole, User
from portal.refusals import RuleBroken
from portal.search.tokens import pairs
from portal.site.seeding.request_stories import Told, stories
from portal.workdays.calendar import WorkCalendar
from portal.workdays.deadlines import Move, Step
from portal.workdays.models import Clock, ClockKind, ClockSegment, Unit, current_calendar
from portal.workdays.recomputing import DERIVED, derive

Table = dict[str, dict[str, int]]

BATCH = 1000
SUBJECTS = (
    "道路改造工程规划许可",
    "公共租赁住房配租",
    "土地征收补偿方案",
    "年度部门预算",
    "环境影响评价批复",
    "行政处罚决定",
)
# What an invented reply says, where its kind needs it: {0} is the title, {1} the row of the form.
WORDS = {
    "content": "您申请的“{0}”已经在本机关网站公开，可以在网上查阅、下载。",
    "withheld": "其中的个人信息。",
    "reasons": "经审查：{1}。",
    "law": "《中华人民共和国统计法》第二十五条。",
    "route": "请按照有关规定向主管单位提出，咨询电话12345。",
}
PLACES = ("湖滨路", "东风路", "西山路", "建设路", "滨河路", "中心大道", "市民路")


def seed_requests(
    count: int,
    year: int,
    *,
    departments: list[Department] | None = None,
    at: datetime,
    neglects: bool = True,
    progress: Callable[[int], None] = lambda done: None,
) -> Table:
    """Insert ``count`` requests around ``year`` and return that year's true table 3 of all of them together.

    Rows are the keys of the form (``new``, ``carried_in``, one for each reply, ``total``,
    ``carried_out``), columns the applicant types. Spread over ``departments`` (all that are active
    when none are given). Answered ones have their words but no letter: a signed PDF for each would take
    a third of a second, and their pages say so. Nothing happens after ``at``; with ``neglects`` some are never answered. ``progress`` is told how many are stored.
    Raises RuleBroken where the calendar does not reach back to the year before.
    """
    calendar, today = current_calendar(), localdate(at)
    if not calendar.covers(date(year - 1, 1, 1)) or date(year, 1, 1) > today:
        raise RuleBroken(f"工作日历没有{year - 1}年的安排，或者{year}年还没有开始。")
    offices = departments or list(Department.objects.active().order_by("pk"))
    if not offices:
        raise RuleBroken("没有可以答复申请的机关。")
    hands = Hands(_holders(offices, PostRole.HANDLER), _holders(offices, PostRole.APPROVER, PostRole.HEAD))
    table = {row: Counter[str]() for row in ("new", "carried_in", *Reply.values, "total", "carried_out")}
    thought_up = stories(count, year, today, calendar, neglects=neglects)
    done = 0
    while part := list(islice(thought_up, BATCH)):
        for story in part:
            _count(table, story, year)
        with transaction.atomic():
            _store(part, offices, hands, calendar)
        done += len(part)
        progress(done)
    return {
        row: {str(column): counted[column] for column in ApplicantType.values}
        for row, counted in table.items()
    }


@dataclass(frozen=True)
class Hands:
    """Who drafts and who signs in each office; where one is missing, nobody or anybody."""

    drafters: dict[int, User]
    signers: dict[int, User]

    def of(self, office: int) -> tuple[User | None, User | None]:
        """Signer and drafter, never the same person."""
        signer = (
            self.signers.get(office)
            or next(iter(self.signers.values()), None)
            or next(iter(self.drafters.values()), None)
        )
        drafter = self.drafters.get(office)
        return signer, drafter if drafter != signer else None


def _holders(offices: list[Department], *roles: str) -> dict[int, User]:
    posts = Post.objects.filter(department__in=offices, role__in=roles).select_related("user").order_by("-pk")
    return {post.department_id: post.user for post in posts}


def _count(table: dict[str, Counter[str]], story: Told, year: int) -> None:
    if story.received.year == year:
        table["new"][story.applicant] += 1
    elif story.ends is None or story.ends.year >= year:
        table["carried_in"][story.applicant] += 1
    if story.ends and story.ends.year == year:
        table[story.reply][story.applicant] += 1
        table["total"][story.applicant] += 1
    elif story.ends is None or story.ends.year > year:
        table["carried_out"][story.applicant] += 1


def _moment(day: date, minute: int = 0) -> datetime:
    return datetime.combine(day, time(9, 0), get_current_timezone()) + timedelta(minutes=minute % 480)


def _reserve(model: Any, count: int) -> list[int]:
    """Keys that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [int(key) for (key,) in cursor.fetchall()]


def _store(
    part: list[Told],
    offices: list[Department],
    hands: "Hands",
    calendar: WorkCalendar,
) -> None:  # fmt: skip
    """Requests with their clocks, corrections, fees and replies; one audit entry for each request."""
    keys = _reserve(InformationRequest, len(part))
    requests: list[InformationRequest] = []
    clocks: list[Clock] = []
    segments: list[ClockSegment] = []
    for story, pk in zip(part, keys, strict=True):
        office = offices[story.serial % len(offices)]
        request = _request(story, office, pk)
        clock = _clock(
            calendar,
            request,
            story.steps,
            ClockKind.FOI_REPLY,
            deadlines.REPLY_WORKDAYS,
            deadlines.REPLY_BASIS,
            Unit.WORKING,
        )
        requests.append(request)
        clocks.append(clock)
    extra = [_waiting(calendar, story, request) for story, request in zip(part, requests, strict=True)]
    side = [clock for clock in extra if clock is not None]
    for clock, pk in zip([*clocks, *side], _reserve(Clock, len(clocks) + len(side)), strict=True):
        clock.pk = pk
        segments += [_segment(clock, step, seq) for seq, step in enumerate(clock.told, start=1)]  # type: ignore[attr-defined]
    for request, clock, waiting in zip(requests, clocks, extra, strict=True):
        request.reply_clock_id = clock.pk
        request.current_clock_id = waiting.pk if waiting and waiting.closed_on is None else clock.pk
    Clock.objects.bulk_create([*clocks, *side])
    ClockSegment.objects.bulk_create(segments, batch_size=5000)
    InformationRequest.objects.bulk_create(requests)
    _side_rows(part, requests, extra, hands)
    at = _moment(max(story.received for story in part))
    deeds = [
        audit.Deed(request, {"number": request.number, "channel": request.channel, "received_on": request.received_on,
                             "title": request.title})
        for request in requests
    ]  # fmt: skip
    audit.record_all("disclosure.request.submitted", deeds, actor=None, at=at)


def _request(story: Told, office: Department, pk: int) -> InformationRequest:
    serial, natural = story.serial, story.applicant == ApplicantType.NATURAL
    title = f"{PLACES[serial % len(PLACES)]}{serial % 199 + 1}号{SUBJECTS[serial % len(SUBJECTS)]}"
    code, year = new_query_code(), story.received.year
    request = InformationRequest(
        pk=pk,
        number=request_number(office.code, year, next_number(f"request.{office.code}", str(year))),
        query_code=code,
        query_code_hash=keyed_hash("query_code", code),
        department=office,
        channel=list(RequestChannel)[serial % 4] if serial % 3 else RequestChannel.WEB,
        applicant_type=story.applicant,
        name=f"申请人{serial + 1}" if natural else f"示范市第{serial + 1}号申请单位",
        title=title,
        way="web",
        tokens=sorted(pairs(title)),
        status=story.status,
        submitted_at=_moment(story.received, serial),
        received_on=story.received,
        counted_from=next(
            (step.on for step in reversed(story.steps) if step.move == Move.RESTART), story.received
        ),
        extended_days=story.extended,
        reply=story.reply,
        replied_on=story.ends,
        replied_at=_moment(story.ends, serial) if story.ends else None,
    )
    # Numbers of nobody: they pass no check, so no real person's can be among them.
    request.set_identity(IdType.PASSPORT if natural else IdType.USCC, f"SEED{year}{pk:09d}")
    request.set_phone(f"100{pk % 10**8:08d}")
    return request


def _clock(
    calendar: WorkCalendar,
    request: InformationRequest,
    steps: list[Step],
    kind: str,
    limit: int,
    basis: str,
    unit: str,
) -> Clock:
    clock = Clock(
        kind=kind,
        subject_type=InformationRequest._meta.label_lower,
        subject_id=str(request.pk),
        subject_label=f"政府信息公开申请{request.number}",
        department=request.department,
        unit=unit,
        limit=limit,
        basis=basis,
        outcome=steps[-1].ground if steps[-1].move == Move.CLOSE else "",
    )
    for name, value in zip(DERIVED, derive(steps, calendar, unit=unit, warn_days=None), strict=True):
        setattr(clock, name, value)
    clock.told = steps  # type: ignore[attr-defined]
    return clock


def _waiting(calendar: WorkCalendar, story: Told, request: InformationRequest) -> Clock | None:
    """The applicant's own clock, where they were asked to correct or to pay."""
    if story.corrected:
        asked, answered = story.corrected
        kind, limit, basis, unit = ClockKind.FOI_CORRECTION, 15, deadlines.CORRECTION_BASIS, Unit.WORKING
        done = "已补正"
    elif story.fee:
        asked, answered = story.fee
        kind, limit, basis, unit = (
            ClockKind.FOI_PAYMENT,
            deadlines.PAYMENT_DAYS,
            deadlines.FEE_BASIS,
            Unit.CALENDAR,
        )
        done = "已缴费"
    else:
        return None
    steps = [Step(Move.START, asked, limit, basis=basis)]
    if answered or story.ends:
        steps.append(
            Step(Move.CLOSE, answered or story.ends or asked, ground=done if answered else story.outcome)
        )
    return _clock(calendar, request, steps, kind, limit, basis, unit)


def _segment(clock: Clock, step: Step, seq: int) -> ClockSegment:
    return ClockSegment(
        clock=clock, seq=seq, move=step.move.value, on=step.on, days=step.days, ground=step.ground, basis=step.basis,
        at=_moment(step.on),
    )  # fmt: skip


def _side_rows(
    part: list[Told], requests: list[InformationRequest], extra: list[Clock | None], hands: Hands
) -> None:
    corrections, notices, replies = [], [], []
    for story, request, clock in zip(part, requests, extra, strict=True):
        signer, drafter = hands.of(request.department_id)
        if story.corrected and clock and signer:
            asked, answered = story.corrected
            corrections.append(
                Correction(
                    request=request, items=["请写明所需信息的具体名称"], asked_by=signer, asked_at=_moment(asked), clock=clock,
                    answer="已写明。" if answered else "", received_on=answered,
                    received_at=_moment(answered) if answered else None,
                    expired_at=_moment(story.ends) if story.ends and not answered else None,
                )
            )  # fmt: skip
        if story.fee and clock and signer:
            pages = 31 + story.serial % 90
            notices.append(
                FeeNotice(
                    request=request, method=fees.FeeMethod.BY_PAGE, quantity=pages, amount=fees.fee_by_page(pages),
                    pay_way=PAY_WAY, issued_by=signer, issued_at=_moment(story.fee[0]), clock=clock,
                    expired_at=_moment(story.ends) if story.ends else None,
                )
            )  # fmt: skip
        if story.status == RequestStatus.REPLIED:
            words = {
                name: WORDS[name].format(request.title, Reply(story.reply).label)
                for name in RULES[story.reply].needs
            }
            replies.append(
                RequestReply(request=request, kind=story.reply, drafted_by=drafter, signed_by=signer, **words)
            )
    Correction.objects.bulk_create(corrections)
    FeeNotice.objects.bulk_create(notices)
    RequestReply.objects.bulk_create(replies)
