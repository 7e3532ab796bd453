import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from disclosure.models import Receiver, TransferBatch
from disclosure.workflow import documents, files, review, transfers
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.workdays.models import Light
from tests.approvals.makers import make_upload
from tests.disclosure.law_makers import make_librarian
from tests.disclosure.makers import CHECKED, approve, at, make_draft, make_published_document, make_staff
from tests.people.makers import make_clerk, make_department

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


@pytest.fixture
def office():
    return make_librarian()


def make_batch(receiver: str = Receiver.ARCHIVE) -> TransferBatch:
    """March's, opened on the first of April."""
    transfers.open_batches(at=at(APRIL))
    return TransferBatch.objects.get(receiver=receiver, month=date(2026, 3, 1))


def test_a_batch_for_each_receiver_is_due_on_the_tenth_and_told_on_the_ninth(office):
    assert transfers.open_batches(at=at(APRIL)) == 2
    assert transfers.open_batches(at=at(APRIL)) == 0

    clock = TransferBatch.objects.first().clock
    assert (clock.due_on, clock.warn_on) == (date(2026, 4, 10), date(2026, 4, 9))
    assert clock.light_on(date(2026, 4, 11)) == Light.RED


def test_months_the_job_missed_are_made_up(office):
    make_batch()
    assert transfers.open_batches(at=at(date(2026, 7, 2))) == 6  # April, May, June
    assert TransferBatch.objects.filter(month=date(2026, 6, 1)).count() == 2


def test_what_is_sent_is_listed_with_the_hash_of_every_file(office, client):
    version = make_draft("带附件的通知")
    files.attach(version, file=make_upload("图.png"), by=version.author, at=at())
    version = review.submit(version, by=version.author, at=at())
    publisher = version.document.publisher
    version = review.review(version, opinion="同意。", by=make_staff(PostRole.REVIEWER, publisher), at=at())
    version = review.secrecy_review(
        version, checklist=CHECKED, opinion="可以公开。", by=make_staff(PostRole.SECRECY, publisher), at=at()
    )
    approve(version)
    make_published_document("四月的通知", moment=at(date(2026, 4, 2)))
    down = make_published_document("撤下的通知")
    documents.withdraw(down, reason="内容有误", by=make_staff(PostRole.APPROVER), at=at(hour=11))

    batch = transfers.send(make_batch(), by=office, at=at(date(2026, 4, 9)))

    assert [line["title"] for line in batch.lines] == ["带附件的通知"]
    assert batch.clock.was_kept
    client.force_login(office)
    packed = client.get(reverse("admin:disclosure_transferbatch_file", args=[batch.pk])).getvalue()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        manifest = archive.read("清单.json")
        assert hashlib.sha256(manifest).hexdigest() == batch.sha256
        parts = [part for line in json.loads(manifest) for part in line["parts"]]
        assert len(parts) == 2
        for part in parts:
            assert hashlib.sha256(archive.read(part["name"])).hexdigest() == part["sha256"]
        assert parts[0]["sha256"] in archive.read("清单.csv").decode()


def test_the_manifest_is_frozen_when_it_is_sent_and_says_what_was_taken_down_since(office, client):
    document = make_published_document("已报送的通知")
    with pytest.raises(RuleBroken, match="请先报送"):
        transfers.pack(make_batch())
    batch = transfers.send(TransferBatch.objects.get(receiver="archive"), by=office, at=at(date(2026, 4, 9)))
    with pytest.raises(DatabaseError), transaction.atomic():
        TransferBatch.objects.filter(pk=batch.pk).update(manifest=[])

    documents.withdraw(
        document, reason="涉及个人隐私", by=make_staff(PostRole.APPROVER), at=at(date(2026, 4, 20))
    )

    client.force_login(office)
    page = client.get(reverse("admin:disclosure_transferbatch_change", args=[batch.pk])).content.decode()
    assert "请告知接收单位" in page and "涉及个人隐私" in page


def test_a_receipt_comes_back_after_it_was_sent_and_once(office):
    batch = make_batch()
    given = {"receipt_no": "档收〔2026〕4号", "received_by": "管理员"}
    with pytest.raises(RuleBroken, match="不能改为"):
        transfers.receive(batch, on=date(2026, 4, 9), **given, by=office, at=at(date(2026, 4, 9)))
    transfers.send(batch, by=office, at=at(date(2026, 4, 9)))
    with pytest.raises(RuleBroken, match="不能早于报送日期"):
        transfers.receive(batch, on=date(2026, 4, 8), **given, by=office, at=at(date(2026, 4, 12)))
    batch = transfers.receive(batch, on=date(2026, 4, 10), **given, by=office, at=at(date(2026, 4, 12)))
    assert (batch.received_on, batch.receipt_no) == (date(2026, 4, 10), "档收〔2026〕4号")


def test_only_the_disclosure_office_sends(office):
    with pytest.raises(RuleBroken, match="政务公开机构办理"):
        transfers.send(make_batch(), by=make_clerk("head", make_department()), at=at(date(2026, 4, 9)))


def test_the_list_shows_what_is_overdue_and_costs_the_same_for_more_batches(
    office, client, django_assert_max_num_queries
):
    client.force_login(office)
    url = reverse("admin:disclosure_transferbatch_changelist")
    costs = []
    for on in (APRIL, date(2026, 10, 20)):
        transfers.open_batches(at=at(on))
        client.get(url)
        with django_assert_max_num_queries(20) as asked:
            page = client.get(url).content.decode()
        costs.append(len(asked.captured_queries))
    assert costs[0] == costs[1]
    assert "超期" in page and "2026年9月报送市图书馆" in page
