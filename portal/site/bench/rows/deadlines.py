"""Working days: the calendar in memory against a walk day by day over the holidays library."""

import random
from datetime import date, timedelta

import holidays

from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.workdays.models import current_calendar

ADD = Row(
    "deadlines", "工作日推算", "a loop day by day over the holidays library", "WorkCalendar.add",
    Sense.FASTER, 200,
)  # fmt: skip
FIRST = date(2023, 1, 1)
STARTS = 1_200  # days after FIRST: every count ends inside the years that are settled
TIMES = 100
LIMITS = (1, 5, 7, 10, 15, 20, 30, 45, 60)


def add(places: Places, size: Size) -> Pair:
    library, calendar = holidays.country_holidays("CN"), current_calendar()
    dice = random.Random(20260918)  # noqa: S311 (seeded on purpose)
    asked = [(FIRST + timedelta(days=dice.randrange(STARTS)), dice.choice(LIMITS)) for _ in range(size.dates)]

    def walked(start: date, n: int) -> date:
        day = start
        while n:
            day += timedelta(days=1)
            n -= library.is_working_day(day)
        return day

    def check() -> str:
        for start, n in asked:
            assert calendar.add(start, n) == walked(start, n), (start, n)  # noqa: S101
        return f"{len(asked):,} dates equal"

    return Pair(
        reference=lambda: [walked(start, n) for start, n in asked],
        candidate=lambda: [calendar.add(start, n) for start, n in asked],
        check=check,
        times=TIMES,
    )


ROWS = ((ADD, add),)
