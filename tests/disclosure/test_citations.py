"""What an act carries, where a search puts it, and who cites its articles."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from disclosure import articles
from disclosure.models import Act
from disclosure.workflow import documents, library
from disclosure.workflow import requests as asking
from portal.audit import workflow as audit
from portal.people.models import PostRole
from portal.search import workflow as search
from tests.disclosure import request_makers
from tests.disclosure.law_makers import make_act, make_law_article, make_librarian
from tests.disclosure.makers import make_published_document, make_staff
from tests.papers.files import make_pdf

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def librarian(client):
    user = make_librarian()
    client.force_login(user)
    return user


def deed(act: Act, code: str) -> str:
    return reverse("admin:disclosure_act_deed", args=[act.pk, code])


def test_an_act_carries_its_text_and_files_and_only_a_public_one_shows_them(client, librarian):
    act, doubtful = make_act(text="第一条　为了规范许可，制定本法。"), make_act("待核办法", is_certain=False)
    for one in (act, doubtful):
        answer = client.post(
            deed(one, "attach"),
            {
                "file": SimpleUploadedFile("文本.pdf", make_pdf(), content_type="application/pdf"),
                "title": "公布的文本",
            },
        )
        assert answer.status_code == 302
    assert client.post(deed(act, "attach"), {"title": "没有文件"}).status_code == 422
    client.logout()

    page = client.get(act.address).content.decode()
    assert "为了规范许可" in page and act.files.get().address in page
    assert b"".join(client.get(act.files.get().address)).startswith(b"%PDF")
    assert client.get(doubtful.files.get().address).status_code == 404
    assert client.get(f"/laws/{act.pk}/files/{doubtful.files.get().key}/").status_code == 404
    assert [hit.url for hit in search.find("为了规范许可").rows] == [act.address]

    client.force_login(librarian)
    other = client.post(deed(act, "detach"), {"file": doubtful.files.get().pk})
    assert other.status_code == 422
    client.post(deed(act, "detach"), {"file": act.files.get().pk})
    assert not act.files.exists()
    assert [entry.action for entry in audit.history(act)][-2:] == [
        "disclosure.act.file_attached",
        "disclosure.act.file_detached",
    ]


def test_what_no_longer_applies_is_found_last_and_says_so(client):
    """The older text was issued later, so only its validity can put it behind."""
    old = make_act("燃气管理旧办法", issued_on=date(2020, 1, 1), effective_on=date(2020, 1, 1))
    void = make_act("燃气管理暂行办法", issued_on=date(2021, 1, 1), effective_on=date(2021, 1, 1))
    new = make_act("燃气管理办法", issued_on=date(2010, 1, 1), effective_on=date(2010, 1, 1))
    assert [hit.url for hit in search.find("燃气").rows] == [void.address, old.address, new.address]

    library.supersede(old, later=new, kind="revises", on=date(2022, 1, 1), by=None, at=NOW())
    library.repeal(void, on=date(2022, 1, 1), basis="某决定", by=None, at=NOW())
    found = search.find("燃气").rows
    assert [hit.url for hit in found] == [new.address, void.address, old.address]
    assert [hit.validity for hit in found] == ["有效", "废止", "已修改"]
    page = client.get("/search/", {"q": "燃气"}).content.decode()
    assert page.count("已修改") >= 1
    library.restore(void, reason="登记错了", by=None, at=NOW())
    assert search.find("燃气").rows[0].url == void.address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("依据《某法》第三条、第五条第二款的规定", {("某法", "第三条"), ("某法", "第五条第二款")}),
        ("《某条例》（国务院令第711号）第三十六条第（六）项", {("某条例", "第三十六条第（六）项")}),
        ("《某法》和《某办法》第十条以及第十二条之一", {("某办法", "第十条"), ("某办法", "第十二条之一")}),
        ("依据本办法第三条", set()),
    ],
)
def test_acts_and_articles_are_read_from_a_text(text, told):
    assert articles.named(text) == told


def test_an_article_shows_the_public_documents_that_name_it_and_those_only(
    client, django_assert_max_num_queries
):
    act = make_act()
    exact, whole = make_law_article(act, "第三十二条第一款第四项"), make_law_article(act, "第三十二条")
    named = f"<p>依据{act}第三十二条第一款第（四）项办理。</p>"
    document = make_published_document("许可补正办法", body=named)
    make_published_document("另一个办法", body=f"<p>依据{act}第三十二条第二款办理。</p>")

    page = client.get(exact.address).content.decode()
    assert "引用本条的公开文件" in page and "许可补正办法" in page and "另一个办法" not in page
    assert "另一个办法" in client.get(whole.address).content.decode()
    approver = make_staff(PostRole.APPROVER, document.publisher)
    documents.withdraw(document, reason="内容有误，需要核对", by=approver, at=NOW())
    assert "许可补正办法" not in client.get(exact.address).content.decode()

    late = make_law_article(act, "第三十二条第二款")
    page = client.get(late.address).content.decode()
    assert "另一个办法" in page  # entered after the document that names it


def test_the_text_that_held_on_the_day_is_the_one_meant(client):
    old = make_act(doc_no="旧号", effective_on=date(2004, 7, 1))
    new = make_act(doc_no="新号", issued_on=date(2020, 1, 1), effective_on=date(2020, 1, 1))
    was, now = make_law_article(old), make_law_article(new)
    make_published_document("旧文件", body=f"<p>{was}</p>", formed_on=date(2015, 1, 1))
    make_published_document("新文件", body=f"<p>{now}</p>", formed_on=date(2025, 1, 1))
    assert "旧文件" in client.get(was.address).content.decode()
    page = client.get(now.address).content.decode()
    assert "新文件" in page and "旧文件" not in page


def test_a_letter_of_reply_is_listed_once_its_masked_words_are_published(client):
    article = make_law_article(make_act("中华人民共和国统计法"), "第二十五条")
    now = request_makers.at()
    request = request_makers.make_reply(request_makers.make_request(), "deny2", when=now)
    officer = request_makers.make_officer(PostRole.APPROVER, request.department)
    assert "信息公开答复" not in client.get(article.address).content.decode()

    asking.publish_reply(request, title="道路改造规划许可", text="依法不予公开。", by=officer, at=now)
    page = client.get(article.address)
    assert "引用本条的信息公开答复" in page.content.decode()
    (citing,) = page.context["citing"]
    ((words, address, _),) = citing.links
    assert words in client.get(address).content.decode()
