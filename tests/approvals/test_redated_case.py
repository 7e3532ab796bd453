"""A holiday announced while a case is under way: its dates, its story and its people agree."""

from datetime import date

import pytest

from approvals.models import CaseStatus
from approvals.timeline import timeline
from portal.notices.models import Notice
from portal.workdays import workflow as clocks
from portal.workdays.models import NoticeKind
from portal.workdays.schedules import Festival, Schedule
from tests.approvals.makers import at, make_case

pytestmark = pytest.mark.django_db


def announce_day_off(day: date):
    """An amendment that gives everyone this day."""
    schedule = Schedule(
        year=day.year,
        title="放假调整",
        doc_no="国办发明电〔2026〕6号",
        festivals=(Festival("纪念日", (day, day)),),
    )
    notice = clocks.register(schedule, kind=NoticeKind.AMENDMENT, by=None, at=at(day))
    notice = clocks.publish(notice, by=None, at=at(day))
    clocks.redate(notice, at=at(day))
    clocks.tell_moved(at=at(day))


def test_the_case_moves_by_the_day_off_and_everyone_reads_the_same_dates():
    case = make_case(CaseStatus.ACCEPTED)
    due_before = case.promise_clock.due_on

    announce_day_off(due_before)

    case.promise_clock.refresh_from_db()
    due = case.promise_clock.due_on
    assert due > due_before
    for audience in ("citizen", "staff"):
        told = next(event for event in timeline(case, audience) if event.title == "日期调整")
        assert f"承诺办结时限由{due_before:%Y年}" in told.text
        assert f"改为{due.year}年{due.month}月{due.day}日" in told.text
    message = Notice.objects.filter(party=case.party, template__code="deadline_moved", channel="sms").get()
    assert message.text.startswith(f"办件{case.number}因{due.year}年放假安排公布，承诺办结时限由")
