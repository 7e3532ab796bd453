"""A calendar notice moves every open clock once, says so to whom it concerns, and to the record."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import (
    CalendarNotice,
    Clock,
    ClockKind,
    ClockMove,
    Ground,
    NoticeKind,
    ShadowRun,
    current_calendar,
)
from portal.workdays.reading import read_notice
from tests.people.makers import make_clerk, make_department, make_party, make_user
from tests.workdays.makers import at, make_clock

pytestmark = pytest.mark.django_db
NOVEMBER_20 = date(2026, 11, 20)
NOW = at(NOVEMBER_20)
NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕8号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至12日（周五）放假调休，共8天。1月30日（周六）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月19日"""


def make_notice() -> CalendarNotice:
    """An invented schedule of 2027, read and registered, not yet published."""
    return clocks.register(read_notice(NOTICE_2027), kind=NoticeKind.YEAR, by=None, at=NOW)


def make_spring_clock(**fields) -> Clock:
    """Due 2027-02-15 as foreseen; 2027-02-18 by the notice (four days more off, one Saturday worked)."""
    return make_clock(date(2027, 1, 25), 13, **fields)


def published() -> CalendarNotice:
    return clocks.publish(make_notice(), by=None, at=NOW)


def test_the_preview_names_every_clock_that_will_move_and_moves_none():
    clock = make_spring_clock()
    make_clock(date(2026, 11, 2), 5)

    seen = clocks.preview(make_notice())

    assert (seen.running, seen.moved) == (2, 1)
    assert [(found.pk, found.due_on, new) for found, new in seen.first] == [
        (clock.pk, date(2027, 2, 15), date(2027, 2, 18))
    ]
    assert Clock.objects.get(pk=clock.pk).due_on == date(2027, 2, 15)


def test_publishing_and_one_run_move_exactly_what_the_preview_showed():
    make_spring_clock()
    expected = [(clock.pk, new) for clock, new in clocks.preview(make_notice()).first]

    notice = clocks.publish(CalendarNotice.objects.get(doc_no="国办发明电〔2026〕8号"), by=None, at=NOW)
    assert clocks.redate(notice, at=NOW) == 1

    assert list(Clock.objects.values_list("pk", "due_on")) == expected
    notice.refresh_from_db()
    assert (notice.moved, notice.redated_at) == (1, NOW)


def test_the_subjects_history_tells_old_new_and_why():
    make_spring_clock()
    clocks.redate(published(), at=NOW)
    entry = audit.history(make_department()).last()
    assert entry.action == "workdays.clock.redated"
    assert entry.facts["moved"] == [{"clock": "承诺办结时限", "old": "2027-02-15", "new": "2027-02-18"}]
    assert entry.facts["notice"] == "国办发明电〔2026〕8号"


def test_a_second_run_changes_nothing_and_tells_nobody_again():
    make_spring_clock(party=make_party(), handler=make_user(name="李工"))
    notice = published()
    clocks.redate(notice, at=NOW)
    clocks.tell_moved(at=NOW)
    told, entries = Notice.objects.count(), audit.history(make_department()).count()

    assert clocks.redate(notice, at=NOW + timedelta(hours=1)) == 0
    assert clocks.tell_moved(at=NOW) == 0

    assert Notice.objects.count() == told
    assert audit.history(make_department()).count() == entries
    assert CalendarNotice.objects.get(pk=notice.pk).redated_at == NOW


def test_the_applicant_and_the_handler_are_told_once_with_both_dates():
    handler, party = make_user(name="李工", kind="staff"), make_party()
    make_spring_clock(handler=handler, party=party)
    make_spring_clock(kind=ClockKind.CASE_STATUTORY, handler=handler, party=party)
    clocks.redate(published(), at=NOW)
    assert clocks.tell_moved(at=NOW) == 2

    to_party = Notice.objects.filter(party=party, channel="sms").get()
    assert to_party.text == (
        "办件20260918000017因2027年放假安排公布，承诺办结时限由2027年2月15日改为2027年2月18日。"
        "逐日计算见办件页面“为什么是这一天”。"
    )
    to_handler = Notice.objects.get(user=handler)
    assert (to_handler.channel, "法定办结时限由" in to_handler.text) == ("in_site", True)


def test_nobody_is_told_whose_date_stays_or_whose_clock_has_closed():
    make_clock(date(2026, 11, 2), 5, party=make_party())
    closed = make_spring_clock(party=make_party())
    clocks.redate(published(), at=NOW)
    clocks.close(closed, on=date(2027, 1, 26), outcome="granted", by=None, at=NOW)
    assert clocks.tell_moved(at=NOW) == 1
    assert not Notice.objects.exists()


def test_pauses_extensions_and_calendar_days_are_moved_as_they_would_have_been_counted():
    paused = make_spring_clock()
    day = date(2027, 2, 1)
    paused = clocks.pause(paused, on=day, ground=Ground.HEARING, by=None, at=at(day))
    resumed = clocks.resume(make_paused_over_spring(), on=date(2027, 2, 22), by=None, at=at(day))
    rolled = make_clock(date(2027, 1, 12), 30, unit="calendar")

    clocks.redate(published(), at=NOW)

    for clock in (paused, resumed, rolled):
        fresh = clocks.explain(Clock.objects.get(pk=clock.pk), day)
        assert Clock.objects.get(pk=clock.pk).due_on == fresh.due_on
    assert rolled.due_on == date(2027, 2, 11)
    assert Clock.objects.get(pk=rolled.pk).due_on == date(2027, 2, 15)
    assert Clock.objects.with_light(day).get(pk=paused.pk).days_left == 7


def make_paused_over_spring() -> Clock:
    clock, day = make_clock(date(2027, 1, 18), 20), date(2027, 2, 3)
    return clocks.pause(clock, on=day, ground=Ground.TESTING, by=None, at=at(day))


def test_small_batches_and_a_killed_run_end_in_the_same_dates():
    for _ in range(7):
        make_spring_clock()
    notice = published()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.workdays.workflow.redating.ClockMove", None)  # dies after the last batch
        with pytest.raises(AttributeError):
            clocks.redate(notice, at=NOW, size=3)
    assert clocks.redate(notice, at=NOW, size=2) == 0
    assert set(Clock.objects.values_list("due_on", flat=True)) == {date(2027, 2, 18)}
    assert CalendarNotice.objects.get(pk=notice.pk).moved == ClockMove.objects.count() == 7


def test_statements_do_not_grow_with_the_clocks(django_assert_max_num_queries):
    for _ in range(31):
        make_spring_clock()
    notice = published()
    with django_assert_max_num_queries(30):
        assert clocks.redate(notice, at=NOW) == 31


def test_a_clock_whose_date_would_leave_the_calendar_stays_and_is_counted():
    make_clock(date(2027, 1, 25), 234)
    make_clock(date(2027, 1, 25), 13)
    seen = clocks.preview(make_notice())
    assert (seen.running, seen.beyond) == (2, 1)


def test_an_unpublished_notice_can_be_thrown_away_and_a_published_one_not():
    notice = make_notice()
    clocks.discard(notice, by=None, at=NOW)
    assert not CalendarNotice.objects.filter(doc_no="国办发明电〔2026〕8号").exists()
    with pytest.raises(RuleBroken, match="已经发布的通知不能删除"):
        clocks.discard(published(), by=None, at=NOW)


def test_the_same_paper_is_not_registered_again():
    published()
    with pytest.raises(RuleBroken, match="国办发明电〔2026〕8号已经发布过"):
        make_notice()


def test_the_nightly_recompute_agrees_after_a_redating():
    make_spring_clock()
    clocks.redate(published(), at=NOW)
    run = clocks.recompute_all(day=NOVEMBER_20, at=NOW)
    assert (run.checked, run.faults) == (1, 0)


def test_a_date_written_around_the_workflow_is_found_recorded_and_reported_once():
    make_clock()
    keeper = make_clerk(PostRole.SUPERVISOR)
    Clock.objects.update(due_on=date(2026, 12, 31))
    for _ in range(2):
        run = clocks.recompute_all(day=NOVEMBER_20, at=NOW)
    assert run.first_faults == [
        {
            "clock": "办件20260918000017 承诺办结时限",
            "stored": "2026-12-31",
            "computed": "2026-10-22",
            "columns": "到期日",
        }
    ]
    assert ShadowRun.objects.count() == 1
    found = audit.history(make_department()).filter(action="workdays.clock.disagreed").get()
    assert (found.facts["stored"], found.facts["computed"]) == ("2026-12-31", "2026-10-22")
    assert "1个时限" in Notice.objects.get(user=keeper).text
    assert Clock.objects.get().due_on == date(2026, 12, 31)


def test_from_december_a_missing_year_is_said_weekly_until_it_is_registered():
    keeper = make_clerk(PostRole.HEAD)
    assert clocks.warn_of_missing_year(on=date(2026, 11, 30), at=NOW) == ""
    for day in (1, 2, 8):
        assert "2027年" in clocks.warn_of_missing_year(on=date(2026, 12, day), at=NOW)
    assert Notice.objects.filter(user=keeper).count() == 2
    published()
    assert clocks.warn_of_missing_year(on=date(2026, 12, 15), at=NOW) == ""


def test_each_year_the_one_after_it_is_foreseen_from_the_statute():
    assert clocks.foresee(on=date(2026, 11, 20), at=NOW) == 0
    assert clocks.foresee(on=date(2027, 1, 1), at=NOW) == 1
    calendar = current_calendar()
    assert calendar.last == date(2028, 12, 31)
    assert calendar.is_provisional(date(2028, 3, 1))
    assert not calendar.is_workday(date(2028, 1, 26))


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_a_clock_started_while_a_notice_is_published_gets_the_new_date():
    make_department()
    notice = make_notice()
    done: list[date] = []

    def begin() -> None:
        try:
            done.append(make_spring_clock().due_on)
        finally:
            connection.close()

    with transaction.atomic():
        clocks.publish(notice, by=None, at=NOW)
        thread = Thread(target=begin)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "the clock waits for the calendar"
    thread.join(timeout=10)
    assert done == [date(2027, 2, 18)]
