"""Rows the law makes us keep: every change leaves a version, and a change without one is named."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from disclosure.models import Act
from portal.audit import workflow as audit
from portal.audit.history import CHAINED, STATUTORY
from portal.audit.verification import verify

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def act():
    return Act.objects.create(
        title="中华人民共和国建筑法", level="law", doc_no="中华人民共和国主席令第九十一号"
    )


def sql(statement: str, *, triggers: bool = True) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if not triggers:
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def versions(act: Act) -> list[str]:
    return list(
        Act.pgh_event_model.objects.filter(pgh_obj_id=act.pk)
        .order_by("pgh_id")
        .values_list("pgh_label", flat=True)
    )


def test_a_bulk_update_and_psql_leave_a_version_each(act):
    Act.objects.filter(pk=act.pk).update(amended_on=date(2019, 4, 23))
    sql(f"UPDATE disclosure_act SET doc_no = '主席令第91号' WHERE id = {act.pk}")
    sql(f"DELETE FROM disclosure_act WHERE id = {act.pk}")

    assert versions(act) == ["insert", "update", "update", "delete"]
    assert verify() == []


@pytest.mark.parametrize(
    "verb", ["UPDATE disclosure_acthistory SET title = 'x'", "DELETE FROM disclosure_acthistory"]
)
def test_a_version_can_be_neither_changed_nor_deleted(act, verb):
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
        sql(verb)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE disclosure_act SET repealed_on = '2026-01-01'",
            "内容与最后一次变更记录不符（绕过触发器改动）",
        ),
        (
            "UPDATE disclosure_act SET issued_on = '1997-11-01'",
            "内容与最后一次变更记录不符（绕过触发器改动）",
        ),
        ("DELETE FROM disclosure_act", "不存在，而没有删除记录（绕过触发器改动）"),
        ("DELETE FROM disclosure_acthistory", "存在，而没有变更记录（绕过触发器改动）"),
        (
            "UPDATE disclosure_acthistory SET pgh_label = 'delete'",
            "已有删除记录，而仍然存在（绕过触发器改动）",
        ),
    ],
)
def test_a_change_with_the_triggers_off_is_named(act, statement, named):
    sql(statement, triggers=False)

    assert [str(fault) for fault in verify()] == [f"disclosure.act:{act.pk}：{named}"]


def test_a_row_whose_whole_chain_was_removed_the_same_day_is_named(act, monkeypatch):
    monkeypatch.setattr("portal.audit.verification.CHAINED", [Act])
    audit.record("disclosure.act.entered", subject=act, actor=None, at=NOON)
    assert verify() == []

    sql("DELETE FROM audit_entry", triggers=False)
    sql("DELETE FROM audit_chain", triggers=False)

    assert [str(fault) for fault in verify()] == [
        f"disclosure.act:{act.pk}：没有任何留痕记录（整条链被删除）"
    ]


def test_cases_decisions_and_issued_papers_are_among_the_kept():
    kept = {model._meta.label for model in STATUTORY}
    chained = {model._meta.label for model in CHAINED}

    assert {
        "approvals.Case",
        "approvals.Decision",
        "approvals.Certificate",
        "papers.Paper",
        "talent.Enterprise",
    } <= kept
    assert {"approvals.Case", "papers.Paper"} <= chained
