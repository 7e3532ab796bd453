"""The promise kept, in figures counted from the cases themselves."""

from datetime import date

import pytest

from approvals import workflow
from approvals.models import CaseStatus
from portal.site import promises
from portal.workdays import workflow as clocks
from tests.approvals.makers import FRIDAY, MONDAY, THURSDAY, at, make_case, make_item, make_staff

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 31)


def decide(case, day):
    staff = make_staff(case.department)
    case = workflow.pass_on(case, opinion="材料齐全，建议准予。", by=case.handler, at=at(day))
    case = workflow.pass_on(case, opinion="复核无误，建议准予。", by=staff["reviewer"], at=at(day))
    return workflow.decide_grant(case, opinion="同意准予许可。", by=staff["approver"], at=at(day))


def test_days_used_are_working_days_after_acceptance():
    """Accepted on Friday, decided on Thursday: four working days of five promised."""
    decide(make_case(CaseStatus.ACCEPTED), THURSDAY)

    kept = promises.total(promises.by_item(TODAY))

    assert (kept.decided, kept.late, kept.on_time_rate) == (1, 0, "100%")
    assert (kept.mean_used, kept.mean_promised, kept.mean_allowed) == ("4.0", "5.0", "7.0")


def test_a_decision_after_the_promise_counts_as_late():
    version = make_item()
    decide(make_case(CaseStatus.ACCEPTED, version=version), THURSDAY)
    decide(make_case(CaseStatus.ACCEPTED, version=version), date(2026, 3, 20))

    kept = promises.total(promises.by_item(TODAY))

    assert (kept.decided, kept.late, kept.on_time_rate) == (2, 1, "50%")
    assert kept.mean_used == "7.0"  # four and ten working days


def test_an_extension_moves_the_date_but_not_the_days_used():
    case = make_case(CaseStatus.ACCEPTED)
    head = make_staff(case.department)["approver"]
    clocks.extend(
        case.promise_clock,
        on=MONDAY,
        days=10,
        basis="《中华人民共和国行政许可法》第四十二条",
        by=head,
        at=at(MONDAY),
    )
    decide(case, date(2026, 3, 20))

    kept = promises.total(promises.by_item(TODAY))

    assert (kept.late, kept.mean_used) == (0, "10.0")


def test_only_the_last_twelve_months_count():
    decide(make_case(CaseStatus.ACCEPTED), FRIDAY)
    assert promises.by_item(date(2027, 3, 6)) == []


def test_one_late_case_in_a_thousand_is_not_rounded_away():
    assert promises.Kept(decided=10_000, late=1).on_time_rate == "99.9%"


def test_the_number_of_queries_does_not_grow_with_the_cases(django_assert_max_num_queries):
    version = make_item()
    for day in (FRIDAY, MONDAY):
        decide(make_case(CaseStatus.ACCEPTED, version=version), day)
    with django_assert_max_num_queries(4):
        promises.by_item(TODAY)


def test_before_the_first_decision_the_page_says_so(client):
    page = client.get("/promises/").content.decode()
    assert "近12个月还没有办结的办件" in page
    assert "%" not in page.split("<main")[1].split("</main>")[0]
