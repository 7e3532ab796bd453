"""Clocks as values, against a model that walks day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.workdays.calendar import OutsideCalendar
from portal.workdays.deadlines import Move, Step, Unit, days_left, due, latest_start, settle
from portal.workdays.explanation import DayState, explain_count, explain_settled
from tests.workdays.test_calendar import CALENDAR

STARTS = st.dates(date(2024, 1, 1), date(2026, 3, 1))
LIMITS = st.integers(0, 45)
GAPS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 25)), max_size=4)


def clock(start: date, limit: int, *steps: Step, unit: Unit = Unit.WORKING, warn_days: int | None = None):
    return settle([Step(Move.START, start, limit), *steps], CALENDAR, unit=unit, warn_days=warn_days)


def steps_for(pauses: list[tuple[date, date]]) -> list[Step]:
    return [step for a, b in pauses for step in (Step(Move.PAUSE, a), Step(Move.RESUME, b))]


def dated(start: date, gaps: list[tuple[int, int]]) -> list[tuple[date, date]]:
    """Pauses one after the other: so many days after the last one ended, so many days long."""
    pauses, day = [], start
    for wait, length in gaps:
        began = day + timedelta(days=wait)
        day = began + timedelta(days=length)
        pauses.append((began, day))
    return pauses


def naive_due(start: date, limit: int, pauses: list[tuple[date, date]], unit: Unit) -> date:
    """Walk from the start; a pause met on the way carries the walker to its end for nothing."""
    day, left, ahead = start, limit, list(pauses)
    while True:
        if ahead and ahead[0][0] == day:
            day = ahead.pop(0)[1]
            continue
        if left == 0 and (unit == Unit.FIXED or CALENDAR.is_workday(day)):
            return day
        day += timedelta(days=1)
        if left and (unit != Unit.WORKING or CALENDAR.is_workday(day)):
            left -= 1


@given(STARTS, LIMITS, GAPS, st.sampled_from(Unit))
def test_the_date_is_the_one_found_by_walking_day_by_day(start, limit, gaps, unit):
    pauses = dated(start, gaps)
    assert clock(start, limit, *steps_for(pauses), unit=unit).due_on == naive_due(start, limit, pauses, unit)


@given(STARTS, st.integers(1, 45), GAPS)
def test_pauses_move_the_date_by_the_sum_of_their_working_days(start, limit, gaps):
    pauses = [pair for pair in dated(start, gaps) if pair[0] < due(start, limit, Unit.WORKING, CALENDAR)]
    shift = sum(CALENDAR.between(a, b) for a, b in pauses)
    assert clock(start, limit, *steps_for(pauses)).due_on == CALENDAR.add(start, limit + shift)


@given(STARTS, st.integers(1, 45), st.integers(0, 10), st.integers(0, 20), st.integers(0, 20))
def test_a_pause_cut_in_two_moves_the_date_as_far_as_the_whole(start, limit, wait, first, second):
    began = start + timedelta(days=wait)
    middle, end = began + timedelta(days=first), began + timedelta(days=first + second)
    whole = clock(start, limit, *steps_for([(began, end)]))
    halves = clock(start, limit, *steps_for([(began, middle), (middle, end)]))
    assert whole.due_on == halves.due_on


@given(STARTS, LIMITS, GAPS, st.sampled_from(Unit), st.integers(1, 15))
def test_the_explanation_counts_exactly_the_days_promised_and_ends_on_the_date(
    start, limit, gaps, unit, more
):
    settled = clock(start, limit, *steps_for(dated(start, gaps)), Step(Move.EXTEND, start, more), unit=unit)
    told = explain_settled(settled, CALENDAR)
    assert sum(line.counts for line in told.lines) == limit + more
    assert told.lines[-1].day == told.due_on == settled.due_on
    assert [line.number for line in told.lines if line.counts] == list(range(1, limit + more + 1))
    assert [line.is_due for line in told.lines].count(True) == 1


@given(STARTS, LIMITS, st.sampled_from(Unit))
def test_counting_back_from_the_date_never_passes_the_start(start, limit, unit):
    begun = CALENDAR.roll(start)
    assert latest_start(due(begun, limit, unit, CALENDAR), limit, unit, CALENDAR) >= begun


@given(STARTS, st.integers(1, 45), GAPS)
def test_yellow_comes_with_nine_tenths_used_or_a_day_left_and_not_before(start, limit, gaps):
    settled = clock(start, limit, *steps_for(dated(start, gaps)))
    left = days_left(settled, settled.warn_on, CALENDAR)
    threshold = max(1, limit // 10)
    assert left <= threshold
    if settled.warn_on > start:
        assert days_left(settled, settled.warn_on - timedelta(days=1), CALENDAR) > threshold - 1


def test_the_third_party_example_of_the_regulation():
    settled = clock(
        date(2026, 9, 18),
        20,
        Step(Move.PAUSE, date(2026, 9, 22), ground="征求第三方意见"),
        Step(Move.RESUME, date(2026, 10, 12)),
    )
    assert settled.paused == 9
    assert settled.due_on == date(2026, 11, 4)


def test_received_on_a_holiday_counting_begins_with_the_first_working_day_after():
    assert clock(date(2026, 2, 17), 5).due_on == date(2026, 2, 28)


def test_a_promise_over_new_year_counts_the_make_up_sunday():
    told = explain_settled(clock(date(2025, 12, 29), 5), CALENDAR)
    assert told.due_on == date(2026, 1, 6)
    sunday = next(line for line in told.lines if line.day == date(2026, 1, 4))
    assert (sunday.counts, sunday.why) == (True, "星期日，元旦调休上班（国办发明电〔2025〕7号）")


def test_a_limit_of_nothing_is_due_the_same_day_or_the_first_working_day_after():
    assert clock(date(2026, 9, 18), 0).due_on == date(2026, 9, 18)
    assert clock(date(2026, 10, 1), 0).due_on == date(2026, 10, 8)


def test_calendar_days_that_end_on_a_day_off_give_way_to_the_next_working_day():
    settled = clock(date(2026, 9, 1), 30, unit=Unit.CALENDAR)
    told = explain_settled(settled, CALENDAR)
    assert settled.due_on == date(2026, 10, 8)
    assert [line.state for line in told.lines[-2:]] == [DayState.SKIPPED, DayState.ROLLED]
    assert "民事诉讼法" in told.lines[-1].why


def test_a_date_that_the_law_names_stays_where_it_is_on_a_saturday():
    told = explain_settled(clock(date(2026, 1, 1), 30, unit=Unit.FIXED), CALENDAR)
    assert told.due_on == date(2026, 1, 31)
    assert (told.lines[-1].number, told.lines[-1].why) == (30, "法律写明的截止日期，是休息日也不顺延")


def test_a_pause_after_the_date_has_passed_saves_nothing():
    late = clock(
        date(2026, 9, 1), 5, Step(Move.PAUSE, date(2026, 9, 9)), Step(Move.RESUME, date(2026, 9, 30))
    )
    assert late.due_on == date(2026, 9, 8)
    assert late.paused == 0


def test_a_clock_stopped_on_its_last_day_and_resumed_on_a_day_off_is_due_the_next_working_day():
    settled = clock(
        date(2026, 9, 1), 5, Step(Move.PAUSE, date(2026, 9, 8)), Step(Move.RESUME, date(2026, 9, 12))
    )
    assert settled.due_on == date(2026, 9, 14)


def test_a_restart_forgets_pauses_and_extensions():
    settled = clock(
        date(2026, 9, 1),
        20,
        Step(Move.EXTEND, date(2026, 9, 2), 10),
        Step(Move.PAUSE, date(2026, 9, 3)),
        Step(Move.RESTART, date(2026, 9, 18)),
    )
    assert settled.due_on == date(2026, 10, 22)
    assert (settled.stopped_on, settled.extended, settled.paused) == (None, 0, 0)


def test_while_paused_the_explanation_ends_with_the_day_it_stopped():
    settled = clock(date(2026, 9, 1), 20, Step(Move.PAUSE, date(2026, 9, 8), ground="听证"))
    told = explain_settled(settled, CALENDAR)
    assert told.stopped_on == told.lines[-1].day == date(2026, 9, 8)
    assert days_left(settled, date(2026, 12, 1), CALENDAR) == 15
    assert not any(line.is_due for line in told.lines)


def test_paused_days_say_why_and_by_which_article():
    settled = clock(
        date(2026, 9, 1),
        3,
        Step(Move.PAUSE, date(2026, 9, 2), ground="听证", basis="《中华人民共和国行政许可法》第四十五条"),
        Step(Move.RESUME, date(2026, 9, 3)),
    )
    line = next(line for line in explain_settled(settled, CALENDAR).lines if line.day == date(2026, 9, 3))
    assert line.why == "听证期间不计（《中华人民共和国行政许可法》第四十五条）"


@pytest.mark.parametrize(("warn_days", "warned"), [(None, date(2026, 9, 29)), (5, date(2026, 9, 22))])
def test_the_warning_follows_the_rule_or_the_days_asked_for(warn_days, warned):
    settled = clock(date(2026, 9, 16), 10, warn_days=warn_days)
    assert settled.due_on == date(2026, 9, 30)
    assert settled.warn_on == warned


def test_a_date_in_the_unpublished_year_is_marked_provisional():
    told = explain_count(date(2026, 12, 20), 20, Unit.WORKING, CALENDAR)
    assert told.provisional
    assert told.provisional_note == "2027年放假安排尚未公布，暂按周末推算；公布后将自动重算。"
    with pytest.raises(OutsideCalendar):
        explain_count(date(2027, 12, 20), 20, Unit.WORKING, CALENDAR)


def test_thirty_days_before_expiry_is_counted_backwards():
    told = explain_count(date(2026, 10, 31), 30, Unit.CALENDAR, CALENDAR, backwards=True)
    assert told.due_on == date(2026, 10, 1)
    assert told.lines[0].is_due
    assert next(line.number for line in told.lines if line.counts) == 30
