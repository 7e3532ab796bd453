"""The pages of published documents, on a phone and on a desk: axe finds nothing, nothing scrolls sideways."""

import pytest
from django.urls import reverse

from disclosure.models import Document
from tests.disclosure.makers import (
    make_column,
    make_link,
    make_many_published,
    make_policy,
    make_published_document,
    make_withdrawn_document,
)
from tests.site.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = (
    "<p>各区人民政府：</p><h2>一、范围</h2><p>适用本办法。</p><table><thead><tr><th>情形</th><th>承诺时限</th></tr></thead>"
    "<tbody><tr><td>新建工程的规划、建设、运行和维护管理</td><td>5个工作日</td></tr></tbody></table>"
    "<h3>（一）网址</h3><p>https://www.shifan.gov.cn.example/" + "a" * 120 + "</p>"
)


@pytest.fixture
def pages() -> list[str]:
    """Every page there is, with everything on it."""
    top = make_column("zhengce", "政策文件")
    for entry in ("guide", "system", "gazette"):
        make_column(entry, "固定入口", entry=entry)
    column = make_column("guifan", "行政规范性文件", parent=top)
    more = {
        "body": BODY,
        "column": column,
        "doc_no": "示府办〔2026〕7号",
        "summary": "概述",
        "editor": "编辑",
    }
    new, old = make_policy("示范市城镇供水管理办法", **more), make_policy("示范市供水管理暂行办法", **more)
    reading = make_published_document("一图读懂供水管理办法", genre="interpretation")
    make_link("repeals", new, old)
    make_link("interprets", reading, new)
    Document.objects.filter(pk=old.pk).update(validity="repealed")
    make_many_published(22)
    gone = make_withdrawn_document("撤下的文件")

    def at(name: str, *args: object) -> str:
        return reverse(f"disclosure:{name}", args=args)

    return [
        at("home"),
        at("column", "zhengce"),
        at("column", "guide"),
        at("documents") + "?topic=10&item=20-5",
        at("documents") + "?topic=99",
        *(at("document", document.key) for document in (new, old, reading, gone)),
    ]


def test_axe_finds_nothing_on_any_page_of_what_is_published(browser, live_server, pages):
    page = browser.new_context(locale="zh-CN").new_page()
    found = {}
    for path in pages:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        if here := faults(page):
            found[path] = here
    page.context.close()
    assert not found


def test_the_size_of_the_text_is_chosen_without_a_script(browser, live_server, pages):
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + pages[5])
    before = page.locator(".prose").bounding_box()
    page.get_by_label("大", exact=True).check()
    after = page.locator(".prose").bounding_box()
    context.close()
    assert before and after and after["height"] > before["height"]
