"""繁體 turns what is read and leaves what is sent."""

import pytest

from portal.site.traditional import turn


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>办事指南</p>", "<p>辦事指南</p>"),
        ('<input value="办事" placeholder="办事">', '<input value="办事" placeholder="辦事">'),
        ("<textarea>办事</textarea><p>办</p>", "<textarea>办事</textarea><p>辦</p>"),
        ('<script>var a = "办";</script>', '<script>var a = "办";</script>'),
        ('<b translate="no">简体</b>简体', '<b translate="no">简体</b>簡體'),
        ('<img alt="办理时间" src="a.png">', '<img alt="辦理時間" src="a.png">'),
        ("<!-- 办 -->办", "<!-- 办 -->辦"),
        ("<a href='/x?q=办'>x</a>", "<a href='/x?q=办'>x</a>"),
        ("plain", "plain"),
    ],
)
def test_words_are_turned_and_values_are_kept(before, after):
    assert turn(before) == after


@pytest.mark.django_db
def test_the_choice_is_remembered_and_named_in_the_language_of_the_page(client):
    client.post("/preferences/", {"script": "hant"})
    page = client.get("/help/").content.decode()
    assert '<html lang="zh-Hant"' in page
    assert "使用幫助" in page

    client.post("/preferences/", {"script": "hans"})
    assert "使用帮助" in client.get("/help/").content.decode()
