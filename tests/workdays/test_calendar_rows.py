"""The calendar in the database: loaded by migrate, superseded by a new paper, never lost."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.refusals import RuleBroken
from portal.workdays import schedules, workflow
from portal.workdays.models import CalendarDay, CalendarNotice, NoticeKind, current_calendar
from portal.workdays.schedules import Festival, Schedule
from tests.workdays.test_calendar import CALENDAR

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def make_notice(*festivals: Festival, year: int = 2027, kind=NoticeKind.YEAR, doc_no="国办发明电〔2026〕8号"):
    schedule = Schedule(year=year, title=f"关于{year}年部分节假日安排的通知", festivals=festivals)
    return CalendarNotice.objects.create(
        year=year,
        kind=kind,
        title=schedule.title,
        doc_no=doc_no,
        festivals=workflow.as_rows(schedule),
        created_at=NOW,
    )


SPRING_2027 = Festival("春节", (date(2027, 2, 5), date(2027, 2, 12)), (date(2027, 1, 30), date(2027, 2, 20)))


def test_migrate_leaves_the_shipped_years_in_force():
    assert current_calendar().all_days() == CALENDAR.all_days()


def test_every_day_in_force_names_its_paper():
    papers = CalendarDay.objects.current().values_list("day__year", "notice__doc_no").distinct()
    assert dict(papers) == {s.year: s.doc_no for s in schedules.shipped()}


def test_loading_the_shipped_years_again_changes_nothing():
    before = CalendarDay.objects.count()
    assert workflow.load_shipped(at=NOW) == 0
    assert CalendarDay.objects.count() == before


def test_a_published_year_replaces_the_provisional_one_and_keeps_its_rows():
    assert current_calendar().is_provisional(date(2027, 2, 20))

    workflow.publish(make_notice(SPRING_2027), by=None, at=NOW)

    calendar = current_calendar()
    assert calendar.is_workday(date(2027, 2, 20))
    assert not calendar.is_provisional(date(2027, 7, 1))
    assert calendar.why(date(2027, 2, 20)) == "星期六，春节调休上班（国办发明电〔2026〕8号）"
    assert CalendarDay.objects.filter(day=date(2027, 2, 20)).count() == 2


def test_an_amendment_touches_only_the_days_it_names():
    victory = Festival("纪念日", (date(2026, 9, 3), date(2026, 9, 3)), (date(2026, 9, 6),))
    before = {entry.day: entry for entry in current_calendar().all_days()}

    workflow.publish(make_notice(victory, year=2026, kind=NoticeKind.AMENDMENT), by=None, at=NOW)

    changed = [entry.day for entry in current_calendar().all_days() if before[entry.day] != entry]
    assert changed == [date(2026, 9, 3), date(2026, 9, 6)]


def test_a_day_claimed_by_the_next_years_paper_survives_a_new_paper_for_its_own():
    eve = Festival("元旦", (date(2026, 12, 31), date(2027, 1, 2)))
    workflow.publish(make_notice(eve), by=None, at=NOW)
    workflow.publish(make_notice(year=2026, doc_no="国办发明电〔2026〕9号"), by=None, at=NOW)

    assert current_calendar().why(date(2026, 12, 31)) == "元旦放假（国办发明电〔2026〕8号）"


def test_a_notice_is_published_once():
    notice = workflow.publish(make_notice(SPRING_2027), by=None, at=NOW)
    with pytest.raises(RuleBroken, match="已于2026年11月20日发布"):
        workflow.publish(notice, by=None, at=NOW)
    with pytest.raises(RuleBroken, match="已经发布过"):
        workflow.publish(make_notice(SPRING_2027), by=None, at=NOW)


def test_a_year_beyond_a_gap_is_refused():
    far = Festival("元旦", (date(2030, 1, 1), date(2030, 1, 1)))
    with pytest.raises(RuleBroken, match="缺少整年的安排"):
        workflow.publish(make_notice(far, year=2030), by=None, at=NOW)


def test_the_calendar_is_read_once_and_then_held(django_assert_num_queries):
    current_calendar()
    with django_assert_num_queries(1):
        current_calendar()
