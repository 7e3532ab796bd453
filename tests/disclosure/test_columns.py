"""The tree of columns, and what a search knows of it."""

from urllib.parse import parse_qsl

import pytest
from django.urls import reverse
from django.utils import timezone

from disclosure.models import Column
from disclosure.workflow import columns, documents
from portal.people.models import PostRole, User
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.questions import Question
from portal.site import findable
from tests.disclosure import makers
from tests.disclosure.makers import make_column
from tests.people.makers import make_clerk, make_department, make_user

pytestmark = pytest.mark.django_db


def change(column: Column, **fields: object) -> Column:
    column = Column.objects.get(pk=column.pk)
    for name, value in fields.items():
        setattr(column, name, value)
    return columns.keep(column, by=None, at=timezone.now())


def found(name: str) -> list[str]:
    """What a search narrowed to a column of that name gives."""
    return sorted(hit.title for hit in search.find("施工许可", search.Filters(column=name)).rows)


def offered() -> dict[str, int]:
    faceted = search.find("施工许可", faceted=True).facets
    return {facet.value: facet.count for facet in faceted.get("column", [])}


def narrowed(citizen: User) -> set[str]:
    running = citizen.saved_searches.filter(stopped_at=None)
    return {dict(parse_qsl(saved.query))["column"] for saved in running}


def drifted() -> int:
    return sum(each.mended for each in findable.reconcile().values())


@pytest.fixture
def tree() -> tuple[Column, Column, Column]:
    """政策 holding 规范性文件 with one document, and 公告 with another."""
    policy, notice = make_column("zhengce", "政策"), make_column("gonggao", "公告")
    normative = make_column("guifan", "规范性文件", parent=policy)
    makers.make_published_document("施工许可管理通知", column=normative)
    makers.make_published_document("施工许可结果公告", column=notice)
    return policy, normative, notice


def test_a_column_renamed_is_found_by_its_new_name_at_once(tree):
    policy, normative, _ = tree
    change(normative, name="行政规范性文件")

    assert found("行政规范性文件") == ["施工许可管理通知"] and found("规范性文件") == []
    assert offered() == {"行政规范性文件": 1, "公告": 1}
    assert {hit.column for hit in search.find("施工许可").rows} == {"行政规范性文件", "公告"}
    change(policy, name="政策文件")
    assert found("政策文件") == ["施工许可管理通知"]
    assert drifted() == 0


def test_a_subscription_to_a_column_follows_its_new_name(tree):
    _, normative, _ = tree
    citizen = make_user("wang")
    for name in ("规范性文件", "公告"):
        question = Question.read({"q": "施工许可", "column": name, "genre": "通知"})
        search.subscribe(question, by=citizen, at=timezone.now())

    change(normative, name="行政规范性文件")
    assert narrowed(citizen) == {"行政规范性文件", "公告"}
    change(tree[2], name="行政规范性文件")  # now two columns bear it: the same question twice is one
    assert narrowed(citizen) == {"行政规范性文件"}
    makers.make_published_document("施工许可补充通知", column=normative)
    assert search.tell_all(at=timezone.now()) == 1


def test_columns_of_one_name_are_one_choice_and_both_are_found(tree):
    _, normative, _ = tree
    change(normative, name="公告")

    assert offered() == {"公告": 2}
    assert found("公告") == ["施工许可管理通知", "施工许可结果公告"]


def test_a_column_closed_is_offered_no_more_while_its_documents_stay_found(tree, client):
    _, normative, _ = tree
    document = normative.documents.get()
    change(normative, is_active=False)

    assert found("规范性文件") == [] and offered() == {"公告": 1}
    assert len(search.find("施工许可").rows) == 2
    page = client.get(reverse("disclosure:document", args=[document.key])).content.decode()
    assert reverse("disclosure:column", args=["guifan"]) not in page and "规范性文件" in page
    with pytest.raises(RuleBroken, match="已停用"):
        makers.make_submitted("施工许可办事通知", column=normative)
    assert drifted() == 0
    change(normative, is_active=True)
    assert found("规范性文件") == ["施工许可管理通知"]


def test_a_column_hung_elsewhere_is_found_under_its_new_parent_only(tree):
    _, normative, notice = tree
    change(normative, parent=notice)

    assert found("政策") == []
    assert found("公告") == ["施工许可管理通知", "施工许可结果公告"]
    change(normative, parent=None)
    assert found("公告") == ["施工许可结果公告"] and found("规范性文件") == ["施工许可管理通知"]
    assert drifted() == 0


def test_what_cannot_stand_in_the_tree_is_refused_at_its_field(client):
    column, _ = make_column("zhengce", "政策"), make_column("gonggao", "公告")
    make_column("bao", "公报", entry="gazette")
    child = make_column("guifan", "规范性文件", parent=column)
    closed = make_column("jiu", "旧栏目", is_active=False)
    client.force_login(make_clerk(PostRole.PUBLICITY, make_department("zwgk")))
    address = reverse("admin:disclosure_column_change", args=[column.pk])
    form = client.get(address).context["adminform"].form
    filled = {name: "" if value is None else value for name, value in form.initial.items()}

    for fields, told in (
        ({"name": " "}, "请填写栏目名称"),
        ({"slug": "通知"}, "网址名由小写字母"),
        ({"slug": "gonggao"}, "已有栏目使用"),
        ({"type": "weather"}, "栏目类型"),
        ({"rhythm": "daily"}, "更新频率"),
        ({"entry": "home"}, "固定入口"),
        ({"entry": "gazette"}, "已由栏目“公报”承担"),
        ({"parent": column}, "不能是本栏目"),
        ({"parent": child}, "不能是本栏目或者它的下级栏目"),
        ({"parent": closed}, "上级栏目“旧栏目”已停用"),
        ({"is_active": False}, "请先停用下级栏目"),
    ):
        with pytest.raises(RuleBroken, match=told) as refusal:
            change(column, **fields)
        assert refusal.value.field == next(iter(fields))
        typed = filled | {name: getattr(value, "pk", value) or "" for name, value in fields.items()}
        answer = client.post(address, typed)
        assert list(answer.context["adminform"].form.errors) == list(fields), told


def test_a_document_is_not_moved_into_a_closed_column(tree):
    closed = make_column("jiu", "旧栏目", is_active=False)
    document = tree[1].documents.get()

    with pytest.raises(RuleBroken, match="“旧栏目”已停用"):
        documents.move(document, column=closed, by=None, at=timezone.now())
