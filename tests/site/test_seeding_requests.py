"""Invented requests whose table 3 is known before it is counted."""

from datetime import date

import pytest

from disclosure.models import InformationRequest
from disclosure.replies import Reply
from portal.audit.verification import verify
from portal.people.models import ApplicantType
from portal.site.seeding.requests import seed_requests
from portal.workdays.models import Clock, current_calendar
from portal.workdays.recomputing import batches
from tests.disclosure.request_makers import at, make_officer
from tests.people.makers import make_department

pytestmark = pytest.mark.django_db
YEAR, COUNT = 2025, 300


def counted(rows) -> dict[str, int]:
    held = list(rows.values_list("applicant_type", flat=True))
    return {column: held.count(column) for column in ApplicantType.values}


def test_the_table_told_is_the_table_the_rows_give():
    make_officer(), make_officer(department=make_department("gtj"))
    told = seed_requests(COUNT, YEAR, at=at(date(2026, 3, 2)))
    rows = InformationRequest.objects.all()
    assert rows.count() == COUNT
    assert counted(rows.received_in(YEAR)) == told["new"]
    assert counted(rows.carried_out_of(YEAR - 1)) == told["carried_in"]
    assert counted(rows.carried_out_of(YEAR)) == told["carried_out"]
    for reply in Reply.values:
        assert counted(rows.ended_in(YEAR).filter(reply=reply)) == told[reply]
        assert sum(told[reply].values()) > 0, reply
    for column in ApplicantType.values:
        brought, left = told["new"][column] + told["carried_in"][column], told["carried_out"][column]
        assert brought == told["total"][column] + left
        assert brought > 0
    assert Clock.objects.running().exists()
    assert all(clock.agrees for batch in batches(current_calendar()) for clock in batch)
    assert verify() == []


def test_the_same_request_is_always_the_same():
    make_officer()
    first = seed_requests(60, YEAR, at=at(date(2026, 3, 2)))
    assert seed_requests(60, YEAR, at=at(date(2026, 3, 2))) == first
