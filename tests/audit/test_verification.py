"""Whoever tampers, and however, is named: the whole record is checked, not what the ORM shows of it."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from portal.audit import sealing
from portal.audit import workflow as audit
from portal.audit.models import Chain, DayDigest, Entry
from portal.audit.verification import verify

THURSDAY = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
FRIDAY = THURSDAY + timedelta(days=1)


@pytest.fixture
def record(db):
    """Two sealed days over three cases, and one entry of today."""
    for case in ("1", "2", "3"):
        for action in ("submitted", "accepted", "granted"):
            audit.record(
                f"approvals.case.{action}", subject=("approvals.case", case), actor=None, at=THURSDAY
            )
    audit.make_day_digest(date(2026, 11, 18), at=THURSDAY)
    audit.record("approvals.case.delivered", subject=("approvals.case", "2"), actor=None, at=THURSDAY)
    audit.make_day_digest(date(2026, 11, 19), at=FRIDAY)
    audit.record("approvals.case.closed", subject=("approvals.case", "2"), actor=None, at=FRIDAY)


def tamper(*statements: str) -> None:
    """As a database owner with psql would: triggers off, then the change."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def first_fault() -> str:
    faults = verify()
    return str(faults[0]) if faults else ""


def reseal(case: str) -> None:
    """A thorough forger: recompute a chain after changing it, head included."""
    previous = sealing.NOTHING_BEFORE
    for seq, entry in enumerate(Entry.objects.of(("approvals.case", case)), start=1):
        sealed = sealing.entry_hash(previous, seq, entry.payload)
        tamper(
            f"UPDATE audit_entry SET seq = {seq}, prev_hash = '{previous}', hash = '{sealed}' WHERE id = {entry.pk}"
        )
        previous = sealed
    tamper(
        f"UPDATE audit_chain SET seq = {seq}, hash = '{previous}', prev_hash = 'x' WHERE subject_id = '{case}'"
    )


@pytest.mark.usefixtures("record")
def test_an_untouched_record_is_whole():
    assert verify() == []


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE audit_entry SET actor_label = '别人' WHERE subject_id = '2' AND seq = 2",
            "2 第2条：内容与摘要不符",
        ),
        (
            "UPDATE audit_entry SET at = at - interval '1 day' WHERE subject_id = '3' AND seq = 3",
            "3 第3条：内容与摘要",
        ),
        (
            "UPDATE audit_entry SET facts = '{\"a\": 1}' WHERE subject_id = '1' AND seq = 1",
            "1 第1条：内容与摘要",
        ),
        ("DELETE FROM audit_entry WHERE subject_id = '2' AND seq = 2", "2 第3条：应为第2条"),
        ("DELETE FROM audit_entry WHERE subject_id = '2' AND seq = 5", "2 第5条：链尾登记的这一条不存在"),
        ("DELETE FROM audit_entry WHERE subject_id = '3'", "3 第3条：已列入2026-11-18的每日摘要，现在找不到"),
        ("DELETE FROM audit_chain WHERE subject_id = '3'", "3 第1条：链尾没有登记这一条"),
        (
            "UPDATE audit_chain SET hash = repeat('0', 64) WHERE subject_id = '2'",
            "2 第5条：与链尾登记的摘要不符",
        ),
        (
            "UPDATE audit_daydigest SET root = repeat('a', 64) WHERE day = '2026-11-18'",
            "2026-11-18的每日摘要：根值",
        ),
        ("DELETE FROM audit_digestleaf WHERE subject_id = '1'", "2026-11-18的每日摘要：应有3条链，现有2条"),
        (
            "UPDATE audit_digestleaf SET hash = 'f' WHERE subject_id = '1'",
            "2026-11-18的每日摘要：根值与内容不符",
        ),
        (
            "INSERT INTO audit_entry (subject_type, subject_id, seq, action, actor_label, behalf_label, at, facts,"
            " prev_hash, hash) SELECT subject_type, subject_id, 4, action, actor_label, '', at, facts, hash,"
            " repeat('b', 64) FROM audit_entry WHERE subject_id = '3' AND seq = 3",
            "3 第4条：内容与摘要不符",
        ),
    ],
)
def test_a_change_with_the_triggers_off_is_named(statement, named):
    tamper(statement)

    assert named in first_fault()


@pytest.mark.usefixtures("record")
def test_a_whole_chain_removed_with_its_head_is_missed_by_the_days():
    tamper("DELETE FROM audit_entry WHERE subject_id = '3'", "DELETE FROM audit_chain WHERE subject_id = '3'")

    assert first_fault() == "approvals.case:3 第3条：已列入2026-11-18的每日摘要，现在找不到"


@pytest.mark.usefixtures("record")
def test_a_chain_rewritten_from_end_to_end_contradicts_the_published_day():
    tamper("UPDATE audit_entry SET actor_label = '别人' WHERE subject_id = '1' AND seq = 1")
    reseal("1")

    assert first_fault() == "approvals.case:1 第3条：与2026-11-18的每日摘要不符（整条链被重写）"


@pytest.mark.usefixtures("record")
def test_a_removed_day_breaks_the_days_after_it_and_unseals_its_chains():
    tamper(
        "DELETE FROM audit_digestleaf WHERE digest_id = (SELECT min(id) FROM audit_daydigest)",
        "DELETE FROM audit_daydigest WHERE day = '2026-11-18'",
    )
    assert "2026-11-19的每日摘要：与前一日的根值不相接" in first_fault()

    tamper("DELETE FROM audit_digestleaf", "DELETE FROM audit_daydigest")
    assert first_fault() == "approvals.case:1 第3条：已封存，但每日摘要里没有它（摘要被删除或改动）"


@pytest.mark.usefixtures("record")
def test_the_command_names_the_first_broken_entry_and_exits_with_one():
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    tamper("UPDATE audit_entry SET action = 'approvals.case.refused' WHERE subject_id = '2' AND seq = 3")

    with pytest.raises(CommandError, match=r"第一处：approvals\.case:2 第3条：内容与摘要不符") as refusal:
        call_command("audit", "verify", stdout=StringIO())

    assert "留痕记录完整" in out.getvalue()
    assert refusal.value.returncode == 1


@pytest.mark.usefixtures("record")
def test_an_outsider_checks_an_export_against_the_published_root(tmp_path, django_db_blocker):
    file, out = tmp_path / "record.jsonl", StringIO()
    call_command("audit", "verify", export=str(file), stdout=StringIO())
    root = DayDigest.objects.get(day="2026-11-19").root

    with django_db_blocker.block():
        call_command("audit", "check", str(file), "--root", root, stdout=out)
        forged = file.with_name("forged.jsonl")
        forged.write_text(file.read_text().replace("approvals.case.granted", "approvals.case.refused", 1))
        with pytest.raises(CommandError, match="内容与摘要不符"):
            call_command("audit", "check", str(forged), "--root", root, stdout=StringIO())
        with pytest.raises(CommandError, match="没有哪一日的摘要等于所给的根值"):
            call_command("audit", "check", str(file), "--root", "0" * 64, stdout=StringIO())
        forged.write_text("不是JSON")
        with pytest.raises(CommandError, match="不是留痕记录的导出文件"):
            call_command("audit", "check", str(forged), "--root", root, stdout=StringIO())

    assert "11条记录相符，2026-11-19的根值与公布的一致。" in out.getvalue()
    assert "其中1条在最后一次每日摘要之后" in out.getvalue()


@pytest.mark.django_db
def test_a_day_is_sealed_once_and_a_missed_night_is_made_up():
    audit.record("approvals.case.submitted", subject=("approvals.case", "1"), actor=None, at=THURSDAY)
    first = audit.make_day_digest(date(2026, 11, 16), at=THURSDAY)
    again = audit.make_day_digest(date(2026, 11, 16), at=FRIDAY)
    audit.record("approvals.case.accepted", subject=("approvals.case", "1"), actor=None, at=THURSDAY)
    later = audit.make_day_digest(date(2026, 11, 19), at=FRIDAY)

    assert (again.pk, again.root, again.made_at) == (first.pk, first.root, THURSDAY)
    assert (later.leaf_count, later.prev_root) == (1, first.root)
    assert not Chain.objects.filter(is_sealed=False).exists()
    with pytest.raises(ValueError, match="comes too late"):
        audit.make_day_digest(date(2026, 11, 18), at=FRIDAY)
    assert verify() == []


def test_the_root_of_a_small_tree_is_the_one_computed_by_hand():
    a, b, c = (sealing.leaf_hash("t", name, 1, "h") for name in "abc")
    ab = sealing._sha(f"node\n{a}\n{b}")

    assert sealing.merkle_root([a, b, c]) == sealing._sha(f"node\n{ab}\n{c}")
    assert sealing.merkle_root([a]) == a
    assert sealing.merkle_root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
