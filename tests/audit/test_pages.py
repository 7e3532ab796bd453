from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from portal.audit import workflow as audit
from portal.audit.models import DayDigest, Entry
from tests.people.makers import make_administrator

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def seal(days: int) -> list[DayDigest]:
    first = date(2026, 8, 1)
    return [audit.make_day_digest(first + timedelta(days=n), at=NOON) for n in range(days)]


@pytest.mark.django_db
def test_anyone_reads_each_days_root_newest_first_and_pages_back(client):
    made = seal(35)

    first = client.get(reverse("audit:digests"))
    second = client.get(reverse("audit:digests"), {"after": "2026-08-06"})

    assert first.status_code == 200
    assert made[-1].root in first.content.decode()
    assert made[0].root not in first.content.decode()
    assert [digest.day for digest in second.context["days"]] == [date(2026, 8, n) for n in (5, 4, 3, 2, 1)]
    assert "?after=2026-08-06" in first.content.decode()


@pytest.mark.django_db
def test_the_page_of_roots_does_not_ask_more_of_the_database_when_it_is_longer(
    client, django_assert_num_queries
):
    seal(2)
    with django_assert_num_queries(2):
        client.get(reverse("audit:digests"))
    seal(33)
    with django_assert_num_queries(2):
        client.get(reverse("audit:digests"))


@pytest.mark.django_db
def test_before_the_first_night_the_page_says_when_to_come_back(client):
    assert "还没有公布过摘要" in client.get(reverse("audit:digests")).content.decode()
    assert client.get(reverse("audit:roots")).content == b""


@pytest.mark.django_db
def test_a_day_that_is_no_day_is_answered_in_words(client):
    answer = client.get(reverse("audit:digests"), {"before": "昨天"})

    assert answer.status_code == 422
    assert "“昨天”不是日期" in answer.content.decode()


@pytest.mark.django_db
def test_machines_read_the_roots_as_text(client):
    made = seal(2)

    lines = client.get(reverse("audit:roots")).content.decode().splitlines()

    assert lines == [f"{digest.day} {digest.root} 0" for digest in made]


@pytest.mark.django_db
def test_an_auditor_reads_the_record_and_nobody_writes_it(client, monkeypatch):
    auditor = make_administrator("audit")
    auditor.user_permissions.set(Permission.objects.filter(content_type__app_label="audit"))
    entry = audit.record("approvals.case.accepted", subject=("approvals.case", "1"), actor=auditor, at=NOON)
    client.force_login(auditor)

    page = client.get(reverse("admin:audit_entry_changelist"))
    detail = client.get(reverse("admin:audit_entry_change", args=[entry.pk]))
    refused = [
        client.get(reverse("admin:audit_entry_add")),
        client.post(reverse("admin:audit_entry_delete", args=[entry.pk]), {"post": "yes"}),
        client.post(reverse("admin:audit_entry_change", args=[entry.pk]), {"action": "x"}),
    ]

    assert "受理" in page.content.decode() and "approvals.case.accepted" in detail.content.decode()
    assert entry.hash in detail.content.decode()
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert Entry.objects.get(pk=entry.pk).action == "approvals.case.accepted"
