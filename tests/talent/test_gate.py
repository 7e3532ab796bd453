"""Looking people up asks nothing of anyone, until one address asks as only a machine does."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from talent import gate
from tests.talent.makers import make_builder, make_constructor, make_person

pytestmark = pytest.mark.django_db
TOKEN, WORDS = (
    re.compile(r'name="token" value="([^"]+)"'),
    re.compile(r"([一二三四五六七八九十]+)([加减])([一二三四五六七八九十]+)等于多少"),
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    cache.clear()
    monkeypatch.setattr(gate, "FREE", 2)
    monkeypatch.setattr(gate, "OPENS", 3)
    yield
    cache.clear()


def look(client, **asked: str):
    return client.get(reverse("talent:search"), {"kind": "people", "q": "欧阳建国", **asked})


def solve(page: str) -> tuple[str, int]:
    first, sign, second = WORDS.search(page).groups()
    result = gate.SAID[first] + gate.SAID[second] * (1 if sign == "加" else -1)
    return TOKEN.search(page)[1], result


def test_nobody_is_asked_before_the_limit_and_one_answer_opens_more(client):
    make_constructor(make_builder(), make_person("欧阳建国"))
    for _ in range(2):
        free = look(client)
        assert free.status_code == 200 and "等于多少" not in free.content.decode()

    asked = look(client)
    page = asked.content.decode()
    assert asked.status_code == 422 and "欧**国" not in page and 'value="欧阳建国"' in page
    token, result = solve(page)
    assert str(result) not in gate.signing.loads(token, salt=gate.SALT)

    opened = look(client, token=token, answer=gate.in_words(result))
    assert opened.status_code == 200 and "欧**国" in opened.content.decode()
    assert [look(client).status_code for _ in range(3)] == [200, 200, 422]
    again = look(client, token=token, answer=str(result))
    assert again.status_code == 422 and "已经回答过" in again.content.decode()


def test_a_wrong_forged_or_foreign_answer_opens_nothing(client):
    for _ in range(3):
        page = look(client).content.decode()
    token, result = solve(page)

    for given, told in (
        ({"token": token, "answer": str(result + 1)}, "回答不对"),
        ({"token": token, "answer": ""}, "回答不对"),
        ({"token": "x" + token, "answer": str(result)}, "已经过期"),
        ({"token": gate.ask("192.0.2.1").token, "answer": "5"}, "回答不对"),
    ):
        answer = look(client, **given)
        assert answer.status_code == 422 and told in answer.content.decode(), given
    assert look(client, token=token, answer=f"{result}。").status_code == 200


def test_beyond_what_any_person_asks_one_waits(client, monkeypatch):
    monkeypatch.setattr(gate, "HARD", 4)
    for _ in range(4):
        page = look(client).content.decode()
    token, result = solve(page)

    refused = look(client, token=token, answer=str(result))

    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "查询过于频繁，请一分钟后再试" in refused.content.decode()
    assert client.get(reverse("talent:search"), {"kind": "enterprises"}).status_code == 200


def test_numbers_are_read_as_they_are_said():
    assert [gate.in_words(n) for n in (0, 9, 10, 12, 20, 27)] == ["零", "九", "十", "十二", "二十", "二十七"]
    read = {text: gate.read_answer(text) for text in ("１２", " 十二 ", "12", "十二个", "")}
    assert list(read.values()) == [12, 12, 12, None, None], read
