"""The supervisor's first page: every number opens onto the cases it counts."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from approvals import workflow
from approvals.models import Case, CaseStatus
from portal.people.models import PostRole
from portal.supervision import figures
from portal.workdays.models import Clock, Light
from tests.approvals.makers import at, bring_to, make_case, make_draft, make_item, make_staff
from tests.people.makers import make_department

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
LONG_AFTER = date(2026, 4, 20)


def make_cases():
    """One overdue, one with the applicant, one granted in two working days, one granted late."""
    version = make_item()
    make_staff(version.item.department)
    cases = []
    for shade in range(4):
        draft = make_draft(version, shade=shade, when=at(FRIDAY))
        cases.append(workflow.submit(draft, by=draft.user, at=at(FRIDAY)))
    bring_to(cases[1], CaseStatus.SUPPLEMENT, when=at(FRIDAY))
    bring_to(cases[2], CaseStatus.ACCEPTED, stage="approve", when=at(FRIDAY))
    bring_to(cases[3], CaseStatus.ACCEPTED, stage="approve", when=at(FRIDAY))
    approver = make_staff(version.item.department)[PostRole.APPROVER]
    workflow.decide_grant(cases[2], opinion="同意准予许可。", by=approver, at=at(date(2026, 3, 10)))
    workflow.decide_grant(cases[3], opinion="迟延办理，准予许可。", by=approver, at=at(date(2026, 3, 20)))
    return cases


def test_lights_count_what_the_clocks_say():
    make_cases()

    rows = figures.lights(Case.objects.all(), LONG_AFTER)

    lights = Clock.objects.filter(pk__in=Case.objects.values("current_clock")).with_light(LONG_AFTER)
    by_clock = {str(light): lights.filter(light=light).count() for light in figures.LIGHTS}
    assert [row.counts for row in rows] == [by_clock]
    assert rows[0].counts[Light.RED] > 0


def test_pace_counts_on_time_days_used_and_the_two_limits():
    make_cases()
    march = figures.Period("", "三月", date(2026, 3, 1), date(2026, 3, 31))

    whole, parts = figures.pace(Case.objects.all(), march)

    assert (whole.decided, whole.on_time, whole.rate) == (2, 1, 50.0)
    assert whole.mean_used == 6.0  # 2 working days and 10
    assert (whole.mean_promised, whole.mean_statutory) == (5.0, 7.0)
    assert len(parts) == 1


def test_a_period_without_decisions_has_no_rate():
    whole, parts = figures.pace(Case.objects.all(), figures.Period("", "", FRIDAY, FRIDAY))

    assert whole.rate is None
    assert whole.mean_used is None
    assert parts == {}


def test_every_number_on_the_page_opens_onto_as_many_cases(client):
    case = make_case(received_on=localdate())
    client.force_login(make_staff(case.department)[PostRole.SUPERVISOR])
    make_cases()

    page = client.get(reverse("supervision:overview"))

    for row in page.context["rows"]:
        for light, count in row.counts.items():
            opened = client.get(reverse("supervision:cases"), {"light": light, "department": row.key})
            assert len(opened.context["lines"]) == count


def test_a_head_watches_their_own_department_only(client):
    make_case(received_on=localdate())
    head = make_staff(make_department("ghj"))[PostRole.HEAD]
    client.force_login(head)

    assert client.get(reverse("supervision:overview")).context["rows"] == []


@pytest.mark.parametrize("role", [PostRole.CLERK, PostRole.HANDLER, PostRole.REVIEWER, PostRole.APPROVER])
def test_those_who_are_watched_do_not_watch(client, role):
    client.force_login(make_staff(make_item().item.department)[role])

    assert client.get(reverse("supervision:overview")).status_code == 403


def test_a_silent_job_is_shown(client):
    from datetime import timedelta

    from django.utils import timezone

    from portal.audit.models import Heartbeat

    long_ago = timezone.now() - timedelta(days=2)
    Heartbeat.objects.create(name="notices.drain", every=timedelta(seconds=3), at=long_ago, ok=True)
    client.force_login(make_staff(make_item().item.department)[PostRole.SUPERVISOR])

    assert "1项自动任务没有按时运行" in client.get(reverse("supervision:overview")).content.decode()


def test_the_page_costs_the_same_however_many_cases(client, django_assert_max_num_queries):
    make_cases()
    client.force_login(make_staff(make_item().item.department)[PostRole.SUPERVISOR])

    with django_assert_max_num_queries(22):
        client.get(reverse("supervision:overview"))
