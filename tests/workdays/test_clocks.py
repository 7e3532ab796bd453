"""Clocks in the database: every verb leaves a segment, an entry and the right date."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit import workflow as audit
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock, ClockSegment, Ground, Light, current_calendar
from portal.workdays.recomputing import DERIVED, derive
from tests.people.makers import make_department, make_user
from tests.workdays.makers import LICENSING_ACT_45, at, make_clock

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 9, 18)
TUESDAY = date(2026, 9, 22)
OCTOBER_12 = date(2026, 10, 12)


def paused(clock: Clock, on: date = TUESDAY) -> Clock:
    return clocks.pause(clock, on=on, ground=Ground.THIRD_PARTY, basis=LICENSING_ACT_45, by=None, at=at(on))


def test_a_clock_is_due_the_promised_working_days_after_its_day_of_receipt():
    clock = make_clock(FRIDAY, 20)
    assert (clock.started_on, clock.due_on, clock.warn_on) == (FRIDAY, date(2026, 10, 22), date(2026, 10, 20))


def test_the_date_moves_by_the_working_days_the_third_party_took():
    clock = clocks.resume(paused(make_clock(FRIDAY, 20)), on=OCTOBER_12, by=None, at=at(OCTOBER_12))
    assert clock.due_on == date(2026, 11, 4)
    assert clock.stopped_on is None


def test_an_extension_is_decided_before_the_date_has_passed():
    clock = make_clock(FRIDAY, 5)
    in_time = clocks.extend(clock, on=clock.due_on, days=10, basis=LICENSING_ACT_45, by=None, at=at(FRIDAY))
    assert in_time.due_on == date(2026, 10, 15)
    with pytest.raises(RuleBroken, match="已于2026年10月15日届满，延长须在届满前决定"):
        clocks.extend(in_time, on=date(2026, 10, 16), days=1, basis="", by=None, at=at(FRIDAY))


def test_a_restart_counts_the_whole_limit_anew():
    clock = clocks.restart(
        paused(make_clock(date(2026, 9, 1), 20)), on=TUESDAY, ground="补正材料收齐", by=None, at=at(TUESDAY)
    )
    assert clock.started_on == TUESDAY
    assert clock.due_on == current_calendar().add(TUESDAY, 20)


def test_every_move_is_in_the_subjects_history_with_its_date_before():
    clock = clocks.resume(paused(make_clock(FRIDAY, 20)), on=OCTOBER_12, by=None, at=at(OCTOBER_12))
    clocks.close(clock, on=OCTOBER_12, outcome="granted", by=None, at=at(OCTOBER_12))
    entries = list(audit.history(make_department()))
    assert [entry.action for entry in entries] == [
        "workdays.clock.started",
        "workdays.clock.paused",
        "workdays.clock.resumed",
        "workdays.clock.closed",
    ]
    assert entries[1].facts["ground"] == "征求第三方意见"
    assert entries[2].facts["due_before"] == "2026-10-22"
    assert entries[2].facts["due_on"] == "2026-11-04"


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda c: paused(paused(c)), "不能重复中止"),
        (lambda c: clocks.resume(c, on=TUESDAY, by=None, at=at(TUESDAY)), "没有中止"),
        (lambda c: paused(c, on=FRIDAY - timedelta(days=1)), "日期不能早于"),
        (lambda c: clocks.extend(c, on=FRIDAY, days=0, basis="", by=None, at=at(FRIDAY)), "正整数"),
        (
            lambda c: paused(clocks.close(c, on=FRIDAY, outcome="granted", by=None, at=at(FRIDAY))),
            "已于2026年9月18日办结",
        ),
    ],
)
def test_a_move_the_rules_forbid_is_refused_and_leaves_no_trace(move, message):
    clock = make_clock(FRIDAY, 20)
    with pytest.raises(RuleBroken, match=message):
        move(clock)
    assert Clock.objects.get().due_on == date(2026, 10, 22)


def test_a_segment_can_be_neither_changed_nor_removed():
    segment = make_clock().segments.get()
    for attempt in (lambda: ClockSegment.objects.update(days=99), segment.delete):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            attempt()
    assert ClockSegment.objects.get().days == 20


def test_a_clock_handed_over_keeps_its_date():
    clock, colleague = make_clock(FRIDAY, 20), make_user(name="李工")
    handed = clocks.hand_over(clock, handler=colleague, by=None, at=at(TUESDAY))
    assert (handed.handler, handed.due_on) == (colleague, clock.due_on)
    assert audit.history(make_department()).last().facts["handler"] == "李工"


def test_a_clock_closed_while_it_stood_still_was_kept():
    clock = clocks.close(
        paused(make_clock(FRIDAY, 5)), on=date(2026, 11, 2), outcome="withdrawn", by=None, at=at(OCTOBER_12)
    )
    assert clock.was_kept
    late = clocks.close(
        make_clock(FRIDAY, 5), on=date(2026, 9, 28), outcome="granted", by=None, at=at(OCTOBER_12)
    )
    assert late.was_kept is False


@pytest.mark.parametrize(
    ("on", "light", "left"),
    [
        (date(2026, 9, 18), Light.GREEN, 20),
        (date(2026, 10, 19), Light.GREEN, 3),
        (date(2026, 10, 20), Light.YELLOW, 2),
        (date(2026, 10, 22), Light.YELLOW, 0),
        (date(2026, 10, 23), Light.RED, -1),
        (date(2026, 10, 26), Light.RED, -2),
    ],
)
def test_the_light_is_told_by_the_query_and_by_the_row_alike(on, light, left):
    clock = make_clock(FRIDAY, 20)
    row = Clock.objects.with_light(on).get()
    assert (row.light, row.days_left, clock.light_on(on)) == (light, left, light)
    assert Clock.objects.overdue(on).exists() == (light == Light.RED)
    assert Clock.objects.due_soon(on).exists() == (light == Light.YELLOW)


def test_a_paused_clock_keeps_its_days_and_a_closed_one_has_none():
    clock = paused(make_clock(FRIDAY, 20))
    row = Clock.objects.with_light(date(2026, 12, 1)).get()
    assert (row.light, row.days_left) == (Light.PAUSED, 17)
    assert not Clock.objects.overdue(date(2026, 12, 1)).exists()

    clocks.close(clock, on=date(2026, 12, 1), outcome="withdrawn", by=None, at=at(date(2026, 12, 1)))
    row = Clock.objects.with_light(date(2026, 12, 1)).get()
    assert (row.light, row.days_left) == (Light.DONE, None)


def test_calendar_days_are_left_in_calendar_days():
    make_clock(FRIDAY, 30, unit="calendar")
    assert Clock.objects.with_light(date(2026, 10, 1)).get().days_left == 18


def test_a_pause_that_came_too_late_leaves_the_clock_red():
    clock = paused(make_clock(date(2026, 9, 1), 5))
    assert clock.light_on(TUESDAY) == Light.RED
    assert Clock.objects.with_light(TUESDAY).get().light == Light.RED
    assert Clock.objects.overdue(TUESDAY).get() == clock


def test_lights_of_many_clocks_take_two_queries(django_assert_num_queries):
    for day in range(1, 15):
        make_clock(date(2026, 9, day))
    department = make_department()
    with django_assert_num_queries(2):
        assert len(Clock.objects.of(department).with_light(TUESDAY)) == 14


MOVES = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "extend", "restart"]), st.integers(0, 9)), max_size=6
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(0, 30), moves=MOVES, unit=st.sampled_from(["working", "calendar"]))
def test_the_stored_date_is_the_date_computed_afresh(db, limit, moves, unit):
    clock, day = make_clock(date(2026, 3, 2), limit, unit=unit), date(2026, 3, 2)
    verbs = {
        "pause": lambda c: clocks.pause(c, on=day, ground=Ground.HEARING, by=None, at=at(day)),
        "resume": lambda c: clocks.resume(c, on=day, by=None, at=at(day)),
        "extend": lambda c: clocks.extend(c, on=day, days=3, basis="", by=None, at=at(day)),
        "restart": lambda c: clocks.restart(c, on=day, ground="补正", by=None, at=at(day)),
    }
    for verb, wait in moves:
        day += timedelta(days=wait)
        try:
            clock = verbs[verb](clock)
        except RuleBroken:
            continue
    stored = Clock.objects.get(pk=clock.pk)
    fresh = derive(stored.steps(), current_calendar(), unit=stored.unit, warn_days=stored.warn_days)
    assert tuple(getattr(stored, name) for name in DERIVED) == fresh
    if stored.stopped_on is None:
        assert clocks.explain(stored, day).lines[-1].day == stored.due_on
