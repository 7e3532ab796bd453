"""Numbers that catch a slip of the finger, and days that count as the law counts. No database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import draw
from approvals.applies import applies, fields_in, holds
from approvals.deadlines import add_months
from approvals.item_checks import certificates_named_in
from approvals.numbering import case_number, check_digit, is_case_number, national_number
from portal.refusals import RuleBroken

DAY = date(2026, 11, 20)
SERIALS = st.integers(min_value=1, max_value=99_999)


@given(SERIALS)
def test_a_case_number_is_fourteen_digits_with_its_check_digit(serial):
    number = case_number(DAY, serial)

    assert len(number) == 14 and number.isdigit() and number.startswith(f"20261120{serial:05d}")
    assert is_case_number(number)


@given(SERIALS, st.integers(min_value=0, max_value=13), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_always_noticed(serial, place, shift):
    number = case_number(DAY, serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert not is_case_number(wrong)


def test_the_check_digit_is_that_of_the_standard():
    assert check_digit("0794") == "5"  # ISO 7064 MOD 11,10, the standard's own example


@pytest.mark.parametrize("serial", [0, 100_000])
def test_a_day_has_room_for_no_more_than_its_digits(serial):
    with pytest.raises(RuleBroken, match="下一工作日"):
        case_number(DAY, serial)


def test_the_national_number_has_forty_three_characters():
    number = national_number("12441500196720244T3442199806003", date(2022, 6, 23), 68)

    assert number == "12441500196720244T3442199806003202206230068"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 22), 36, date(2029, 11, 22)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(start, months, end):
    assert add_months(start, months) == end


def test_the_draw_can_be_repeated_by_hand():
    seed = "00" * 32

    assert draw.commitment(seed) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
    assert draw.place(seed, DAY, "20261120000018", 1, 3) == draw.place(seed, DAY, "20261120000018", 1, 3)


@given(st.integers(min_value=1, max_value=50), SERIALS)
def test_a_draw_always_names_one_of_the_candidates(candidates, serial):
    assert 0 <= draw.place("ab" * 32, DAY, case_number(DAY, serial), 1, candidates) < candidates


def test_every_candidate_is_drawn_about_as_often():
    drawn = [draw.place("5e" * 32, DAY, case_number(DAY, serial), 1, 4) for serial in range(1, 4001)]

    assert all(900 < drawn.count(place) < 1100 for place in range(4))


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ({}, True),
        ({"situation": "first"}, True),
        ({"situation": ["change", "renew"]}, False),
        ({"field": "area", "gte": 300}, True),
        ({"field": "area", "lt": "300"}, False),
        ({"field": "kind", "in": ["house", "road"]}, True),
        ({"field": "kind", "ne": "house"}, False),
        ({"field": "unanswered", "gte": 1}, None),
        ({"field": "unanswered", "filled": False}, True),
        ({"all": [{"field": "area", "gte": 300}, {"field": "unanswered", "eq": 1}]}, None),
        ({"any": [{"field": "area", "gte": 300}, {"field": "unanswered", "eq": 1}]}, True),
        ({"not": {"field": "kind", "eq": "house"}}, False),
        ({"not": {"field": "unanswered", "eq": "house"}}, None),
        ({"situation": "first", "field": "area", "gte": 9000}, False),
    ],
)
def test_rules_say_yes_no_or_not_yet(rule, verdict):
    assert holds(rule, "first", {"area": "5200.00", "kind": "house"}) is verdict
    assert applies(rule, "first", {"area": "5200.00", "kind": "house"}) is (verdict is True)


def test_a_rule_tells_which_answers_it_reads():
    rule = {"all": [{"field": "a", "eq": 1}, {"not": {"any": [{"field": "b", "eq": 2}]}}]}

    assert fields_in(rule) == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("依法取得安全生产许可证", ["安全生产许可证"]),
        ("持有有效的营业执照，并已取得建设工程规划许可证", ["营业执照", "建设工程规划许可证"]),
        ("有满足施工需要的资金安排", []),
        ("企业主要负责人经考核合格", []),
    ],
)
def test_certificates_are_found_in_conditions(text, names):
    assert certificates_named_in(text) == names
