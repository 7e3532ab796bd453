from datetime import date
from random import Random

import pytest
from django.db import connection, transaction

from portal.refusals import RuleBroken
from portal.search import query, tokens
from portal.search import workflow as search
from portal.search.models import SearchRow
from tests.search.makers import fill

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def put_guide(ident: int, title: str, body: str = "", on: date = TODAY) -> None:
    search.put("guide", ident, title=title, body=body, url=f"/guides/{ident}/", on=on, category="许可")


def everything(q: str, **filters) -> list[int]:
    """All pages, walked by their cursors."""
    found, after = [], None
    while after != "":
        page = search.find(q, after=after, **filters)
        found += [hit.id for hit in page.rows]
        after = page.after
    return found


def by_like(q: str) -> set[int]:
    pattern = f"%{query._escaped(tokens.fold(q))}%"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM search_searchrow WHERE lower(title) LIKE %s OR lower(body) LIKE %s",
            [pattern, pattern],
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_substring_finds_exactly_what_like_finds():
    fill(400)
    seed, texts = Random(7), list(SearchRow.objects.order_by("id").values_list("title", "body"))
    asked = 0
    while asked < 200:
        text = seed.choice(seed.choice(texts))
        start, length = seed.randrange(max(1, len(text) - 6)), seed.randrange(2, 7)
        word = text[start : start + length]
        if " " in word or len(word) < 2:
            continue
        asked += 1
        found = everything(word)
        assert len(found) == len(set(found))
        assert set(found) == by_like(word), word
        assert search.find(word).count == len(found), word


def test_of_more_matches_than_are_counted_the_newest_are_shown_page_by_page(monkeypatch):
    monkeypatch.setattr(query, "CAP", 50)
    monkeypatch.setattr(query, "NEWEST", 60)
    fill(300)
    newest = list(
        SearchRow.objects.filter(body__contains="住建局").order_by("-on", "-id").values_list("id", flat=True)
    )

    first = search.find("住建局")

    assert (first.count, first.capped) == (50, True)
    assert [hit.id for hit in first.rows] == newest[:20]
    assert everything("住建局") == newest


def test_a_title_comes_before_a_mention_and_the_newer_before_the_older():
    put_guide(1, "燃气经营许可", on=date(2024, 1, 1))
    put_guide(2, "城市道路占用", "不含燃气经营许可", on=TODAY)
    put_guide(3, "燃气经营许可证变更", on=date(2025, 1, 1))

    assert [hit.obj_id for hit in search.find("燃气经营").rows] == ["3", "1", "2"]


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

    assert [hit.kind for hit in search.find("施工许可", "notice").rows] == ["notice"]
    assert [hit.kind for hit in search.find("施工许可", department_id=3).rows] == ["notice"]
    assert [hit.kind for hit in search.find("施工许可", category="许可").rows] == ["guide"]


@pytest.mark.parametrize(
    ("q", "told"), [("", "请输入"), ("  ", "请输入"), ("房", "一个字不能检索"), ("房 屋", "一个字")]
)
def test_nothing_and_one_character_are_refused_kindly(q, told):
    with pytest.raises(RuleBroken, match=told):
        search.find(q)


@pytest.mark.parametrize("after", ["x", "W10", "!!!", "eyJhIjoxfQ"])
def test_a_broken_cursor_is_refused(after):
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
            category="许可",
        )
        for n in (1, 2, 4)
    ]

    mended, again = search.reconcile("guide", wanted), search.reconcile("guide", wanted)

    assert mended == search.Difference(added=["4"], changed=["2"], removed=["3"])
    assert again == search.Difference([], [], [])
    assert search.find("二号").count == 1


def test_one_character_still_brings_suggestions_of_titles():
    put_guide(1, "商品房预售许可")

    assert [hit.title for hit in search.suggest("房")] == ["商品房预售许可"]
    assert search.suggest(" ") == []


@pytest.mark.engine
@pytest.mark.parametrize("word", ["罕见词", "住建局", "无此词语"])
def test_the_plan_starts_from_the_token_index_for_a_rare_a_common_and_an_absent_word(word):
    fill(400, rare="罕见词")
    plans: list[str] = []

    def explain(execute, sql, params, many, context):
        if sql.lstrip().startswith("WITH hits"):
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, params)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        search.find(word)

    hits = plans[0][plans[0].index("CTE hits") : plans[0].index("CTE total")]
    assert "search_by_tokens" in hits
    assert "search_newest_first" not in hits
    assert "Seq Scan" not in hits
