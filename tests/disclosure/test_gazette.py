from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.urls import reverse
from pypdf import PdfReader

from disclosure.models import Document, GazetteIssue
from disclosure.workflow import documents, gazette
from portal.audit import workflow as audit
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.disclosure.law_makers import make_librarian
from tests.disclosure.makers import MONDAY, at, make_policy, make_published_document, make_staff
from tests.people.makers import make_clerk

pytestmark = pytest.mark.django_db


def make_issue(*taken: Document, number: int = 3) -> GazetteIssue:
    issue = gazette.compile_issue(year=2026, number=number, by=None, at=at())
    gazette.take_in(
        issue, index_nos=[each.index_no for each in taken], section="departments", by=None, at=at(hour=11)
    )
    return issue


def make_published_issue(*taken: Document, number: int = 3) -> GazetteIssue:
    return gazette.publish(make_issue(*taken, number=number), by=None, at=at(hour=12))


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def test_a_period_brings_its_rules_and_normative_documents_once():
    policy = make_policy()
    make_published_document("普通通知")
    make_published_document("行政处罚决定书", genre="decision", statutory_item="20-6")
    named = make_published_document("刊登公报的通知", methods=["website", "gazette"])
    issue = gazette.compile_issue(year=2026, number=1, by=None, at=at())

    gazette.take_in_period(issue, since=MONDAY, until=MONDAY, by=None, at=at(hour=11))

    assert {entry.document for entry in issue.entries.all()} == {policy, named}
    other = gazette.compile_issue(year=2026, number=2, by=None, at=at())
    with pytest.raises(RuleBroken, match="没有刊登过"):
        gazette.take_in_period(other, since=MONDAY, until=MONDAY, by=None, at=at(hour=11))


def test_only_what_is_public_is_taken_in_and_only_by_the_office():
    issue = gazette.compile_issue(year=2026, number=1, by=make_librarian(), at=at())
    with pytest.raises(RuleBroken, match="没有公开的文件"):
        gazette.take_in(
            issue, index_nos=["11990100000000001M/202603-99999"], section="other", by=None, at=at()
        )
    with pytest.raises(RuleBroken, match="政务公开机构编排"):
        gazette.publish(issue, by=make_clerk("head"), at=at())
    with pytest.raises(RuleBroken, match="还没有选入文件"):
        gazette.publish(issue, by=None, at=at())


def test_a_document_taken_down_keeps_an_issue_from_being_published():
    document = make_published_document()
    issue = make_issue(document)
    documents.withdraw(document, reason="内容有误", by=make_staff(PostRole.APPROVER), at=at(hour=12))

    with pytest.raises(RuleBroken, match="现在没有公开，请先移出"):
        gazette.publish(issue, by=None, at=at(hour=13))


def test_a_published_issue_is_frozen_below_the_orm_too():
    document = make_published_document()
    issue = make_published_issue(document)

    with pytest.raises(RuleBroken, match="已出版"):
        gazette.take_out(issue, index_nos=[document.index_no], by=None, at=at(hour=13))
    for change in (
        lambda: GazetteIssue.objects.filter(pk=issue.pk).update(number=9),
        lambda: issue.entries.update(position=9),
        lambda: issue.entries.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_file_holds_contents_and_words_and_is_made_once(client):
    document = make_published_document("关于示范的通知", doc_no="示建〔2026〕7号")
    issue = make_published_issue(document, make_published_document("第二件"))

    first = client.get(f"{issue.address}file/").getvalue()
    again = client.get(f"{issue.address}file/").getvalue()

    words = text_of(first)
    assert first == again and issue.editions.count() == 1
    assert "2026年第3期" in words and "目录" in words and "示建〔2026〕7号" in words
    assert words.count("关于示范的通知") >= 2  # in the contents, and where it stands
    assert "规范施工许可管理" in words


def test_what_is_taken_down_leaves_page_and_file_and_a_notice_stands_in_its_place(client):
    document = make_published_document("写错了的通知", body="不该公开的内容")
    issue = make_published_issue(document, make_published_document("留下的通知"))
    before = client.get(f"{issue.address}file/").getvalue()
    assert "不该公开的内容" in text_of(before)

    documents.withdraw(
        document, reason="涉及个人隐私", by=make_staff(PostRole.APPROVER), at=at() + timedelta(days=1)
    )

    page = client.get(issue.address).content.decode()
    assert "写错了的通知" in page and "2026年3月10日撤下：涉及个人隐私" in page
    assert f"/disclosure/documents/{document.key}/" not in page
    after = text_of(client.get(f"{issue.address}file/").getvalue())
    assert "不该公开的内容" not in after
    assert "涉及个人隐私" in after and "留下的通知" in after
    original = issue.editions.get(number=1)  # kept for the record, out of the public's reach
    with default_storage.open(original.file) as kept:
        assert kept.read() == before
    assert [entry.action for entry in audit.history(issue)][-1] == "disclosure.gazette.edition_made"


def test_an_issue_prints_the_version_that_stood_when_it_was_published(client):
    document = make_published_document("办法")
    issue = make_issue(document)
    [entry] = issue.entries.all()
    issue = gazette.publish(issue, by=None, at=at(hour=13))
    assert issue.entries.get().version == entry.version
    assert issue.published_on == date(2026, 3, 9)
    assert "出版后有修改" not in client.get(issue.address).content.decode()


def test_the_list_shows_only_published_issues_and_costs_the_same(client, django_assert_num_queries):
    document = make_published_document()
    for number in range(1, 27):
        make_published_issue(document, number=number)
    gazette.compile_issue(year=2026, number=99, by=None, at=at())

    with django_assert_num_queries(1):
        first = client.get("/disclosure/gazette/")
    second = client.get("/disclosure/gazette/" + first.context["page"]["next_url"])
    numbers = [issue.number for page in (first, second) for issue in page.context["issues"]]
    assert numbers == list(range(26, 0, -1))
    assert client.get("/disclosure/gazette/2026/99/").status_code == 404


def test_the_office_compiles_and_publishes_in_the_workbench(client):
    client.force_login(make_librarian())
    document = make_published_document()
    client.post(reverse("admin:disclosure_gazetteissue_add"), {"year": 2026, "number": 8})
    issue = GazetteIssue.objects.get()

    def deed(code: str, **answers: str) -> int:
        url = reverse("admin:disclosure_gazetteissue_deed", args=[issue.pk, code])
        return client.post(url, answers).status_code

    assert deed("take-in", index_nos=f" {document.index_no}\r\n", section="departments") == 302
    assert deed("take-out", index_nos="没有") == 422
    page = client.get(reverse("admin:disclosure_gazetteissue_change", args=[issue.pk])).content.decode()
    assert document.current.title in page
    assert deed("publish") == 302
    assert client.get(issue.address).status_code == 200
