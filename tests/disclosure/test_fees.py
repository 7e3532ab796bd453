"""国办函〔2020〕109号: the two methods of the information processing fee."""

import pytest

from disclosure import fees
from portal.refusals import RuleBroken


@pytest.mark.parametrize(
    ("cases", "yuan"), [(10, 0), (11, 100), (30, 2000), (31, 2200), (40, 4000), (41, 4300), (50, 7000)]
)
def test_many_requests_in_one_month_cost_progressively_more(cases, yuan):
    assert fees.fee_by_case(cases) == yuan
    assert fees.fee("by_case", cases) == fees.fee_by_case(cases) - fees.fee_by_case(cases - 1)


@pytest.mark.parametrize(
    ("pages", "yuan"),
    [(30, 0), (31, 10), (44, 140), (57, 270), (72, 420), (100, 700), (109, 880), (119, 1080), (200, 2700),
     (201, 2740), (300, 6700)],
)  # fmt: skip
def test_many_pages_cost_progressively_more(pages, yuan):
    assert fees.fee("by_page", pages) == yuan
    steps = [
        int(step.rpartition("＝")[2].removesuffix("元。")) for step in fees.calculation("by_page", pages)[1:]
    ]
    assert sum(steps) == yuan


@pytest.mark.parametrize("quantity", [0, -1, 1_000_000])
def test_a_quantity_that_cannot_be_is_refused(quantity):
    with pytest.raises(RuleBroken, match="整数"):
        fees.fee("by_page", quantity)
