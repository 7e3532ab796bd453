"""A page that cannot be shown says why in Chinese, and shows a way on."""

import pytest
from django.template.loader import render_to_string

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client, settings):
    settings.ROOT_URLCONF = "tests.site.urls"
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/broken/bad/", 400, "这个请求无法处理"),
        ("/broken/forbidden/", 403, "您不能查看这个页面"),
        ("/no-such-page/", 404, "没有找到这个页面"),
        ("/broken/rule/", 409, "这一步没有办成"),
        ("/broken/gone/", 410, "这个页面已经撤下"),
        ("/broken/busy/", 429, "操作太频繁"),
        ("/broken/crash/", 500, "网站暂时出了问题"),
    ],
)
def test_every_refusal_is_a_page_with_a_way_on(visitor, path, status, heading):
    answer = visitor.get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in page
    assert 'href="/"' in page
    assert "12345" in page


def test_a_rule_that_says_no_gives_its_sentence_and_its_article(visitor):
    page = visitor.get("/broken/rule/").content.decode()
    assert "申请已经撤回，不能再补充材料。" in page
    assert "《中华人民共和国行政许可法》第三十二条" in page


def test_the_page_for_a_failure_asks_nothing_of_the_database(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        visitor.get("/broken/crash/")


def test_a_form_left_open_too_long_is_asked_for_again(settings):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "页面已经过期，请重新提交" in answer.content.decode()


def test_a_withdrawn_page_gives_its_reason():
    assert "按《中华人民共和国政府信息公开条例》" in render_to_string(
        "410.html", {"reason": "按《中华人民共和国政府信息公开条例》撤下。"}
    )
