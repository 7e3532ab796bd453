"""A list and a document are set once for all readers, and never read a moment longer than they hold."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.catalogue import marks
from disclosure.catalogue.shelf import Shelf, shelf
from disclosure.models import CatalogueChange, CatalogueCount, Column, Document, DocumentLink
from disclosure.views import columns as lists
from disclosure.workflow import counts, documents, review
from portal.people.models import Department, PostRole
from tests.disclosure import makers
from tests.disclosure.test_document_concurrency import together
from tests.people.makers import make_user

pytestmark = pytest.mark.django_db
LIST, COLUMN = reverse("disclosure:documents"), reverse("disclosure:column", args=["tongzhi"])
TITLE = "关于规范施工许可管理的通知"


def read(path: str) -> str:
    answer = Client().get(path)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def page_of(document: Document) -> str:
    return reverse("disclosure:document", args=[document.key])


@pytest.fixture(autouse=True)
def nothing_kept_yet() -> None:
    shelf.clear()


@pytest.fixture
def town() -> Document:
    """A policy two offices published, with its interpretation and another document beside it."""
    makers.make_column("zhengwu", "政务公开")
    column = makers.make_column(parent=Column.objects.get(slug="zhengwu"))
    policy = makers.make_policy(TITLE, column=column)
    policy.joint_publishers.add(makers.make_publisher("czj"))
    makers.make_link("interprets", makers.make_published_document("解读材料", column=column), policy)
    makers.make_published_document("旧规定", column=column)
    return policy


def test_the_second_reader_costs_one_question_and_reads_the_same(town, django_assert_num_queries):
    for path in (LIST, COLUMN, f"{LIST}?year=2026", page_of(town)):
        shelf.clear()
        first = read(path)
        with django_assert_num_queries(1):
            second = read(path)
        shelf.clear()
        assert first == second == read(path)


def test_each_reader_has_the_page_about_what_is_kept(client, town):
    for path in (LIST, page_of(town)):
        assert "李娜" not in read(path) and "data-elder" not in read(path)
    client.force_login(make_user("lina", name="李娜"))
    client.cookies["script"], client.cookies["elder"] = "hant", "on"
    for path in (LIST, page_of(town)):
        page = client.get(path).content.decode()
        assert "李娜" in page and "關於規範施工許可" in page and "data-elder" in page
        assert "李娜" not in read(path) and "data-elder" not in read(path)
        assert all("李娜" not in part for _, parts, _ in shelf._pages.values() for part in parts.values())


def withdraw(document: Document) -> None:
    by = makers.make_staff(PostRole.APPROVER, document.publisher)
    documents.withdraw(document, reason="内容有误。", by=by, at=timezone.now())


def end(document: Document) -> None:
    yesterday = localdate() - timedelta(days=1)
    Document.objects.filter(pk=document.pk).update(public_until=yesterday)


def revise(document: Document) -> None:
    draft = documents.revise(document, by=None, at=makers.at(), change_note="改正名称")
    documents.edit(draft, title="关于改正的通知", by=draft.author, at=makers.at())
    draft.refresh_from_db()
    makers.approve(makers.clear(review.submit(draft, by=draft.author, at=makers.at())))


def other(title: str) -> Document:
    return Document.objects.get(current__title=title)


# What happens, on which page, and a word of it that comes or goes with that.
CASES: dict[str, tuple[Callable[[Document], object], str, str]] = {
    "withdrawn": (withdraw, LIST, TITLE),
    "withdrawn, in its column": (withdraw, COLUMN, TITLE),
    "withdrawn, its own page": (withdraw, "", TITLE),
    "its last day is past": (end, LIST, TITLE),
    "its last day is past, its own page": (end, "", TITLE),
    "published": (lambda town: makers.make_published_document("新的通告"), LIST, "新的通告"),
    "counted": (lambda town: makers.make_published_document("新的通告"), LIST, "共4件"),
    "a new version": (revise, LIST, "关于改正的通知"),
    "a new version, its own page": (revise, "", "关于改正的通知"),
    "no longer valid": (lambda town: Document.objects.filter(pk=town.pk).update(validity="repealed"), LIST, "废止</span>"),
    "no longer valid, its own page": (
        lambda town: Document.objects.filter(pk=town.pk).update(validity="repealed"), "", "本文件已废止",
    ),
    "lapsed": (lambda town: Document.objects.filter(pk=town.pk).update(expires_on=date(2026, 3, 9)), LIST, "失效</span>"),
    "a column renamed": (lambda town: Column.objects.filter(slug="tongzhi").update(name="公告栏"), COLUMN, "<h1>公告栏</h1>"),
    "a column renamed, a page in it": (lambda town: Column.objects.filter(slug="tongzhi").update(name="公告栏"), "", "公告栏</a>"),
    "a column closed": (lambda town: Column.objects.filter(slug="tongzhi").update(is_active=False), COLUMN, TITLE),
    "a column closed, a page in it": (
        lambda town: Column.objects.filter(slug="tongzhi").update(is_active=False), "", f'href="{COLUMN}"',
    ),
    "the column above renamed": (lambda town: Column.objects.filter(slug="zhengwu").update(name="公开"), COLUMN, ">公开</a>"),
    "the column above renamed, a page": (lambda town: Column.objects.filter(slug="zhengwu").update(name="公开"), "", ">公开</a>"),
    "an office renamed": (lambda town: Department.objects.filter(code="zjj").update(name="住建委"), LIST, "住建委"),
    "an office renamed, a page": (lambda town: Department.objects.filter(code="zjj").update(name="住建委"), "", "住建委"),
    "a joint office renamed": (lambda town: Department.objects.filter(code="czj").update(name="财政委"), "", "财政委"),
    "a joint office added": (lambda town: town.joint_publishers.add(makers.make_publisher("gaj")), "", "、示范市gaj"),
    "the interpretation withdrawn": (lambda town: withdraw(other("解读材料")), "", "解读材料"),
    "the interpretation past its day": (lambda town: end(other("解读材料")), "", "解读材料"),
    "the interpretation revised": (lambda town: revise(other("解读材料")), "", "关于改正的通知"),
    "a link made": (lambda town: makers.make_link("amends", town, other("旧规定")), "", "旧规定"),
    "a link taken back": (lambda town: DocumentLink.objects.all().delete(), "", "解读材料"),
    "a wrong number mended": (lambda town: counts.reconcile(), LIST, "共3件"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_changed_shows_in_the_very_next_answer(town, monkeypatch, case):
    change, path, word = CASES[case]
    path = path or page_of(town)
    if case == "a wrong number mended":
        CatalogueCount.objects.filter(facet="").update(number=7)
    old_list, old_page = marks.of_lists(timezone.now()), marks.of_document(town.key, timezone.now())
    before = read(path)

    change(town)

    with monkeypatch.context() as blind:  # without its mark the page would be read as it was: it is kept
        blind.setattr(marks, "of_lists", lambda at: old_list)
        blind.setattr(marks, "of_document", lambda key, at: old_page)
        assert read(path) == before
    assert (word in read(path)) != (word in before)


def test_midnight_and_a_moment_that_has_come_change_a_page_that_nobody_touched(town, monkeypatch):
    now, later = timezone.now(), timezone.now() + timedelta(days=1)
    Document.objects.filter(pk=town.pk).update(public_until=localdate(now))
    early = makers.make_published_document("时钟略快的机器发布的通告")
    makers.make_link("amends", early, town)
    Document.objects.filter(pk=early.pk).update(published_at=now + timedelta(minutes=5))
    Document.objects.filter(current__title="旧规定").update(expires_on=localdate(now), validity="in_force")
    for path in (LIST, page_of(town)):
        assert TITLE in read(path) and "时钟略快" not in read(path)
    assert "失效</span>" not in read(LIST)

    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(minutes=6))
    for path in (LIST, page_of(town)):
        assert "时钟略快" in read(path)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert TITLE not in read(LIST) and read(page_of(town)) == "410"
    assert "失效</span>" in read(LIST)


def test_a_change_that_was_taken_back_leaves_no_trace(town):
    before = [read(path) for path in (LIST, page_of(town))]
    with transaction.atomic():
        revise(town)
        assert all("关于改正的通知" in read(path) for path in (LIST, page_of(town)))
        transaction.set_rollback(True)
    assert [read(path) for path in (LIST, page_of(town))] == before
    makers.make_published_document("新的通告")
    assert "新的通告" in read(LIST)


def test_changes_put_together_tell_the_same(town):
    makers.make_published_document("新的通告")
    mark = marks.of_lists(timezone.now())
    counts.fold()
    assert marks.of_lists(timezone.now()) == mark
    assert CatalogueChange.objects.count() == 1


def test_a_draft_changes_no_list(town):
    mark = marks.of_lists(timezone.now())
    makers.make_ready("尚未公开的通知")
    assert marks.of_lists(timezone.now()) == mark


def test_what_is_kept_never_grows_beyond_its_room(town, settings):
    settings.KEPT_PAGES_BYTES = 400_000
    for number in range(60):
        read(f"{LIST}?nothing={number}")
        assert shelf.size <= settings.KEPT_PAGES_BYTES
    assert 5 < len(shelf._pages) < 60
    assert shelf.size == sum(size for _, _, size in shelf._pages.values())
    assert ("list", "", "nothing=59") in shelf._pages and ("list", "", "nothing=0") not in shelf._pages

    settings.KEPT_PAGES_BYTES = 0
    assert TITLE in read(LIST)
    assert ("list", "", "") not in shelf._pages


def test_what_was_asked_wrongly_is_told_each_time(town):
    for _ in range(2):
        answer = Client().get(f"{LIST}?topic=99")
        assert answer.status_code == 422 and "网址里的主题不对" in answer.content.decode()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_the_publication_that_began_first_and_ended_last_is_seen_by_every_process(monkeypatch):
    away = makers.make_publisher("czj")  # of one office, the second would wait for its number
    for office in (makers.make_publisher(), away):  # and for the words both are the first to be found by
        makers.make_published_document("早先的通知", publisher=office)
    first = makers.make_ready("先开始后提交的通知")
    second = makers.make_ready("后开始先提交的通知", publisher=away)
    processes = Shelf(), Shelf()

    def beside(deed: Callable[[], object]) -> None:
        """In a transaction of its own; rather refused than waiting for the one that is open here."""

        def soon() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            deed()

        together(soon)

    def seen() -> list[bool]:
        """Whether each of two web processes shows the one and the other."""
        found = []
        for own in processes:
            monkeypatch.setattr(lists, "shelf", own)
            page = together(lambda: read(LIST))[0]
            found += ["先开始后提交" in page, "后开始先提交" in page]
        return found

    assert seen() == [False] * 4
    with transaction.atomic():
        makers.approve(first)
        assert "先开始后提交" in read(LIST)  # in this transaction, and in no other
        beside(lambda: makers.approve(second))
        assert seen() == [False, True] * 2
        beside(counts.fold)
        assert seen() == [False, True] * 2
    assert seen() == [True] * 4
