"""What a visitor reads of published documents: the platform page, lists, documents, files, feeds, the interface."""

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from disclosure.catalogue.shelf import shelf
from disclosure.models import Document, DocumentFile
from disclosure.workflow import review
from portal.papers import workflow as papers
from tests.disclosure.makers import (
    MONDAY,
    approve,
    at,
    clear,
    make_column,
    make_draft,
    make_link,
    make_many_published,
    make_policy,
    make_published_document,
    make_publisher,
    make_withdrawn_document,
)
from tests.papers.files import make_pdf

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def url(name, *args):
    return reverse(f"disclosure:{name}", args=args)


def text(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def page_of(client, document):
    return text(client.get(url("document", document.key)))


def with_files(*names):
    """A published document with a file for each name."""
    version = make_draft("示范市排水设施普查结果")
    for pages, name in enumerate(names, start=1):
        upload = SimpleUploadedFile(name, make_pdf(pages=pages))
        attachment = papers.store_upload(upload, by=version.author, at=at())
        DocumentFile.objects.create(
            version=version, title=f"附件{pages}", attachment=attachment, position=pages
        )
    return approve(clear(review.submit(version, by=version.author, at=at()))).document


def test_the_platform_page_bears_its_fixed_entries_in_their_order_and_no_news(client):
    for entry, name in (
        ("gazette", "政府公报"),
        ("guide", "政府信息公开指南"),
        ("system", "政府信息公开制度"),
    ):
        make_column(f"entry-{entry}", name, entry=entry)
    make_published_document("市长调研重点项目", column=make_column("dongtai", "政务动态", type="news"))

    page = client.get(url("home"))
    entries = [entry["label"] for entry in page.context["entries"]]

    assert entries == [
        "政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开", "政府公报",
    ]  # fmt: skip
    assert "市长调研" not in text(page) and "政务动态" not in text(page)


def test_each_statutory_item_tells_its_number_and_leads_to_exactly_those(client):
    make_published_document("部门预算", statutory_item="20-7")
    make_published_document("部门决算", statutory_item="20-7")
    make_published_document("征收公告", statutory_item="21-A")

    items = client.get(url("home")).context["items"]
    assert len(items) == 17
    assert {choice.query: choice.count for choice in items if choice.count} == {
        "?item=20-7": 2,
        "?item=21-A": 1,
    }
    page = client.get(url("documents") + "?item=20-7&topic=10")
    assert page.context["counted"].count == 2
    assert '<a href="?topic=10">不限</a>' in text(page)


def test_a_column_lists_what_stands_below_it_and_narrows_by_every_facet(client):
    top = make_column("zhengce", "政策文件")
    below = make_column("guifan", "行政规范性文件", parent=top)
    away = make_publisher("czj")
    make_policy("管理办法", column=below, topic="10")
    make_published_document("预算公告", column=top, publisher=away, topic="04")
    make_published_document("别处的通知")

    page = client.get(url("column", "zhengce"))
    counted = page.context["counted"]
    facets = {facet.label: {c.label: (c.query, c.count) for c in facet.choices} for facet in counted.facets}

    assert [row["title"] for row in page.context["rows"]] == ["预算公告", "管理办法"]
    assert counted.count == 2 and not counted.capped
    assert facets["年份"] == {"2026年": ("?year=2026", 2)}
    assert facets["主题"]["财政、金融、审计"] == ("?topic=04", 1)
    assert facets["时效"] == {"有效": ("?validity=in_force", 1)}
    assert facets["发布机构"][away.name] == ("?department=czj", 1)
    for label, words in (("主题", "财政、金融、审计"), ("发布机构", away.name)):
        narrowed = client.get(url("column", "zhengce") + facets[label][words][0])
        assert [row["title"] for row in narrowed.context["rows"]] == ["预算公告"]
        chosen = next(facet for facet in narrowed.context["counted"].facets if facet.label == label)
        assert chosen.chosen == words and chosen.without == "?"
    assert client.get(url("column", "zhengce") + "?year=2025").context["counted"].count == 0


def test_a_column_is_searched_by_title_document_number_and_index_number(client):
    document = make_published_document("关于供水的通知", doc_no="示建〔2026〕3号")
    make_published_document("关于供水的预案", column=make_column("yuan", "应急预案"))

    page = text(client.get(url("column", document.column.slug)))
    hidden = dict(re.findall(r'<input type="hidden" name="(kind|column)" value="([^"]*)">', page))

    for words in ("供水的", "示建〔2026〕3号", document.index_no):
        found = client.get(reverse("search:search"), {"q": words, **hidden}).context["hits"]
        assert [hit["url"] for hit in found] == [url("document", document.key)], words


def test_a_row_shows_number_title_document_number_and_both_dates(client):
    document = make_published_document("关于供水的通知", doc_no="示建〔2026〕3号")

    page = text(client.get(url("documents")))

    head, tail = document.index_no.split("/")
    for words in (f"{head}/<wbr>{tail}", "关于供水的通知", "示建〔2026〕3号", "2026-03-06", "2026-03-09"):
        assert words in page


@pytest.mark.parametrize(
    "asked",
    [
        "year=²",
        "year=20260",
        "department=nobody",
        "topic=99",
        "validity=yes",
        "item=9-9",
        "after=x~1",
        "before=1~0",
        "after=1~1&before=1~1",
    ],
)
def test_what_the_address_asks_wrongly_is_named_and_left_out(client, asked):
    make_published_document()

    page = client.get(f"{url('documents')}?{asked}")

    assert page.status_code == 422
    assert "网址里的" in text(page) and page.context["counted"].count == 1
    assert client.get(f"{url('documents_csv')}?{asked}").status_code == 422


def test_pages_follow_one_another_without_gap_or_double(client):
    made = make_many_published(45)

    seen, path = [], url("documents")
    for _ in range(3):
        page = client.get(path)
        seen += [row["key"] for row in page.context["rows"]]
        path = url("documents") + page.context["page"]["next_url"]

    assert page.context["page"]["next_url"] == ""
    assert seen == [document.key for document in reversed(made)]


def test_the_way_back_leads_page_by_page_over_the_same_rows(client):
    make_many_published(65)
    there, path = [], url("documents")
    for _ in range(4):
        page = client.get(path)
        there.append(([row["key"] for row in page.context["rows"]], path))
        path = url("documents") + page.context["page"]["next_url"]

    back = []
    while True:
        back.append([row["key"] for row in page.context["rows"]])
        previous = page.context["page"]["previous_url"]
        if not previous:
            break
        shelf.clear()
        page = client.get(url("documents") + previous)
        assert page.context["page"]["next_url"]

    assert back == [keys for keys, _ in reversed(there)]
    assert 'rel="prev"' not in text(client.get(url("documents")))


def test_a_page_before_what_is_now_the_first_is_the_first(client):
    made = make_many_published(25)
    second = client.get(url("documents") + client.get(url("documents")).context["page"]["next_url"])
    previous = second.context["page"]["previous_url"]
    Document.objects.filter(pk=made[-1].pk).update(
        state="withdrawn", withdrawn_at=at(), withdrawn_reason="有误"
    )

    page = client.get(url("documents") + previous)

    assert [row["key"] for row in page.context["rows"]] == [each.key for each in made[-2:-22:-1]]
    assert not page.context["page"]["previous_url"]


def test_a_list_narrows_to_the_days_from_and_to_both_included(client):
    for day in (8, 9, 10, 11):
        moment = at(date(2026, 3, day), hour=23 if day == 10 else 0)
        make_published_document(f"三月{day}日的通知", moment=moment, formed_on=date(2026, 3, 1))

    page = client.get(url("documents") + "?since=2026-03-09&until=2026-03-10&topic=10")

    assert [row["title"] for row in page.context["rows"]] == ["三月10日的通知", "三月9日的通知"]
    assert page.context["counted"].count == 2
    assert '<input type="hidden" name="topic" value="10">' in text(page)
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}{url("documents")}">' in text(page)
    assert 'href="?topic=10">不限发布日期' in text(page)
    table = text(client.get(url("documents_csv") + "?since=2026-03-09&until=2026-03-10"))
    assert "三月9日" in table and "三月8日" not in table and "三月11日" not in table


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ("since=2026-02-30", "since", "存在的日期"),
        ("until=昨天", "until", "存在的日期"),
        ("since=2026-03-10&until=2026-03-09", "since", "起始日期晚于截止日期"),
        ("since=0001-01-01", "since", "存在的日期"),
    ],
)
def test_a_wrong_day_is_told_at_its_field_and_stays_as_typed(client, asked, field, words):
    make_published_document()

    page = client.get(f"{url('documents')}?{asked}")

    assert page.status_code == 422
    assert words in page.context["wrong"][field]
    assert f'id="{field}_error"' in text(page)
    assert asked.partition("=")[2].partition("&")[0] in text(page)
    assert page.context["counted"].count == 1
    assert words in text(client.get(f"{url('documents_csv')}?{asked}"))


def test_a_document_has_its_header_its_text_and_the_tags_of_the_standard(client):
    document = make_policy(
        "示范市供水管理办法", doc_no="示府〔2026〕9号", keywords="供水,管理", editor="李编辑", effective_on=MONDAY,
        summary="供水管理的规定", source="示范市人民政府",
    )  # fmt: skip

    page = page_of(client, document)

    for label, value in (
        ("索引号", document.index_no), ("主题分类", "城乡建设、环境保护"), ("成文日期", "2026年3月6日"),
        ("标题", "示范市供水管理办法"), ("文号", "示府〔2026〕9号"), ("发布日期", "2026年3月9日"),
        ("体裁分类", "行政规范性文件"), ("施行日期", "2026年3月9日"),
    ):  # fmt: skip
        assert re.search(rf"<dt>{label}</dt><dd[^>]*>{re.escape(value)}</dd>", page), label
    address = settings.PUBLIC_URL + url("document", document.key)
    for name, content in (
        ("ArticleTitle", "示范市供水管理办法"), ("PubDate", "2026-03-09 10:00"),
        ("ContentSource", document.publisher.name), ("ColumnName", "通知公告"), ("ColumnType", "信息公开目录"),
        ("Keywords", "供水,管理"), ("Author", "李编辑"), ("Description", "供水管理的规定"), ("Url", address),
    ):  # fmt: skip
        assert f'<meta name="{name}" content="{content}">' in page, name
    assert f'<link rel="canonical" href="{address}">' in page
    assert "本通知自印发之日起施行" in page and "来源：示范市人民政府" in page
    assert "null" not in page and "None" not in page


def test_a_policy_and_its_interpretation_lead_to_each_other(client):
    policy = make_policy("供水管理办法")
    reading = make_published_document("《供水管理办法》解读", genre="interpretation")
    make_link("interprets", reading, policy)

    assert re.search(rf"政策解读</h2>.*{reading.key}", page_of(client, policy), re.DOTALL)
    assert re.search(rf"解读的文件</h2>.*{policy.key}", page_of(client, reading), re.DOTALL)


def test_a_repealed_document_says_so_first_and_names_what_repealed_it(client):
    old, new = make_policy("旧办法"), make_policy("新办法", doc_no="示府〔2026〕10号")
    make_link("repeals", new, old)
    Document.objects.filter(pk=old.pk).update(validity="repealed")

    page = page_of(client, old)

    assert "本文件已废止" in page and str(new.key) in page and "示府〔2026〕10号" in page
    assert page.index("本文件已废止") < page.index("document__title")
    assert "本文件废止的文件" in page_of(client, new)
    assert [row["ended"] for row in client.get(url("documents")).context["rows"]] == ["", "废止"]


def test_what_lapsed_by_its_own_date_is_shown_as_lapsed(client):
    document = make_policy("限期办法", expires_on=MONDAY + timedelta(days=5))

    assert "本文件已失效" in page_of(client, document)


def test_no_link_leads_to_what_was_withdrawn(client):
    policy = make_policy("供水管理办法")
    reading = make_withdrawn_document("解读草稿", genre="interpretation")
    make_link("interprets", reading, policy)

    assert str(reading.key) not in page_of(client, policy)


def test_files_are_had_one_by_one_and_together(client):
    document = with_files("结果.pdf", "结果.pdf")

    page = page_of(client, document)
    keys = re.findall(r"/files/([0-9a-f-]{36})/", page)
    one = client.get(url("document_file", document.key, keys[0]))
    both = client.get(url("document_bundle", document.key))
    with zipfile.ZipFile(io.BytesIO(b"".join(both.streaming_content))) as bundle:
        names = bundle.namelist()

    assert b"".join(one.streaming_content).startswith(b"%PDF") and "no-store" in one["Cache-Control"]
    assert names == ["结果.pdf", "结果（2）.pdf"] and "no-store" in both["Cache-Control"]


def test_the_share_code_is_the_address_of_the_page_as_a_picture(client):
    answer = client.get(url("document_qr", make_published_document().key))

    assert answer["Content-Type"] == "image/svg+xml" and b"<svg" in answer.content


def test_a_feed_gives_the_newest_of_its_column(client):
    make_published_document("旧通知", moment=at(MONDAY - timedelta(days=7)))
    new = make_published_document("新通知")
    make_published_document("别处", column=make_column("renshi", "人事信息"))

    def titles(path):
        feed = ElementTree.fromstring(text(client.get(path)))
        return [entry.text for entry in feed.findall("a:entry/a:title", ATOM)], feed

    here, feed = titles(url("column_feed", "tongzhi"))
    assert here == ["新通知", "旧通知"]
    assert feed.find("a:entry/a:id", ATOM).text == f"urn:uuid:{new.key}"
    assert set(titles(url("feed"))[0]) == {"新通知", "旧通知", "别处"}


def test_a_list_goes_out_whole_as_csv_and_json_with_the_same_filters(client):
    make_many_published(25)
    make_published_document("=HYPERLINK(1)", topic="04", doc_no="示财〔2026〕1号")

    everything = list(
        csv.DictReader(io.StringIO(text(client.get(url("documents_csv"))).removeprefix("\ufeff")))
    )
    narrowed = json.loads(text(client.get(url("column_json", "tongzhi") + "?topic=04")))

    assert len(everything) == 26
    assert everything[0]["标题"].startswith("第") and everything[-1]["标题"]
    assert [row["标题"] for row in everything if "HYPERLINK" in row["标题"]] == ["'=HYPERLINK(1)"]
    assert [row["doc_no"] for row in narrowed["documents"]] == ["示财〔2026〕1号"]
    assert narrowed["documents"][0]["published_on"] == "2026-03-09"


def test_a_list_longer_than_a_chunk_goes_out_without_gap_or_double(client, monkeypatch):
    monkeypatch.setattr("disclosure.catalogue.pages.CHUNK", 4)
    made = make_many_published(9)

    rows = json.loads(text(client.get(url("documents_json"))))["documents"]

    assert [row["index_no"] for row in rows] == [document.index_no for document in reversed(made)]


def test_the_map_for_search_engines_splits_and_dates_what_it_lists(client, monkeypatch):
    document = make_published_document()
    monkeypatch.setattr("portal.site.views.crawlers.MOST", document.pk + 1)
    later = make_published_document("后一件", moment=at(date(2026, 3, 10)))

    index = ElementTree.fromstring(text(client.get("/sitemap.xml")))
    parts = {each.text.rsplit("/", 1)[1] for each in index.findall("s:sitemap/s:loc", MAP)}
    first = ElementTree.fromstring(text(client.get("/sitemap-documents-0.xml")))
    second = text(client.get("/sitemap-documents-1.xml"))

    assert parts == {"sitemap-pages.xml", "sitemap-documents-0.xml", "sitemap-documents-1.xml"}
    assert [each.text for each in first.findall("s:url/s:loc", MAP)] == [
        settings.PUBLIC_URL + url("document", document.key)
    ]
    assert [each.text for each in first.findall("s:url/s:lastmod", MAP)] == ["2026-03-09"]
    assert str(later.key) in second and "2026-03-10" in second
    assert url("column", "tongzhi") in text(client.get("/sitemap-pages.xml"))
    assert client.get("/sitemap-nothing.xml").status_code == 404
    assert "Sitemap: " in text(client.get("/robots.txt"))


def test_the_interface_gives_a_document_by_its_number_with_its_plain_text(client):
    document = with_files("结果.pdf")

    told = client.get(f"/api/v1/documents/{document.index_no}").json()

    assert told["title"] == "示范市排水设施普查结果" and told["index_no"] == document.index_no
    assert "本通知自印发之日起施行" in told["text"] and "<p>" not in told["text"]
    assert told["files"][0]["url"].startswith(settings.PUBLIC_URL)
    assert told["topic"] == "城乡建设、环境保护" and told["column"] == "tongzhi"


def test_the_interface_gives_the_columns_as_a_tree(client):
    make_column("guifan", "行政规范性文件", parent=make_column("zhengce", "政策文件"))
    make_column("closed", "停用的栏目", is_active=False)

    told = {row["slug"]: row for row in client.get("/api/v1/columns").json()}

    assert set(told) == {"zhengce", "guifan"}
    assert told["guifan"]["parent"] == "zhengce" and told["guifan"]["feed"].endswith("/guifan/feed/")


def test_a_column_no_longer_used_has_no_page(client):
    make_column("closed", "停用的栏目", is_active=False)

    for name in ("column", "column_feed", "column_csv", "column_json"):
        assert client.get(url(name, "closed")).status_code == 404


def test_every_list_asks_the_same_few_questions_however_long_it_is(client, django_assert_max_num_queries):
    make_many_published(3)
    paths = [
        (url("home"), 4), (url("documents"), 5), (url("column", "tongzhi"), 7), (url("feed"), 2),
        (url("documents_csv"), 2), (url("documents_json"), 2), ("/sitemap.xml", 2), ("/sitemap-documents-0.xml", 2),
    ]  # fmt: skip

    def asked():
        return {path: queries(client, path, most, django_assert_max_num_queries) for path, most in paths}

    few = asked()
    make_many_published(40, column=make_column("tongzhi"))
    assert asked() == few


def queries(client, path, most, assert_max):
    shelf.clear()  # of a page that was kept it would be one
    with assert_max(most) as seen:
        text(client.get(path))
    return len(seen.captured_queries)


def test_a_document_asks_the_same_few_questions_however_much_hangs_on_it(
    client, django_assert_max_num_queries
):
    document = with_files("结果.pdf")
    few = queries(client, url("document", document.key), 8, django_assert_max_num_queries)
    for other in make_many_published(6, column=make_column("renshi", "人事信息")):
        make_link("interprets", other, document)

    assert queries(client, url("document", document.key), 8, django_assert_max_num_queries) == few
