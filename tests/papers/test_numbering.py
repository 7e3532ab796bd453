from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from portal.days import spoken
from portal.papers.models import Counter
from portal.papers.numbering import (
    document_number,
    next_number,
    normalise_document_number,
)
from portal.refusals import RuleBroken


@pytest.mark.django_db
def test_each_series_counts_from_one_in_each_year():
    assert [next_number("papers.zjj.grant", "2026") for _ in range(3)] == [1, 2, 3]
    assert next_number("papers.zjj.grant", "2027") == 1
    assert next_number("papers.spj.grant", "2026") == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_rolled_back_is_given_again():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number("papers.zjj.grant", "2026")
        raise ZeroDivisionError
    with transaction.atomic():
        assert next_number("papers.zjj.grant", "2026") == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_is_not_taken_outside_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        next_number("papers.zjj.grant", "2026")
    assert not Counter.objects.exists()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_fifty_clerks_at_once_get_fifty_numbers_without_a_gap():
    def take(clerk: int) -> int | None:
        try:
            with transaction.atomic():
                number = next_number("papers.zjj.grant", "2026")
                if clerk % 5 == 0:
                    transaction.set_rollback(True)
                    return None
                return number
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        taken = list(pool.map(take, range(1, 63)))

    assert sorted(number for number in taken if number) == list(range(1, 51))
    assert Counter.objects.get().last == 50


def test_a_document_number_has_six_cornered_brackets_and_no_padding():
    assert document_number("示建许", 2026, 7) == "示建许〔2026〕7号"
    with pytest.raises(ValueError, match="not a document number"):
        document_number("", 2026, 7)


@pytest.mark.parametrize(
    "typed",
    [
        "示建许〔2026〕7号",
        "示建许[2026]7号",
        "示建许(2026)7号",
        "示建许（2026）7号",
        "示建许【2026】 7 号",
        " 示建许［2026］7号 ",
    ],
)
def test_any_brackets_around_the_year_are_understood(typed):
    assert normalise_document_number(typed) == "示建许〔2026〕7号"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("示建许〔2026〕第7号", "不加“第”字"),
        ("示建许〔2026〕07号", "不编虚位"),
        ("示建许2026年7号", "六角括号"),
        ("", "六角括号"),
    ],
)
def test_another_shape_is_refused_in_words(typed, why):
    with pytest.raises(RuleBroken, match=why) as refusal:
        normalise_document_number(typed)
    assert refusal.value.field == "number"


def test_a_date_is_printed_without_padding():
    assert spoken(date(2026, 1, 5)) == "2026年1月5日"
