"""The draw of the handler: committed before, drawn by rule, repeatable after."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from approvals import draw, workflow
from approvals.draw_check import verify_day
from approvals.models import Case, Draw, DutySeed
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.people.models import Absence, PostRole
from tests.approvals.makers import (
    FRIDAY,
    MONDAY,
    at,
    make_applicant,
    make_case,
    make_draft,
    make_item,
    make_staff,
)
from tests.people.makers import make_clerk, make_party

pytestmark = pytest.mark.django_db

DAY_BEFORE = FRIDAY - timedelta(days=1)


def submitted(**fields):
    draft = make_draft(**fields)
    return workflow.submit(draft, by=draft.user, at=at())


def test_the_seed_is_on_record_the_day_before_and_shown_the_day_after():
    workflow.commit_seed(FRIDAY, at=at(DAY_BEFORE))
    seed = workflow.commit_seed(FRIDAY, at=at(DAY_BEFORE, 18))
    said = audit.history(seed).get().facts
    assert said["commitment"] == seed.commitment == draw.commitment(seed.seed)
    assert seed.seed not in str(said) and seed.revealed == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seed FROM approvals_dutyseed")
        assert seed.seed not in cursor.fetchone()[0]

    assert workflow.reveal_seeds(at=at(FRIDAY, 23)) == 0
    assert workflow.reveal_seeds(at=at(MONDAY, 1)) == 1
    assert workflow.reveal_seeds(at=at(MONDAY, 2)) == 0
    seed.refresh_from_db()
    assert seed.revealed == seed.seed


def test_a_day_of_draws_can_be_drawn_again(capsys):
    workflow.commit_seed(FRIDAY, at=at(DAY_BEFORE))
    make_staff()
    for _ in range(2):
        make_clerk(PostRole.HANDLER)
    for _ in range(6):
        make_case()
    workflow.reveal_seeds(at=at(MONDAY))

    call_command("draws", "verify", "--day", FRIDAY.isoformat())

    assert "共6次抽取，全部可以重现（种子已公布）" in capsys.readouterr().out
    row = Draw.objects.first()
    assert len(row.candidates) == 3
    index = draw.place(row.seed.revealed, FRIDAY, row.case.number, 1, 3)
    assert row.candidates[index]["user"] == row.drawn_id == row.case.handler_id


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"index": 1}, "应当抽中第0名，记录为第1名"),
        ({"candidates": [{"user": 1, "name": "另一人", "load": 0}]}, "候选人与留痕记录不符"),
    ],
)
def test_a_draw_that_was_tampered_with_is_named(change, said, capsys):
    workflow.commit_seed(FRIDAY, at=at(DAY_BEFORE))
    case = make_case()
    Draw.objects.filter(case=case).update(**change)

    with pytest.raises(SystemExit):
        call_command("draws", "verify", "--day", FRIDAY.isoformat())

    assert f"{case.number} {said}" in capsys.readouterr().err


def test_a_seed_exchanged_afterwards_is_named():
    workflow.commit_seed(FRIDAY, at=at(DAY_BEFORE))
    make_case()
    DutySeed.objects.update(seed="11" * 32)

    assert "种子与承诺值不符。" in [fault.message for fault in verify_day(FRIDAY).faults]


def test_a_seed_that_was_not_committed_in_time_is_named():
    make_case()

    assert "没有提前一日" in str(verify_day(FRIDAY).faults[0])
    assert verify_day(date(2026, 1, 1)).faults == []


def test_who_is_away_or_must_stay_out_is_no_candidate():
    staff = make_staff()
    user, party = make_applicant()
    away, declared, free = (make_clerk(PostRole.HANDLER) for _ in range(3))
    Absence.objects.create(user=away, starts_on=FRIDAY, ends_on=MONDAY, reason="出差")
    workflow.declare_conflict(
        declared, party, reason="近亲属", starts_on=date(2026, 1, 1), by=declared, at=at(DAY_BEFORE)
    )
    Absence.objects.create(user=staff["handler"], starts_on=FRIDAY, ends_on=FRIDAY, reason="病假")

    case = submitted(user=user, party=party)

    row = case.draws.get()
    assert case.handler == free and [c["user"] for c in row.candidates] == [free.pk]
    assert {e["user"]: e["why"] for e in row.excluded} == {
        staff["handler"].pk: "不在岗",
        away.pk: "不在岗",
        declared.pk: "已登记回避：近亲属",
    }


def test_staff_who_apply_themselves_never_handle_their_own_case():
    handler = make_staff()["handler"]
    make_party(handler)
    other = make_clerk(PostRole.HANDLER)

    case = submitted(user=handler, party=handler.own_party)

    assert case.handler == other
    assert "申请" in case.draws.get().excluded[0]["why"]


def test_a_full_desk_is_passed_over_until_all_are_full():
    version = make_item("small-quota", handler_quota=1)
    make_staff()
    make_clerk(PostRole.HANDLER)

    first, second, third = (submitted(version=version) for _ in range(3))

    assert first.handler != second.handler
    assert "达到上限" in second.draws.get().excluded[0]["why"]
    assert third.draws.get().is_quota_relaxed and len(third.draws.get().candidates) == 2


def test_with_nobody_on_duty_the_head_is_told_and_the_draw_is_made_up():
    staff = make_staff()
    absence = Absence.objects.create(user=staff["handler"], starts_on=FRIDAY, ends_on=MONDAY, reason="出差")
    case = submitted()
    assert case.handler is None
    assert Notice.objects.get(template__code="case_undrawn").user == staff["head"]
    assert workflow.draw_undrawn(at=at(FRIDAY, 15)) == 0

    absence.delete()
    assert workflow.draw_undrawn(at=at(FRIDAY, 16)) == 1
    assert workflow.draw_undrawn(at=at(FRIDAY, 17)) == 0

    case = Case.objects.get()
    assert case.handler == staff["handler"] == case.acceptance_clock.handler
    assert list(case.draws.order_by("round").values_list("round", "index")) == [(1, None), (2, 0)]


def test_a_handler_may_take_up_a_case_nobody_was_drawn_for():
    handler = make_staff()["handler"]
    Absence.objects.create(user=handler, starts_on=FRIDAY, ends_on=FRIDAY, reason="半天")

    case = workflow.claim(submitted(), by=handler, at=at(FRIDAY, 16))

    assert case.handler == handler
