"""Feed, files and interface: the same answer as the page."""

import csv
import io
import json
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from portal.search import query
from portal.search import workflow as search
from portal.search.views import exports

pytestmark = pytest.mark.django_db
API = "/api/v1/search"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def put_documents(count: int) -> None:
    for n in range(count):
        search.put(
            "document", n, title=f"燃气通知{n:02d}", body="正文", url=f"/disclosure/documents/{n}/",
            on=date(2026, 1, 1 + n), topic="综合政务", genre="通知", validity="有效", index_no=f"000014349/2026-{n:05d}",
        )  # fmt: skip


def test_the_interface_tells_what_the_page_tells_page_after_page(client):
    put_documents(25)
    search.put("guide", 1, title="燃气经营许可", body="", url="/guides/1/", on=date(2026, 2, 1))

    first = client.get(API, {"q": "燃气", "kind": "document"}).json()
    second = client.get(API, {"q": "燃气", "kind": "document", "after": first["next"]}).json()

    assert (first["count"], first["capped"], len(first["results"])) == (25, False, 20)
    assert first["results"][0] == {
        "title": "燃气通知24", "url": "http://testserver/disclosure/documents/24/", "date": "2026-01-25",
        "kind": "公开文件", "column": "", "topic": "综合政务", "genre": "通知", "validity": "有效",
        "index_no": "000014349/2026-00024",
    }  # fmt: skip
    assert [row["title"][-2:] for row in second["results"]] == ["04", "03", "02", "01", "00"]
    assert second["next"] is None
    assert client.get(API, {"q": "燃气", "since": "2026-01-20", "until": "2026-01-21"}).json()["count"] == 2


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "q"), ({"q": "燃"}, "q"), ({"q": "燃气", "kind": "x"}, "kind"), ({"q": "燃气", "year": "1"}, "year"),
        ({"q": "燃气", "since": "昨天"}, "since"), ({"q": "燃气", "after": "x"}, "after"),
        ({"q": "燃气", "since": "2026-02-01", "until": "2026-01-01"}, "since"),
    ],
)  # fmt: skip
def test_the_interface_says_in_chinese_what_is_wrong_with_a_question(client, asked, field):
    answer = client.get(API, asked)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["field"] == field
    assert answer.json()["detail"][0]["message"].endswith("。")


def test_a_feed_holds_the_newest_of_any_search(client):
    put_documents(3)
    answer = client.get(reverse("search:feed"), {"q": "燃气", "genre": "通知"})

    feed = ElementTree.fromstring(answer.content)
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert feed.find(f"{ATOM}title").text == "搜索“燃气” - 示范市政务服务网"
    assert [entry.find(f"{ATOM}title").text for entry in feed.iter(f"{ATOM}entry")] == [
        "燃气通知02", "燃气通知01", "燃气通知00",
    ]  # fmt: skip


def test_the_files_hold_every_row_up_to_the_cap_and_no_formula(client, monkeypatch):
    monkeypatch.setattr(exports, "A_READING", 4)
    put_documents(10)
    search.put("document", "x", title="=燃气(A1)", body="", url="/x/", on=date(2025, 1, 1))

    table = b"".join(client.get(reverse("search:csv"), {"q": "燃气"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    told = json.loads(b"".join(client.get(reverse("search:json"), {"q": "燃气"}).streaming_content))

    assert rows[0][:3] == ["标题", "网址", "日期"]
    assert [row[0] for row in rows[1:]] == [f"燃气通知{n:02d}" for n in range(9, -1, -1)] + ["'=燃气(A1)"]
    assert [row["title"] for row in told["results"]][-1] == "=燃气(A1)"
    assert told["count"] == 11

    monkeypatch.setattr(query, "CAP", 8)
    monkeypatch.setattr(exports, "CAP", 8)
    capped = json.loads(b"".join(client.get(reverse("search:json"), {"q": "燃气"}).streaming_content))
    assert (capped["capped"], len(capped["results"])) == (True, 8)


def test_a_withdrawn_document_is_gone_from_every_answer(client):
    put_documents(2)
    search.pin("燃气通知01", "/disclosure/documents/1/", by=None, at=NOON)
    search.remove("document", 1)

    for name in ("search", "suggestions", "feed", "csv", "json"):
        answer = client.get(reverse(f"search:{name}"), {"q": "燃气通知"})
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "documents/1/" not in content.decode(), name
        assert "documents/0/" in content.decode(), name
    assert "documents/1/" not in client.get(API, {"q": "燃气通知01"}).content.decode()
    assert "documents/1/" not in client.get(reverse("search:search"), {"q": "燃气通知01"}).content.decode()
