"""Which statement about a fact stands, and that nothing is lost on the way."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.refusals import RuleBroken
from talent import history, workflow
from talent.models import Enterprise, OriginKind
from talent.provenance import RANK, Statement, may_replace, standing
from tests.talent.makers import at, make_builder, make_decision, make_import, make_qualification

pytestmark = pytest.mark.django_db

said = st.builds(Statement, st.integers(0, 5), st.sampled_from(list(OriginKind)))


@given(st.lists(said, min_size=1))
def test_the_last_of_the_highest_kind_stands(statements):
    highest = max(RANK[one.kind] for one in statements)

    assert standing(statements) == [one for one in statements if RANK[one.kind] == highest][-1]


@given(said, said)
def test_of_two_kinds_at_most_one_gives_way(one, other):
    assert may_replace(one.kind, other.kind) or may_replace(other.kind, one.kind)
    assert (may_replace(one.kind, other.kind) and may_replace(other.kind, one.kind)) == (
        one.kind == other.kind
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(said, min_size=1, max_size=5))
def test_the_register_holds_what_the_rule_says_whatever_the_order(statements):
    enterprise = _fresh()
    makers = {
        OriginKind.SELF: lambda: workflow.declared(enterprise.party, by=None, at=at()),
        OriginKind.IMPORT: make_import,
        OriginKind.DECISION: make_decision,
    }
    # The row itself came by import and said nothing of the scope.
    for one in statements:
        refused = workflow.state(enterprise, {"scope": str(one.value)}, origin=makers[one.kind]())
        assert refused in ([], ["scope"])

    held = standing([Statement("", OriginKind.IMPORT), *statements])
    enterprise.refresh_from_db()
    assert held is not None and enterprise.scope == str(held.value)


def _fresh() -> Enterprise:
    return make_builder(f"示范市第{Enterprise.objects.count() + 10}建筑有限公司")


def test_what_a_decision_wrote_is_locked_until_the_next_decision():
    enterprise = make_builder()
    workflow.state(enterprise, {"legal_representative": "钱宏"}, origin=make_decision())

    declared = workflow.declared(enterprise.party, by=None, at=at())
    refused = workflow.state(enterprise, {"legal_representative": "孙丽", "contact": "周敏"}, origin=declared)

    enterprise.refresh_from_db()
    assert refused == ["legal_representative", "contact"]  # the rest of the row came by import
    assert enterprise.legal_representative == "钱宏"
    assert (
        workflow.state(
            enterprise, {"legal_representative": "孙丽"}, origin=make_decision("示建许〔2026〕2号")
        )
        == []
    )


def test_a_decision_that_says_the_same_locks_the_field():
    enterprise = make_builder(capital=4000)
    workflow.state(enterprise, {"capital": 4000}, origin=make_decision())

    assert workflow.state(enterprise, {"capital": 9000}, origin=make_import()) == ["capital"]


def test_a_qualification_written_by_a_decision_is_archived_by_a_decision_only():
    row = make_qualification(make_builder(), origin=make_decision())

    with pytest.raises(RuleBroken, match="不能自行修改"):
        workflow.archive(row, reason="录入错误", origin=make_import(), by=None, at=at())

    workflow.archive(row, reason="撤销许可", origin=make_decision("示建撤〔2026〕1号"), by=None, at=at())
    row.refresh_from_db()
    assert row.archived_reason == "撤销许可"


def test_the_register_can_be_read_as_it_stood_on_a_past_day():
    enterprise = make_builder(address="建设路1号")
    workflow.state(enterprise, {"address": "建设路9号"}, origin=make_import())
    today = localdate()

    (now,) = history.as_it_stood(Enterprise, today, uscc=enterprise.uscc)
    assert now.address == "建设路9号"
    assert not history.as_it_stood(Enterprise, today - timedelta(days=1)).exists()
    assert [version.address for version in history.versions_of(enterprise)] == ["建设路1号", "建设路9号"]
