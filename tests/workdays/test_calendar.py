"""The arithmetic against the official years, the law's vectors, and a day-by-day model."""

import time
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.workdays import schedules
from portal.workdays.calendar import Day, DayKind, OutsideCalendar, WorkCalendar

OFFICIAL_YEARS = (2023, 2024, 2025, 2026)


def shipped_calendar() -> WorkCalendar:
    days: dict[date, Day] = {}
    for schedule in schedules.shipped():
        days |= schedules.revise(days, schedule, whole_year=True)
    return schedules.calendar_with(days, {})


CALENDAR = shipped_calendar()
ANY_DAY = st.dates(date(2023, 6, 1), date(2026, 12, 31))
SOME_DAYS = st.integers(0, 120)


def naive_add(start: date, n: int) -> date:
    day = start
    while n:
        day += timedelta(days=1)
        n -= CALENDAR.is_workday(day)
    return day


def naive_subtract(end: date, n: int) -> date:
    day = end
    while n:
        day -= timedelta(days=1)
        n -= CALENDAR.is_workday(day)
    return day


def test_every_official_day_agrees_with_the_holidays_library():
    library = holidays.country_holidays("CN", years=OFFICIAL_YEARS)
    day = date(2023, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_workday(day) == library.is_working_day(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "months"),
    [
        (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ],
)
def test_each_month_has_the_working_days_the_schedule_gives_it(year, months):
    counted = [0] * 12
    for entry in CALENDAR.days(date(year, 1, 1), date(year, 12, 31)):
        counted[entry.day.month - 1] += entry.works
    assert counted == months


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2024-09-10", ["2024-09-18", "2024-09-20", "2024-09-25", "2024-10-08", "2024-10-14", "2024-11-11"]),
        ("2025-01-20", ["2025-01-26", "2025-02-05", "2025-02-08", "2025-02-14", "2025-02-21", "2025-03-21"]),
        ("2025-12-19", ["2025-12-26", "2025-12-30", "2026-01-05", "2026-01-12", "2026-01-19", "2026-02-14"]),
        ("2026-02-13", ["2026-02-27", "2026-03-02", "2026-03-05", "2026-03-12", "2026-03-19", "2026-04-17"]),
        ("2026-02-17", ["2026-02-28", "2026-03-03", "2026-03-06", "2026-03-13", "2026-03-20", "2026-04-20"]),
        ("2026-09-18", ["2026-09-24", "2026-09-29", "2026-10-09", "2026-10-15", "2026-10-22", "2026-11-19"]),
    ],
)
def test_the_nth_working_day_is_the_one_the_law_gives(start, due):
    counted = [CALENDAR.add(date.fromisoformat(start), n) for n in (5, 7, 10, 15, 20, 40)]
    assert [day.isoformat() for day in counted] == due


def test_a_pause_holds_the_working_days_after_its_first_day_to_its_last():
    assert CALENDAR.between(date(2026, 9, 22), date(2026, 10, 12)) == 9


def test_a_make_up_saturday_is_a_working_day_and_says_for_which_festival():
    assert CALENDAR.is_workday(date(2026, 10, 10))
    assert CALENDAR.why(date(2026, 10, 10)) == "星期六，国庆节调休上班（国办发明电〔2025〕7号）"
    assert CALENDAR.why(date(2026, 10, 3)) == "国庆节放假（国办发明电〔2025〕7号）"
    assert CALENDAR.why(date(2026, 10, 17)) == "星期六，休息日"


def test_the_year_without_a_notice_is_provisional_and_has_only_the_statutory_days_off():
    off = [
        entry.day for entry in CALENDAR.days(date(2027, 1, 1), date(2027, 12, 31)) if entry.kind == "holiday"
    ]
    assert [f"{day:%m-%d}" for day in off] == [
        *("01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15"),
        *("10-01", "10-02", "10-03"),
    ]
    assert not any(e.kind == "make_up" for e in CALENDAR.days(date(2027, 1, 1), date(2027, 12, 31)))
    assert CALENDAR.is_provisional(date(2027, 3, 1))
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.why(date(2027, 3, 1)) == "工作日（暂按周末推算）"


@given(ANY_DAY, SOME_DAYS)
def test_counting_agrees_with_walking_day_by_day(start, n):
    assert CALENDAR.add(start, n) == naive_add(start, n)
    assert CALENDAR.subtract(start, min(n, 80)) == naive_subtract(start, min(n, 80))


@given(ANY_DAY, SOME_DAYS)
def test_forth_and_back_comes_home_from_a_working_day(start, n):
    home = CALENDAR.roll(start)
    assert CALENDAR.subtract(CALENDAR.add(home, n), n) == home
    assert CALENDAR.add(CALENDAR.subtract(home, min(n, 80)), min(n, 80)) == home


@given(ANY_DAY, ANY_DAY, SOME_DAYS, SOME_DAYS)
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(a, b, n, m):
    early, late, short, long = min(a, b), max(a, b), min(n, m), max(n, m)
    assert CALENDAR.add(early, short) <= CALENDAR.add(late, short)
    assert CALENDAR.add(early, short) <= CALENDAR.add(early, long)


@given(ANY_DAY, ANY_DAY, ANY_DAY)
def test_working_days_between_dates_add_up(a, b, c):
    assert CALENDAR.between(a, b) + CALENDAR.between(b, c) == CALENDAR.between(a, c)
    assert CALENDAR.between(a, b) == -CALENDAR.between(b, a)


@given(ANY_DAY, st.integers(1, 120))
def test_the_due_day_closes_exactly_the_days_counted(start, n):
    due = CALENDAR.add(start, n)
    assert CALENDAR.is_workday(due)
    assert CALENDAR.between(start, due) == n


def test_a_limit_of_nothing_is_due_the_same_day():
    holiday = date(2026, 10, 1)
    assert CALENDAR.add(holiday, 0) == CALENDAR.subtract(holiday, 0) == holiday
    assert CALENDAR.roll(holiday) == date(2026, 10, 8)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CALENDAR.add(date(2022, 12, 30), 5),
        lambda: CALENDAR.add(date(2027, 12, 1), 60),
        lambda: CALENDAR.subtract(date(2023, 1, 10), 20),
        lambda: CALENDAR.is_workday(date(2028, 1, 1)),
    ],
)
def test_a_date_beyond_the_rows_is_refused_and_the_range_is_named(ask):
    with pytest.raises(OutsideCalendar, match=r"现有2023年1月1日至2027年12月31日的安排"):
        ask()


def test_a_broken_run_of_days_is_no_calendar():
    days = [Day(date(2026, 1, day), DayKind.WORKDAY) for day in (1, 2, 4)]
    with pytest.raises(ValueError, match="breaks before 2026-01-04"):
        WorkCalendar(days)


def test_a_hundred_thousand_dates_are_counted_within_half_a_second():
    starts = [date(2024, 1, 1) + timedelta(days=i % 700) for i in range(100_000)]
    begun = time.perf_counter()
    for start in starts:
        CALENDAR.add(start, 20)
    assert time.perf_counter() - begun < 0.5
