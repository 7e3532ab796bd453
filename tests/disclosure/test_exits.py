"""Withdrawn is gone, and a look from outside proves it: each exit broken on purpose is found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from disclosure.catalogue import counting, marks
from disclosure.models import Document, DocumentState
from disclosure.models.documents import DocumentQuerySet
from disclosure.workflow import documents, files, gazette, review
from portal.notices.models import Notice
from portal.people.models import PostRole
from portal.search import workflow as search
from portal.site import exits, page_cache
from tests.disclosure import makers
from tests.disclosure.law_makers import make_act, make_law_article
from tests.papers.files import make_pdf
from tests.people.makers import make_clerk, make_department

pytestmark = pytest.mark.django_db
NAMES = {each.name for each in exits.EXITS}
COUNTED = {"文件列表件数"}
IN_SEARCH = {name for name in NAMES if name.startswith("检索")}


@pytest.fixture
def withdrawn() -> Document:
    """Published an hour ago with a file, a related document, an article it names and a gazette; withdrawn just now."""
    now = timezone.now()
    cited = make_law_article(make_act("示范市桥梁管理办法"), "第三条")
    version = makers.make_draft(
        "关于天枢桥面加固方案的通知",
        moment=now - timedelta(hours=1),
        body=f"<p>依据{cited}制定。</p>{makers.BODY}",
    )
    upload = SimpleUploadedFile("方案.pdf", make_pdf(), content_type="application/pdf")
    files.attach(version, file=upload, by=version.author, at=now, title="方案")
    version = review.submit(version, by=version.author, at=now)
    version = review.review(version, opinion="同意", by=makers.make_staff(PostRole.REVIEWER), at=now)
    version = review.secrecy_review(
        version, checklist=makers.CHECKED, opinion="同意", by=makers.make_staff(PostRole.SECRECY), at=now
    )
    document = makers.approve(version, moment=now - timedelta(hours=1)).document
    other = makers.make_published_document("《天枢桥面加固方案》解读", moment=now - timedelta(hours=1))
    makers.make_link("interprets", other, document)
    issue = gazette.compile_issue(year=2025, number=1, by=None, at=now)
    gazette.take_in(issue, index_nos=[document.index_no], section="departments", by=None, at=now)
    gazette.edition(gazette.publish(issue, by=None, at=now), at=now)
    return documents.withdraw(
        document, reason="方案有误。", by=makers.make_staff(PostRole.APPROVER), at=now - timedelta(minutes=1)
    )


def opened(document: Document) -> set[str]:
    return {found.exit for found in exits.look(document)}


def put_back(document: Document) -> None:
    version = document.current
    search.put(
        "document", str(document.key), title=version.title, body=version.text,
        url=f"/disclosure/documents/{document.key}/", on=document.published_on,
    )  # fmt: skip


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rule of what is visible has forgotten withdrawals."""

    def visible_to(self, viewer, at):
        return self.exclude(state=DocumentState.UNPUBLISHED).filter(published_at__lte=at)

    monkeypatch.setattr(DocumentQuerySet, "visible_to", visible_to)
    monkeypatch.setattr(Document, "is_visible_to", lambda self, viewer, at: True)
    marks.question.cache_clear()
    yield
    marks.question.cache_clear()


def test_after_a_withdrawal_every_exit_is_closed(withdrawn):
    assert opened(withdrawn) == set()


def test_an_index_that_kept_the_document_is_found_at_each_exit_of_the_search(withdrawn):
    put_back(withdrawn)
    assert opened(withdrawn) == IN_SEARCH


def test_every_exit_that_shows_what_was_withdrawn_is_found(withdrawn, forgetful):
    put_back(withdrawn)
    assert opened(withdrawn) == NAMES - COUNTED


def test_a_list_that_still_counts_the_document_is_found(withdrawn, monkeypatch):
    count = counting.count

    def one_more(*given, **more):
        found = count(*given, **more)
        return replace(found, count=found.count + 1)

    monkeypatch.setattr(counting, "count", one_more)
    assert opened(withdrawn) == COUNTED


@pytest.mark.parametrize("is_forgetful", [False, True])
def test_a_first_page_kept_from_before_the_withdrawal_is_found(monkeypatch, settings, is_forgetful):
    settings.PAGE_CACHE_SECONDS = 30
    document = makers.make_published_document(moment=timezone.now() - timedelta(hours=1))
    visitor, home = exits.make_visitor(), next(each for each in exits.EXITS if each.view == "site:home")
    if is_forgetful:
        monkeypatch.setattr(page_cache, "CHECKED", {})
    assert exits.visit(visitor, home, "/", document)

    approver = makers.make_staff(PostRole.APPROVER)
    documents.withdraw(document, reason="方案有误。", by=approver, at=timezone.now())

    assert bool(exits.visit(visitor, home, "/", document)) == is_forgetful


def test_many_documents_looked_at_in_one_minute_are_not_taken_for_one_impatient_visitor(withdrawn):
    looked = [exits.make_visitor(number).get("/disclosure/documents.csv").status_code for number in range(40)]
    assert set(looked) == {200}


def test_an_open_exit_is_a_task_until_it_is_closed(withdrawn, client):
    office = make_clerk(PostRole.PUBLICITY, make_department("zwgk", name="示范市政务公开办公室"))
    put_back(withdrawn)
    now = timezone.now()

    assert exits.check_all(at=now) == 1
    withdrawn.refresh_from_db()
    assert {check.exit for check in withdrawn.exit_checks.filter(closed_at=None)} == IN_SEARCH
    assert withdrawn.exits_clear_at is None
    told = Notice.objects.filter(template__code="document_exit_open", user=office)
    assert "检索结果" in told.get().text
    client.force_login(office)
    page = client.get(
        reverse("admin:disclosure_exitcheck_changelist") + "?closed_at__isempty=1"
    ).content.decode()
    assert "关于天枢桥面加固方案的通知" in page and page.count("仍可见") == len(IN_SEARCH)

    search.remove("document", str(withdrawn.key))
    assert exits.check_all(at=now + timedelta(minutes=5)) == 1
    withdrawn.refresh_from_db()
    assert not withdrawn.exit_checks.filter(closed_at=None).exists()
    assert withdrawn.exits_clear_at is not None
    assert told.count() == 1
    assert exits.check_all(at=now + timedelta(minutes=10)) == 0
    assert exits.check_all(at=now + timedelta(days=2)) == 1


def test_an_exit_that_cannot_be_asked_does_not_count_as_closed(withdrawn, monkeypatch):
    def broken(*given, **more):
        raise RuntimeError

    monkeypatch.setattr("disclosure.views.feeds.public", broken)
    found = {each.exit: each.note for each in exits.look(withdrawn)}
    assert "无法核对" in found["订阅"]
