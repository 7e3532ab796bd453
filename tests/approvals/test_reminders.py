"""Reminders: near and past the date, to handler and head; twice, late or after missed nights the same."""

from datetime import date

import pytest
from django.utils import timezone

from approvals import tasks, workflow
from approvals.models import CaseStatus, DutySeed
from approvals.reminders import remind_due_clocks
from portal.audit.models import Heartbeat
from portal.notices.models import Notice
from portal.people.models import PostRole
from tests.approvals.makers import FRIDAY, at, make_case, make_staff
from tests.people.makers import make_clerk

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 3, 13)


def told(code):
    rows = Notice.objects.filter(template__code=code).select_related("user")
    return sorted((row.user.username, row.text.split("”的")[-1]) for row in rows)


def test_handler_and_head_are_told_before_the_date():
    make_case()
    staff = make_staff()
    remind_due_clocks(at=at(date(2026, 3, 10)))
    assert told("clock_warning") == []

    remind_due_clocks(at=at(date(2026, 3, 12)))

    assert [name for name, _ in told("clock_warning")] == sorted(
        [staff["handler"].username, staff["head"].username]
    )
    assert told("clock_warning")[0][1].startswith("受理时限将于2026年3月13日到期")


def test_running_twice_or_daily_tells_nobody_twice():
    make_case()
    for day in (12, 12, 13):
        remind_due_clocks(at=at(date(2026, 3, day)))

    assert len(told("clock_warning")) == 2
    assert told("clock_overdue") == []


def test_what_was_told_is_not_looked_at_again_until_its_date_or_its_handler_changes(
    django_assert_num_queries,
):
    case = make_case()
    moment = at(date(2026, 3, 12))
    assert remind_due_clocks(at=moment) == 1
    with django_assert_num_queries(9):  # one question for each of the three lists, in its transaction
        assert remind_due_clocks(at=moment) == 0

    other = make_clerk(PostRole.HANDLER)
    workflow.transfer(case, to=other, reason="承办人出差，改派同事", by=make_staff()["head"], at=moment)
    assert remind_due_clocks(at=moment) == 1
    assert other.username in [name for name, _ in told("clock_warning")]
    assert len(told("clock_warning")) == 3


def test_after_missed_nights_what_is_overdue_is_still_told_once():
    make_case(CaseStatus.ACCEPTED)

    for _ in range(2):
        remind_due_clocks(at=at(date(2026, 4, 1)))

    assert told("clock_warning") == []
    words = {text.split("已于")[0] for _, text in told("clock_overdue")}
    assert words == {"承诺办结时限", "法定办结时限", "环节时限"}
    assert len(told("clock_overdue")) == 6


def test_a_step_of_nobody_yet_reminds_everyone_who_may_take_it():
    case = make_case(CaseStatus.ACCEPTED, stage="review")
    reviewers = {make_staff()["reviewer"].username, make_clerk(PostRole.REVIEWER).username}

    remind_due_clocks(at=at(date(2026, 3, 9)))
    stage = {name for name, text in told("clock_warning") if text.startswith("环节时限将于2026年3月10日到期")}
    assert stage == reviewers | {make_staff()["head"].username}

    workflow.claim(case, by=make_staff()["reviewer"], at=at(date(2026, 3, 9)))
    assert case.open_step.clock.handler == make_staff()["reviewer"]


def test_nothing_is_told_about_what_is_done_or_waits_for_the_applicant():
    make_case(CaseStatus.CLOSED)
    case = make_case(CaseStatus.SUPPLEMENT)

    remind_due_clocks(at=at(date(2026, 3, 19)))

    assert told("clock_warning") == told("clock_overdue") == []
    reminder = Notice.objects.get(template__code="case_supplement_reminder", channel="sms")
    assert reminder.user == case.applicant_user and "2026年3月20日前" in reminder.text


def test_every_job_leaves_a_heartbeat_and_may_run_at_any_time():
    make_case()

    for _ in range(2):
        tasks.deem_accepted_cases()
        tasks.expire_supplements()
        tasks.remind_due_clocks()
        tasks.keep_duty_seeds()
        tasks.draw_undrawn_cases()

    assert Heartbeat.objects.filter(name__startswith="approvals.", ok=True).count() == 5
    assert DutySeed.objects.filter(day__gt=timezone.localdate()).count() == 1
    assert DutySeed.objects.get(day=FRIDAY).revealed
