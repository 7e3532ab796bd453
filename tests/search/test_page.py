from datetime import date, timedelta

import pytest
from django.urls import reverse

from portal.search import workflow as search
from portal.search.excerpt import excerpt

pytestmark = pytest.mark.django_db
PAGE = reverse("search:search")


def put_guides(count: int) -> None:
    for n in range(count):
        search.put(
            "guide",
            n,
            title=f"第{n}号施工许可",
            body="新建、扩建、改建的建筑工程",
            url=f"/guides/{n}/",
            on=date(2026, 1, 1) + timedelta(days=n),
            topic="住房建设",
        )


def test_an_answer_marks_the_words_and_leads_to_the_thing(client):
    put_guides(1)

    page = client.get(PAGE, {"q": "施工"}).content.decode()

    assert '<a href="/guides/0/">第0号<mark>施工</mark>许可</a>' in page
    assert "共1条" in page


def test_the_next_page_goes_on_where_the_first_ended(client):
    put_guides(25)

    first = client.get(PAGE, {"q": "施工许可"})
    second = client.get(PAGE + first.context["page"]["next_url"])

    assert len(first.context["hits"]) == 20
    assert [hit["url"] for hit in second.context["hits"]] == [f"/guides/{n}/" for n in (4, 3, 2, 1, 0)]
    assert second.context["page"]["next_url"] == ""
    back = client.get(PAGE + second.context["page"]["previous_url"])
    assert back.context["hits"] == first.context["hits"]
    assert back.context["page"] == first.context["page"]


def test_one_character_is_answered_kindly_and_with_suggestions(client):
    put_guides(2)

    answer = client.get(PAGE, {"q": "施"})

    assert answer.status_code == 200
    assert "一个字不能检索，请至少输入两个字。" in answer.content.decode()
    assert "第1号施工许可" in answer.content.decode()


def test_an_empty_question_shows_the_form_and_nothing_found_says_what_to_do(client):
    assert client.get(PAGE).status_code == 200
    assert "没有找到含有“渔业”的内容" in client.get(PAGE, {"q": "渔业"}).content.decode()


def test_what_was_typed_is_shown_as_text_and_never_as_markup(client):
    page = client.get(PAGE, {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "eyJ9"}, {"kind": "nonsense"}, {"q": "\x00\x00施工"}]
)
def test_a_mangled_address_is_no_failure_of_ours(client, query):
    asked = {"q": "施工"} | query
    refused = {400} if any("\0" in str(value) for value in asked.values()) else {200, 422}
    assert client.get(PAGE, asked).status_code in refused


def test_the_page_asks_the_database_the_same_however_many_are_found(client, django_assert_num_queries):
    put_guides(1)
    with django_assert_num_queries(6):  # the synonyms, the pins, a savepoint, a setting, the one statement
        client.get(PAGE, {"q": "施工"})
    put_guides(30)
    with django_assert_num_queries(6):
        client.get(PAGE, {"q": "施工"})


def test_an_excerpt_is_cut_around_the_first_word():
    parts = excerpt("前" * 100 + "城市道路" + "后" * 200, ["道路"])

    assert parts[0] == ("…" + "前" * 22 + "城市", False)
    assert parts[1] == ("道路", True)
    assert parts[2][0].endswith("后…")
    assert excerpt("很短", []) == [("很短", False)]


def put_documents() -> None:
    for n in range(3):
        search.put(
            "document",
            n,
            title=f"燃气通知{n}",
            body="正文",
            url=f"/d/{n}/",
            on=date(2024 + n, 5, 1),
            column=("政策文件", "规范性文件"),
            topic="综合政务" if n else "科技、教育",
            validity="废止" if n == 2 else "有效",
        )


def test_filters_are_links_with_counts_and_each_can_be_taken_back(client):
    put_documents()

    whole = client.get(PAGE, {"q": "燃气"})
    topic = next(facet for facet in whole.context["facets"] if facet["name"] == "topic")
    narrow = client.get(PAGE + topic["values"][0]["href"])

    assert [(value["label"], value["count"]) for value in topic["values"]] == [
        ("综合政务", 2),
        ("科技、教育", 1),
    ]
    assert [hit["url"] for hit in narrow.context["hits"]] == ["/d/1/", "/d/2/"]
    assert [hit["past"] for hit in narrow.context["hits"]] == ["", "废止"]
    [chip] = narrow.context["narrowed"]
    assert len(client.get(PAGE + chip["href"]).context["hits"]) == 3
    by_date = client.get(PAGE, {"q": "燃气", "sort": "date", "since": "2025-01-01", "until": "2026-12-31"})
    assert [hit["url"] for hit in by_date.context["hits"]] == ["/d/2/", "/d/1/"]


def test_a_wrong_date_is_said_at_its_field_and_nothing_typed_is_lost(client):
    answer = client.get(PAGE, {"q": "燃气", "since": "2026-02-30", "until": "2026-03-01"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "请按“年-月-日”填写一个存在的日期" in page
    assert 'value="2026-03-01"' in page
    assert 'value="燃气"' in page


def test_titles_are_suggested_while_one_types_guides_first(client):
    put_documents()
    put_guides(1)
    search.put("guide", "g", title="燃气经营许可", body="", url="/guides/g/", on=date(2020, 1, 1))

    suggested = client.get(reverse("search:suggestions"), {"q": "燃气"}).content.decode()

    assert "<mark>燃气</mark>经营许可" in suggested
    assert suggested.index("/guides/g/") < suggested.index("/d/1/")
    assert client.get(reverse("search:suggestions"), {"q": " "}).content.decode().strip() == ""
