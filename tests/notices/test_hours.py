"""Nobody is woken by a notice, and every wait has an end."""

from datetime import datetime, timedelta

import pytest

from portal.notices import hours
from tests.notices.makers import LOCAL, NOON


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("07:59:59", True), ("08:00:00", False), ("20:59:59", False), ("21:00:00", True), ("00:00:00", True)],
)
def test_the_quiet_hours_run_from_nine_to_eight(clock, quiet):
    at = datetime.fromisoformat(f"2026-09-18T{clock}").replace(tzinfo=LOCAL)
    assert hours.is_quiet(at) is quiet


def test_a_notice_of_the_night_waits_for_eight():
    evening = datetime(2026, 9, 18, 22, 30, tzinfo=LOCAL)
    night = datetime(2026, 9, 19, 3, 0, tzinfo=LOCAL)
    eight = datetime(2026, 9, 19, 8, 0, tzinfo=LOCAL)
    assert hours.next_allowed(evening) == eight
    assert hours.next_allowed(night) == eight
    assert hours.next_allowed(NOON) == NOON


def test_tries_come_ever_more_rarely_and_end():
    waits = [hours.next_try(n, NOON, urgent=False) for n in range(1, hours.MAX_ATTEMPTS)]
    assert waits == sorted(waits)
    assert hours.next_try(hours.MAX_ATTEMPTS, NOON, urgent=False) is None


def test_a_code_is_tried_again_while_it_is_still_of_use():
    total, at = 0, NOON
    while (after := hours.next_try(total + 1, at, urgent=True)) is not None:
        total, at = total + 1, after
    assert at - NOON < timedelta(minutes=5)


def test_the_gateway_is_asked_for_72_hours_and_no_longer():
    assert hours.next_ask(NOON, NOON) == NOON + timedelta(minutes=1)
    assert hours.next_ask(NOON, NOON + timedelta(hours=2)) == NOON + timedelta(hours=3)
    assert hours.next_ask(NOON, NOON + hours.UNKNOWN_AFTER) is None
