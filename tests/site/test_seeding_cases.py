"""Invented cases: of the invented enterprises, the same every time, whatever stopped the run between."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from approvals.models import Case, CaseStatus, Decision
from portal.audit.models import Entry
from portal.audit.verification import verify
from portal.people.models import User
from portal.site.seeding import cases
from portal.supervision import figures
from portal.workdays.models import Clock, ClockSegment
from talent.models import Enterprise
from tests.approvals.makers import at, make_case, make_staff

pytestmark = pytest.mark.django_db


def seed(total: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    told = StringIO()
    call_command("seed", enterprises=7, cases=total, stdout=told)
    return told.getvalue()


def written() -> dict[str, Any]:
    """What two runs must agree on."""
    return {
        "cases": list(
            Case.objects.order_by("pk").values_list(
                "pk", "number", "party_name", "status", "received_on", "draft_key", "promise_clock__due_on"
            )
        ),
        "clocks": list(Clock.objects.order_by("pk").values_list("pk", "subject_id", "due_on", "due_ordinal")),
        "decisions": list(Decision.objects.order_by("pk").values_list("number", "case_id")),
        "segments": ClockSegment.objects.count(),
        "entries": Entry.objects.filter(subject_type="approvals.case").count(),
    }


def test_a_run_cut_short_and_taken_up_ends_as_one_that_ran_through(monkeypatch):
    monkeypatch.setattr(cases, "BATCH", 40)
    make_case(CaseStatus.CLOSED)
    make_case(CaseStatus.ACCEPTED)
    seed(1)

    class Stopped(Exception):
        pass

    def stop(done: int) -> None:
        if done >= 80:
            raise Stopped

    with transaction.atomic():
        through = seed(150)
        whole = written()
        transaction.set_rollback(True)
    with pytest.raises(Stopped):
        cases.seed_cases(150, at=at(), progress=stop)
    again = seed(150)

    assert ("149 cases added" in through, "69 cases added" in again) == (True, True)
    assert written() == whole
    assert "0 cases added" in seed(150)


def test_seeded_cases_join_the_registry_the_dashboard_and_the_audit():
    closed, opened = make_case(CaseStatus.CLOSED), make_case(CaseStatus.ACCEPTED)
    seed(200)

    mine = Case.objects.filter(pk__gte=cases.BASE)
    firms = set(Enterprise.objects.values_list("party_id", flat=True))
    assert mine.count() == 200 and mine.open().count() == 4
    assert {case.party_id for case in mine} == firms
    assert not mine.filter(query_code_hash=closed.query_code_hash).exists()
    for clock in Clock.objects.filter(subject_id__in=[str(case.pk) for case in mine[:20]]):
        steps, stored = clock.steps(), (clock.started_on, clock.due_on)
        assert steps[0].on == clock.started_on <= clock.due_on, stored
    supervisor = make_staff(opened.department)["supervisor"]
    rows = figures.lights(
        figures.seen_by(User.objects.get(pk=supervisor.pk), closed.received_on), closed.received_on
    )
    assert sum(row.total for row in rows) == 5
    assert not [fault for fault in verify() if "chain" in str(fault).lower()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0


def test_there_must_be_cases_of_the_city_to_follow():
    with pytest.raises(CommandError, match="还没有办件"):
        seed(5)
