"""What two people, or a person and the clock, do to the catalogue at one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from disclosure import sweeps
from disclosure.models import Document, DocumentState, VersionStatus
from disclosure.workflow import batches, documents, loading, review
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.search.models import SearchRow
from tests.disclosure import makers
from tests.disclosure.batch_makers import make_batch, make_row
from tests.disclosure.makers import at
from tests.people.makers import make_clerk

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """What each gave, all begun at the same moment; of a refusal its sentence."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return deed()
        except RuleBroken as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result() for each in [pool.submit(run, deed) for deed in deeds]]


def test_publications_and_an_import_at_one_moment_take_no_number_twice():
    ready = [makers.make_ready(f"第{n}号通知") for n in range(3)]
    publisher, by = makers.make_publisher(), makers.make_staff(PostRole.APPROVER)
    given = [f"{publisher.uscc}/202603-{serial:05d}" for serial in (1, 2, 3)]
    rows = [make_row(f"旧站文件{n}", 索引号=number) for n, number in enumerate(given)]
    new = [make_row(f"旧站无号文件{n}", 发布日期="2026-03-02") for n in range(2)]
    batch = batches.begin(batches.check(make_batch(*new, *rows), at=at()), by=None, at=at())

    together(
        lambda: loading.load(batch, at=at()),
        *(lambda each=each: review.approve(each, opinion="同意。", by=by, at=at()) for each in ready),
    )

    numbers = list(Document.objects.exclude(index_no=None).values_list("index_no", flat=True))
    batch.refresh_from_db()
    assert len(set(numbers)) == len(numbers) == 3 + batch.loaded
    assert batch.loaded + batch.faulty == 5 and batch.loaded >= 2


def test_two_officials_who_approve_at_one_moment_publish_once():
    version = makers.make_ready()
    officials = [make_clerk(PostRole.APPROVER, makers.make_publisher()) for _ in range(2)]

    answers = together(
        *(lambda by=by: review.approve(version, opinion="同意。", by=by, at=at()) for by in officials)
    )

    refused = [answer for answer in answers if isinstance(answer, str)]
    assert refused == ["《关于规范施工许可管理的通知》现为“已发布”，不在批准环节。"]
    document = Document.objects.get()
    assert document.index_no.endswith("/202603-00001")
    assert version.steps.filter(stage="approval").count() == SearchRow.objects.count() == 1


def test_what_is_taken_down_while_the_clock_publishes_its_new_version_stays_down():
    document = makers.make_published_document()
    draft = documents.revise(document, by=makers.make_staff(PostRole.EDITOR), at=at(), change_note="更正。")
    makers.approve(
        makers.clear(review.submit(draft, by=draft.author, at=at())), publish_at=at() + timedelta(hours=1)
    )
    approver, hour = makers.make_staff(PostRole.APPROVER), at() + timedelta(hours=1)

    together(
        lambda: documents.withdraw(document, reason="内容有误。", by=approver, at=hour),
        lambda: sweeps.publish_due(at=hour),
    )

    assert sweeps.publish_due(at=hour + timedelta(days=1)) == 0
    document, version = Document.objects.get(), document.versions.get(number=2)
    assert document.state == DocumentState.WITHDRAWN and not SearchRow.objects.exists()
    assert version.status in (VersionStatus.PUBLISHED, VersionStatus.DRAFT)
    assert (document.current == version) == (version.status == VersionStatus.PUBLISHED)
