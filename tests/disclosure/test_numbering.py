from datetime import date

import pytest

from disclosure import numbering
from disclosure.deadlines import publication_due, takedown_due
from disclosure.numbering import IndexForm
from portal.refusals import RuleBroken
from portal.workdays.calendar import WorkCalendar
from portal.workdays.schedules import calendar_with, revise, shipped
from tests.people.makers import valid_uscc

DAY = date(2026, 3, 9)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    days = {}
    for schedule in shipped():
        days |= revise(days, schedule, whole_year=True)
    return calendar_with({}, days)


def test_index_numbers_take_each_of_the_living_forms():
    uscc = valid_uscc(1)
    assert numbering.index_number(IndexForm.ORGANISATION_YEAR, uscc, DAY, 110) == f"{uscc[8:17]}/2026-00110"
    assert numbering.index_number(IndexForm.CREDIT_MONTH, uscc, DAY, 13) == f"{uscc}/202603-00013"
    assert numbering.index_number(IndexForm.CREDIT_YEAR, uscc, DAY, 50) == f"{uscc}/2026-00050"
    for form in IndexForm:
        assert numbering.is_index_number(numbering.index_number(form, uscc, DAY, 1))


@pytest.mark.parametrize(
    "number",
    ["000014349/2017-00110", "014416330/2018-04736", "11341702486344515H/202110-00013", "11441700007280420Y/2021-00050"],
)  # fmt: skip
def test_index_numbers_seen_on_live_pages_are_recognised(number):
    assert numbering.is_index_number(number)


def test_a_publisher_without_credit_code_numbers_nothing():
    with pytest.raises(RuleBroken, match="统一社会信用代码"):
        numbering.index_head(IndexForm.CREDIT_MONTH, "")
    with pytest.raises(RuleBroken, match="已用完"):
        numbering.index_number(IndexForm.CREDIT_YEAR, valid_uscc(1), DAY, 100_000)


@pytest.mark.parametrize(
    "typed",
    ["示府办[2026]7号", "示府办（2026） 7号", "示府办【2026】7号", "示府办［2026］7号", "示府办〔2026〕7号"],
)
def test_any_brackets_around_the_year_become_those_of_the_standard(typed):
    assert numbering.document_number(typed) == "示府办〔2026〕7号"


@pytest.mark.parametrize(
    "typed", ["示府办〔2026〕第7号", "示府办〔2026〕07号", "示府办〔26〕7号", "7号", "示范市人民政府令第07号"]
)
def test_what_the_standard_refuses_is_refused_at_its_field(typed):
    with pytest.raises(RuleBroken) as refusal:
        numbering.document_number(typed)
    assert refusal.value.field == "doc_no"


def test_a_decree_keeps_its_own_form_and_no_number_stays_none():
    assert numbering.document_number("示范市人民政府令 第12号") == "示范市人民政府令第12号"
    assert numbering.document_number("  ") == ""


def test_publication_is_owed_in_twenty_working_days_and_take_down_in_three(calendar):
    """政府信息公开条例 第二十六条；行政处罚法 第四十八条. 20 September 2026 is a make-up Sunday."""
    assert publication_due(date(2026, 9, 18), calendar) == date(2026, 10, 22)
    assert takedown_due(date(2026, 9, 18), calendar) == date(2026, 9, 22)
