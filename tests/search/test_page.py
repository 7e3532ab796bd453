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
            category="住房建设",
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
    with django_assert_num_queries(4):  # a savepoint, a setting, the one statement
        client.get(PAGE, {"q": "施工"})
    put_guides(30)
    with django_assert_num_queries(4):
        client.get(PAGE, {"q": "施工"})


def test_an_excerpt_is_cut_around_the_first_word():
    parts = excerpt("前" * 100 + "城市道路" + "后" * 200, ["道路"])

    assert parts[0] == ("…" + "前" * 22 + "城市", False)
    assert parts[1] == ("道路", True)
    assert parts[2][0].endswith("后…")
    assert excerpt("很短", []) == [("很短", False)]
