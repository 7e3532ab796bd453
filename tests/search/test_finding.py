import base64
import json
from datetime import date

import pytest
from django.db import connection, transaction

from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.models import SearchRow

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def put_guide(ident: int, title: str, body: str = "", on: date = TODAY) -> None:
    search.put("guide", ident, title=title, body=body, url=f"/guides/{ident}/", on=on, topic="许可")


def test_a_title_comes_before_a_mention_and_the_newer_before_the_older():
    put_guide(1, "燃气经营许可", on=date(2024, 1, 1))
    put_guide(2, "城市道路占用", "不含燃气经营许可", on=TODAY)
    put_guide(3, "燃气经营许可证变更", on=date(2025, 1, 1))

    assert [hit.obj_id for hit in search.find("燃气经营").rows] == ["3", "1", "2"]
    assert [hit.obj_id for hit in search.find("燃气经营", sort=search.Sort.DATE).rows] == ["2", "3", "1"]


def waits_for_the_index() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'search_by_tokens'")
        return "fastupdate=on" in cursor.fetchone()[0]


def test_what_comes_in_by_the_thousand_is_found_at_once_and_the_index_is_settled_after():
    with search.many_coming():
        put_guide(1, "燃气经营许可")
        assert waits_for_the_index()
        assert search.find("气经").count == 1
        search.remove("guide", 1)
        assert search.find("气经").count == 0
        put_guide(2, "燃气经营许可证变更")

    assert not waits_for_the_index()
    assert [hit.obj_id for hit in search.find("气经").rows] == ["2"]


def test_a_load_that_was_killed_leaves_the_index_to_the_next_one_or_the_night():
    loading = search.many_coming()
    loading.__enter__()

    search.reconcile(search.Source("guide", list, lambda _: None))

    assert not waits_for_the_index()


def test_what_is_no_longer_valid_comes_after_everything_that_is():
    for ident, validity in ((1, "废止"), (2, "有效"), (3, "失效"), (4, "已修改")):
        search.put(
            "document",
            ident,
            title="燃气管理办法",
            body="",
            url="/",
            on=date(2020 + 4 - ident, 1, 1),
            validity=validity,
        )

    assert [hit.obj_id for hit in search.find("燃气管理").rows] == ["2", "4", "1", "3"]


def test_words_are_all_needed_and_letters_meet_in_any_case_and_width():
    put_guide(1, "BIM审查", "施工图")
    put_guide(2, "施工图审查")

    assert [hit.obj_id for hit in search.find("施工图　ｂｉｍ").rows] == ["1"]
    assert [hit.obj_id for hit in search.find("审查 图").rows] == ["2", "1"]
    assert search.find("审查 桥").rows == []


def test_the_wildcards_of_like_are_only_characters():
    put_guide(1, "完成率100%的项目")
    put_guide(2, "完成率1005的项目")

    assert [hit.obj_id for hit in search.find("100%的").rows] == ["1"]


def test_filters_are_part_of_the_question():
    put_guide(1, "施工许可")
    search.put("notice", 1, title="施工许可公告", body="", url="/n/1/", on=TODAY, department_id=3)

    def found(**filters: object) -> list[str]:
        return [hit.kind for hit in search.find("施工许可", search.Filters(**filters)).rows]

    assert found(kind="notice") == found(department=3) == ["notice"]
    assert found(topic="许可") == ["guide"]


@pytest.mark.parametrize(
    ("q", "told"), [("", "请输入"), ("  ", "请输入"), ("房", "一个字不能检索"), ("房 屋", "一个字")]
)
def test_nothing_and_one_character_are_refused_kindly(q, told):
    with pytest.raises(RuleBroken, match=told):
        search.find(q)


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "x", "W10", "!!!", "eyJhIjoxfQ", "W" * 5_000, forged(1, "2026-01-01", 2**80), forged(9, "2026-01-01", 1),
        forged(1, "2026-13-01", 1), forged(1.5, "2026-01-01", 1), forged(True, "2026-01-01", 1),
        forged(float("inf"), "2026-01-01", 1), forged("1", "2026-01-01", "1 OR 1=1"), forged([], [], []),
    ],
)  # fmt: skip
def test_a_broken_or_forged_cursor_is_refused(after):
    with pytest.raises(RuleBroken, match="翻页地址"):
        search.find("施工许可", after=after)


def test_what_is_withdrawn_or_rolled_back_cannot_be_found():
    put_guide(1, "施工许可")
    with pytest.raises(RuntimeError), transaction.atomic():
        put_guide(2, "施工许可变更")
        raise RuntimeError

    assert [hit.obj_id for hit in search.find("施工许可").rows] == ["1"]
    assert search.remove("guide", 1)
    assert not search.remove("guide", 1)
    assert search.find("施工许可").count == 0


def test_a_renewed_guide_is_found_by_its_new_words_only():
    put_guide(1, "施工许可", "旧的条件")
    put_guide(1, "施工许可", "新的条件")

    assert search.find("旧的").count == 0
    assert search.find("新的").count == 1


def test_reconciling_mends_what_drifted_and_finds_nothing_the_second_time():
    put_guide(1, "一号事项", "内容")
    put_guide(2, "二号事项")
    put_guide(3, "三号事项")
    SearchRow.objects.filter(obj_id="2").update(toks=[1])
    wanted = [
        search.Wanted(
            str(n),
            f"{'一二三四'[n - 1]}号事项",
            "内容" if n == 1 else "",
            f"/guides/{n}/",
            TODAY,
            topic="许可",
        )
        for n in (1, 2, 4)
    ]
    source = search.Source("guide", lambda: wanted, {each.obj_id: each for each in wanted}.get)

    mended, again = search.reconcile(source), search.reconcile(source)

    assert mended == search.Difference(checked=3, added=["4"], changed=["2"], removed=["3"], mended=3)
    assert again == search.Difference(checked=3)
    assert search.find("二号").count == 1


def test_one_character_still_brings_suggestions_of_titles():
    put_guide(1, "商品房预售许可")

    assert [hit.title for hit in search.suggest("房")] == ["商品房预售许可"]
    assert search.suggest(" ") == []
