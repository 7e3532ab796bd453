from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from portal.audit import sealing
from portal.audit import workflow as audit
from portal.audit.models import Chain, Entry

MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def deeds(count: int) -> list[audit.Deed]:
    return [audit.Deed(("approvals.case", str(n)), {"due_on": f"2026-11-{n + 1:02d}"}) for n in range(count)]


def test_entries_written_together_verify_like_those_written_one_by_one():
    clerk = get_user_model().objects.create(username="window", name="李窗口")
    audit.record("approvals.case.accepted", subject=("approvals.case", "1"), actor=None, at=MORNING)

    assert audit.record_all("workdays.clock.redated", deeds(3), actor=clerk, at=MORNING) == 3
    audit.record("approvals.case.granted", subject=("approvals.case", "1"), actor=None, at=MORNING)

    seqs = Entry.objects.filter(action="workdays.clock.redated").order_by("subject_id")
    assert list(seqs.values_list("subject_id", "seq")) == [("0", 1), ("1", 2), ("2", 1)]
    previous = sealing.NOTHING_BEFORE
    for entry in audit.history(("approvals.case", "1")):
        assert entry.prev_hash == previous
        assert entry.hash == sealing.entry_hash(previous, entry.seq, entry.payload)
        previous = entry.hash
    head = Chain.objects.get(subject_id="1")
    assert (head.seq, head.hash) == (3, previous)


def test_many_subjects_take_as_many_statements_as_one(django_assert_num_queries):
    for count, statements in ((1, 6), (25, 6), (25, 4)):  # two more where a chain is new
        with django_assert_num_queries(statements):
            audit.record_all("workdays.clock.redated", deeds(count), actor=None, at=MORNING)


def test_a_subject_named_twice_is_refused_and_nothing_is_written():
    with pytest.raises(ValueError, match="appears twice"):
        audit.record_all("workdays.clock.redated", deeds(2) + deeds(1), actor=None, at=MORNING)
    assert not Entry.objects.exists()
