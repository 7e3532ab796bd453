"""What anyone can look up of enterprises and people, and what they cannot."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.search import workflow as search
from portal.search.query import Filters
from portal.site import findable
from talent import catalogue, workflow
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_category,
    make_constructor,
    make_decision,
    make_import,
    make_person,
    make_qualification,
)

pytestmark = pytest.mark.django_db


def page(client, **asked: str) -> str:
    return client.get(reverse("talent:search"), asked).content.decode()


def test_an_enterprise_is_found_by_two_characters_its_code_and_its_certificate(client):
    firm = make_builder("示范市宏远建筑工程有限公司", legal_representative="赵敏")
    other = make_builder("示范市东风市政工程有限公司")
    held = make_qualification(firm, origin=make_decision())
    workflow.state(firm, {"address": "滨河路2号"}, origin=make_import())

    for word in ("宏远", firm.uscc, held.certificate_no, "远建"):
        shown = page(client, q=word)
        assert firm.name in shown and other.name not in shown, word
    assert firm.name in page(client, category="building", grade="2")
    assert firm.name not in page(client, category="building", grade="1")
    assert "没有查到" in page(client, q="没有的企业")
    answer = client.get(reverse("talent:search"), {"q": "宏"})
    assert answer.status_code == 422 and "没有查成" in answer.content.decode()
    assert [hit.obj_id for hit in search.find("宏远", Filters(kind="enterprise")).rows] == [firm.uscc]


def test_the_list_is_walked_forth_and_back_to_the_page_one_came_from(client, monkeypatch):
    monkeypatch.setattr(catalogue, "PAGE", 2)
    firms = sorted((make_builder(f"示范市长城第{n}建筑公司") for n in range(5)), key=lambda firm: firm.uscc)
    way = re.compile(r'rel="(prev|next)" href="([^"]+)"')

    def read(query: str) -> tuple[list[str], dict[str, str]]:
        shown = client.get(reverse("talent:search") + html.unescape(query)).content.decode()
        return [firm.name for firm in firms if firm.name in shown], dict(way.findall(shown))

    names, ways = [firm.name for firm in firms], {}
    for expected in (names[:2], names[2:4], names[4:]):
        shown, ways = read(ways.get("next", "?q=长城"))
        assert shown == expected
    assert "next" not in ways
    shown, ways = read(ways["prev"])
    assert shown == names[2:4] and set(ways) == {"prev", "next"}
    assert "q=%E9%95%BF%E5%9F%8E" in ways["prev"]
    assert read(ways["prev"])[0] == names[:2]


def test_the_page_of_an_enterprise_tells_what_it_holds_and_by_whose_word(client):
    firm = make_builder(legal_representative="赵敏")
    make_qualification(firm, origin=make_decision(), valid_to=date(2099, 1, 1))
    make_constructor(firm, expires_on=date(2099, 1, 1))

    shown = client.get(reverse("talent:enterprise", args=[firm.uscc])).content.decode()

    for words in (firm.uscc, "建筑工程施工总承包二级", "批后自动入库", "二级注册建造师 1人", "赵敏"):
        assert words in shown, words
    assert client.get(reverse("talent:enterprise_qr", args=[firm.uscc])).content.startswith(b"<?xml")


def test_a_person_is_found_by_the_whole_name_and_shown_without_it(client):
    firm = make_builder()
    held = make_constructor(firm, make_person("欧阳建国"), expires_on=date(2099, 1, 1))
    make_person("欧阳建军")  # holds nothing, so nobody's business

    by_name, by_number = (
        page(client, kind="people", q="欧阳建国"),
        page(client, kind="people", q=held.certificate_no),
    )

    for shown in (
        by_name,
        by_number,
        client.get(reverse("talent:person", args=[held.person.key])).content.decode(),
    ):
        assert "欧**国" in shown and held.person.party.id_number not in shown
    assert "欧阳建国" not in client.get(reverse("talent:person", args=[held.person.key])).content.decode()
    assert "没有查到" in page(client, kind="people", q="欧阳建军")
    assert "没有查到" in page(client, kind="people", q="欧阳")
    assert "不提供名单浏览" in page(client, kind="people")


def test_an_archived_enterprise_is_nowhere_and_its_address_says_so(client):
    firm = make_builder("示范市宏远建筑工程有限公司", address="滨河路2号")

    workflow.archive_record(firm, reason="股东纠纷后注销", ground="cancelled", by=None, at=at())

    answer = client.get(reverse("talent:enterprise", args=[firm.uscc]))
    shown = answer.content.decode()
    assert answer.status_code == 410
    assert "2026年3月6日" in shown and "注销或者吊销" in shown
    assert "股东纠纷" not in shown and "滨河路" not in shown and firm.name not in shown
    assert client.get(reverse("talent:enterprise_qr", args=[firm.uscc])).status_code == 404
    assert "没有查到" in page(client, q="宏远")
    assert not search.find("宏远", Filters(kind="enterprise")).rows


def test_the_old_address_of_a_merged_record_points_to_the_one_that_stands(client):
    firms = [make_builder(f"示范市宏远{n}建筑有限公司") for n in "一二三"]
    held, double = (
        make_constructor(firms[2], make_person(name), expires_on=date(2099, 1, 1))
        for name in ("欧阳建国", "欧阳建团")
    )
    workflow.merge(firms[1], firms[0], reason="重复登记", by=None, at=at())
    workflow.merge(firms[2], firms[1], reason="重复登记", by=None, at=at())
    workflow.merge(held.person, double.person, reason="重复登记", by=None, at=at())

    for old in firms[:2]:
        answer = client.get(reverse("talent:enterprise", args=[old.uscc]))
        assert answer.status_code == 410
        assert reverse("talent:enterprise", args=[firms[2].uscc]) in answer.content.decode()
    answer = client.get(reverse("talent:person", args=[double.person.key]))
    shown = answer.content.decode()
    assert (answer.status_code, "欧阳建" in shown) == (410, False)
    assert reverse("talent:person", args=[held.person.key]) in shown


def test_the_index_holds_exactly_the_registry():
    firm = make_builder()
    make_qualification(firm, valid_to=date(2099, 1, 1))
    make_constructor(firm, make_person("欧阳建国"), expires_on=date(2099, 1, 1))
    findable.reconcile()

    found = findable.reconcile()

    assert (found["enterprise"].checked, found["enterprise"].mended) == (1, 0)
    assert (found["person"].checked, found["person"].mended) == (1, 0)


def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(
    client, django_assert_max_num_queries
):
    firm = make_builder()
    make_category()
    counts = []
    for size in (1, 6):
        for number in range(size):
            make_constructor(firm, make_person(f"建造师{size}{number}"), expires_on=date(2099, 1, 1))
            make_builder(f"示范市测试{size}{number}建筑有限公司")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, q="测试")
            client.get(reverse("talent:enterprise", args=[firm.uscc]))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 24, DAY
