"""What staff keep beside the index: synonyms, pinned results, the words nothing answered."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.search import pinned
from portal.search import workflow as search
from portal.search.models import Unfound
from tests.people.makers import make_post, make_user
from tests.search.test_page import put_guides

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOON.date()
PAGE = reverse("search:search")


def put(ident: str, title: str, body: str = "") -> None:
    search.put("guide", ident, title=title, body=body, url=f"/guides/{ident}/", on=TODAY)


def found(q: str) -> set[str]:
    return {hit.obj_id for hit in search.find(q).rows}


def test_who_asks_for_one_word_finds_its_synonyms_until_they_are_dropped():
    put("a", "建筑工程施工许可证核发")
    put("b", "开工许可办理")
    put("c", "开工 另一件许可")
    group = search.keep_synonym("施工许可、开工许可", by=None, at=NOON)

    assert found("施工许可") == found("开工许可") == {"a", "b"}
    assert found("办理施工许可") == set(), "a synonym stands in the place of the word, not beside it"
    assert found("开工许可办理") == {"b"}
    assert search.find("施工许可").count == 2
    assert "开工许可" in search.find("施工许可").words

    search.drop_synonym(group, by=None, at=NOON)
    assert found("施工许可") == {"a"}
    assert [entry.action for entry in Entry.objects.order_by("pk")] == [
        "search.synonym.kept", "search.synonym.dropped",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "told"),
    [("施工许可", "至少填写两个词"), ("证、许可证", "每个词应为2至30个字"), ("开工许可、动工许可", "已经在")],
)
def test_a_group_of_synonyms_that_cannot_work_is_refused(terms, told):
    search.keep_synonym("施工许可，开工许可", by=None, at=NOON)
    with pytest.raises(RuleBroken, match=told):
        search.keep_synonym(terms, by=None, at=NOON)


def test_a_pinned_page_is_shown_first_while_it_is_public(client):
    put("a", "施工许可")
    put("b", "从别处来的指引")
    search.pin("施工许可", "https://www.shifan.gov.cn.example/guides/b/", by=None, at=NOON)

    assert [hit["url"] for hit in client.get(PAGE, {"q": "施工许可"}).context["pins"]] == ["/guides/b/"]
    assert client.get(PAGE, {"q": "施工"}).context["pins"] == []
    with pytest.raises(RuleBroken, match="不在检索范围"):
        search.pin("施工许可", "/guides/nothing/", by=None, at=NOON)

    search.remove("guide", "b")
    assert pinned.for_question(["施工许可"]) == []


def test_only_the_disclosure_office_keeps_words_and_it_does_so_on_its_screens(client):
    editor, clerk = make_user("publicity", kind="staff"), make_user("clerk", kind="staff")
    make_post(editor, role=PostRole.PUBLICITY)
    make_post(clerk, role=PostRole.CLERK)
    with pytest.raises(RuleBroken, match="不能维护检索用词"):
        search.keep_synonym("施工许可、开工许可", by=clerk, at=NOON)

    group = search.keep_synonym("施工许可、开工许可", by=editor, at=NOON)
    changed = search.keep_synonym("施工许可、动工许可", synonym=group, by=editor, at=NOON)
    assert changed.terms == ["施工许可", "动工许可"]


def test_what_nothing_answers_is_counted_without_whoever_asked(client):
    put_guides(1)
    for q in ("渔业 执照", "渔业  执照", "施工", "330102199001011234", "13900000000 张三", "渔"):
        client.get(PAGE, {"q": q})
    client.get(PAGE, {"q": "没有这个词", "topic": "综合政务"})

    assert list(Unfound.objects.values_list("question", "times")) == [("渔业 执照", 2)]


def test_what_nobody_asked_for_in_half_a_year_is_forgotten():
    search.note_unfound(["旧词"], on=TODAY - timedelta(days=181))
    search.note_unfound(["新词"], on=date(2026, 11, 1))

    assert search.forget_unfound(on=TODAY) == 1
    assert search.forget_unfound(on=TODAY) == 0
    assert [row.question for row in Unfound.objects.all()] == ["新词"]
