"""Many hands at once, on the real database with real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from approvals import sweeps, workflow
from approvals.draw_check import verify_day
from approvals.models import Case, CaseStatus, Decision, Draft
from approvals.numbering import is_case_number
from portal.audit import workflow as audit
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import FRIDAY, at, make_applicant, make_case, make_draft, make_staff
from tests.people.makers import make_clerk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


def together(deeds: list[Callable[[], Any]], workers: int = 10) -> list[Any]:
    """Run all at once, each on its own connection; what was refused comes back as the refusal."""
    start = Barrier(min(workers, len(deeds)))
    waiting = list(deeds)[: start.parties]

    def run(deed: Callable[[], Any]) -> Any:
        if deed in waiting:
            start.wait(timeout=60)
        try:
            return deed()
        except RuleBroken as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=start.parties) as pool:
        return list(pool.map(run, deeds))


def test_fifty_creators_get_fifty_numbers_and_every_draw_can_be_repeated():
    workflow.commit_seed(FRIDAY, at=at(FRIDAY.replace(day=5)))
    make_staff()
    make_clerk(PostRole.HANDLER)
    user, _ = make_applicant()
    drafts = [make_draft() for _ in range(50)]

    cases = together([lambda draft=draft: workflow.submit(draft, by=user, at=at()) for draft in drafts])

    numbers = {case.number for case in cases}
    assert len(numbers) == 50 and all(is_case_number(number) for number in numbers)
    assert len({case.national_no for case in cases}) == 50
    assert sorted(int(number[8:13]) for number in numbers) == list(range(1, 51))
    verdict = verify_day(FRIDAY)
    assert (verdict.draws, verdict.faults) == (50, [])


def test_a_double_click_in_ten_tabs_makes_one_case():
    make_staff()
    draft = make_draft()
    tabs = [Draft.objects.get(pk=draft.pk) for _ in range(10)]

    cases = together([lambda tab=tab: workflow.submit(tab, by=draft.user, at=at()) for tab in tabs])

    assert len({case.pk for case in cases}) == 1 and Case.objects.count() == 1
    assert audit.history(cases[0]).filter(action="approvals.case.submitted").count() == 1


def test_two_approvers_decide_one_case_once():
    case = make_case(CaseStatus.ACCEPTED, stage="approve")
    first, second = make_staff()["approver"], make_clerk(PostRole.APPROVER)

    said = together(
        [
            lambda: workflow.decide_grant(case, opinion="同意。", by=first, at=at()),
            lambda: workflow.decide_refuse(
                case, opinion="不同意。", reasons="资金未落实。", basis="《建筑法》第八条", by=second, at=at()
            ),
        ]
    )

    refusals = [answer for answer in said if isinstance(answer, RuleBroken)]
    assert len(refusals) == 1 and "没有待办的审批环节" in str(refusals[0])
    assert Decision.objects.count() == 1


def test_the_job_and_the_clerk_never_accept_the_same_case_twice():
    case = make_case()
    clerk = make_staff()["clerk"]
    late = at(FRIDAY.replace(day=20))

    together(
        [lambda: sweeps.deem_accepted_cases(at=late)] * 2
        + [lambda: workflow.accept(case, by=clerk, at=late)] * 2
    )

    case.refresh_from_db()
    assert (case.status, case.accepted_on) == ("accepted", FRIDAY)
    assert case.steps.count() == 1
    accepted = audit.history(case).filter(action__endswith="accepted")
    assert accepted.count() == 1
