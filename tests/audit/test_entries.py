from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction

from portal.audit import workflow as audit
from portal.audit.models import Chain, Entry

MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CASE = ("approvals.case", "17")


@pytest.fixture
def clerk(db):
    return get_user_model().objects.create(username="window", name="李窗口")


@pytest.mark.django_db
def test_a_deed_is_kept_with_who_when_and_for_whom(clerk):
    entry = audit.record(
        "approvals.case.accepted",
        subject=CASE,
        actor=clerk,
        at=MORNING,
        behalf="示范公司",
        due_on=date(2026, 12, 1),
    )

    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.actor, kept.actor_label, kept.behalf_label, kept.at) == (
        clerk,
        "李窗口",
        "示范公司",
        MORNING,
    )
    assert kept.facts == {"due_on": "2026-12-01"}
    assert (kept.seq, kept.hash) == (1, entry.hash)


@pytest.mark.django_db
def test_each_entry_is_sealed_to_the_one_before(clerk):
    first = audit.record("approvals.case.submitted", subject=CASE, actor=None, at=MORNING)
    second = audit.record("approvals.case.accepted", subject=CASE, actor=clerk, at=MORNING)
    other = audit.record("approvals.case.submitted", subject=("approvals.case", "18"), actor=None, at=MORNING)

    assert second.prev_hash == first.hash
    assert other.prev_hash == first.prev_hash == "0" * 64
    assert [entry.seq for entry in audit.history(CASE)] == [1, 2]
    assert Chain.objects.get(subject_id="17").hash == second.hash


@pytest.mark.django_db
def test_the_record_shares_the_fate_of_the_change_it_tells_of():
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("approvals.case.accepted", subject=CASE, actor=None, at=MORNING)
        raise RuntimeError

    assert not audit.history(CASE).exists()
    assert not Chain.objects.filter(subject_type=CASE[0], subject_id=CASE[1]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_entry", "audit_chain"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_an_entry_can_be_neither_changed_nor_deleted(table, verb):
    audit.record("approvals.case.accepted", subject=CASE, actor=None, at=MORNING)

    with (
        pytest.raises(DatabaseError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


@pytest.mark.django_db
def test_personal_numbers_never_reach_the_record():
    entry = audit.record(
        "people.user.noted",
        subject=("people.user", "3"),
        actor=None,
        at=MORNING,
        note="电话13900000001，证件11010519491231002X，企业914403001922038216",
        deep=[{"phone": "13900000002"}],
    )

    entry.refresh_from_db()
    assert entry.facts["note"] == "电话139****0001，证件110105********002X，企业914403001922038216"
    assert entry.facts["deep"] == [{"phone": "139****0002"}]


@pytest.mark.django_db
def test_what_does_not_survive_a_round_trip_is_refused():
    audit.record("fees.fee.paid", subject=CASE, actor=None, at=MORNING, amount=Decimal("12.50"))
    with pytest.raises(TypeError):
        audit.record("fees.fee.paid", subject=CASE, actor=None, at=MORNING, amount=12.5)
    with pytest.raises(ValueError, match="time zone"):
        audit.record("fees.fee.paid", subject=CASE, actor=None, at=datetime(2026, 11, 20))  # noqa: DTZ001
    with pytest.raises(ValueError, match="not an audit action"):
        audit.record("已受理", subject=CASE, actor=None, at=MORNING)

    assert audit.history(CASE).count() == 1


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_eight_clerks_writing_at_once_leave_one_unbroken_chain():
    start, failures = Barrier(8), []

    def write(clerk: int) -> None:
        try:
            start.wait(timeout=20)
            for turn in range(10):
                with transaction.atomic():
                    audit.record(
                        "approvals.case.noted", subject=CASE, actor=None, at=MORNING, clerk=clerk, turn=turn
                    )
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=write, args=(clerk,)) for clerk in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    entries = list(audit.history(CASE))
    assert [entry.seq for entry in entries] == list(range(1, 81))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(entries))


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_writers_of_different_cases_do_not_wait_for_each_other():
    audit.record("approvals.case.submitted", subject=CASE, actor=None, at=MORNING)
    waited: list[Exception | None] = []

    def write_elsewhere() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                audit.record(
                    "approvals.case.submitted", subject=("approvals.case", "18"), actor=None, at=MORNING
                )
            waited.append(None)
        except DatabaseError as failure:
            waited.append(failure)
        finally:
            connection.close()

    with transaction.atomic():
        audit.record("approvals.case.accepted", subject=CASE, actor=None, at=MORNING + timedelta(hours=1))
        thread = Thread(target=write_elsewhere)
        thread.start()
        thread.join(timeout=20)

    assert waited == [None]
