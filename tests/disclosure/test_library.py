import json
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from disclosure import articles
from disclosure.models import Act, ActStatus, Succession
from disclosure.workflow import library
from portal.audit import workflow as audit
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.site import findable
from tests.approvals.makers import make_item
from tests.disclosure.law_makers import make_act, make_law_article, make_librarian
from tests.people.makers import make_clerk

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def librarian(client):
    user = make_librarian()
    client.force_login(user)
    return user


def as_data(client, **query: str) -> list[dict[str, str]]:
    return json.loads(client.get("/laws.json", query).getvalue())


def deed(act: Act, code: str) -> str:
    return reverse("admin:disclosure_act_deed", args=[act.pk, code])


@pytest.mark.parametrize(
    ("number", "address", "stands_at"),
    [
        ("第八条", "8", (8, 0, 0, 0)),
        ("第一百二十三条", "123", (123, 0, 0, 0)),
        ("第三十二条第一款第（四）项", "32-1-4", (32, 0, 1, 4)),
        ("第三十二条第五项", "32-0-5", (32, 0, 0, 5)),
        ("第二十条之一", "20_1", (20, 1, 0, 0)),
        ("第1001条", "1001", (1001, 0, 0, 0)),
        ("3.1.2", "3-1-2", (3, 1, 2)),
        ("施工总承包序列资质标准", "", (99_999, 0, 0, 0)),
    ],
)
def test_the_number_of_an_article_is_its_address_and_its_place(number, address, stands_at):
    assert (articles.anchor(number), articles.place(number)) == (address, stands_at)


def test_status_follows_from_the_dates_in_the_row_and_in_the_query():
    old = make_act(
        "中华人民共和国政府信息公开条例",
        doc_no="国务院令第492号",
        issued_on=date(2007, 4, 5),
        effective_on=date(2008, 5, 1),
    )
    new = make_act(
        "中华人民共和国政府信息公开条例",
        doc_no="国务院令第711号",
        issued_on=date(2019, 4, 3),
        effective_on=date(2019, 5, 15),
    )
    library.supersede(old, later=new, kind=Succession.Kind.REVISES, by=None, at=NOW())
    void = library.repeal(make_act("某规定"), on=date(2020, 1, 1), basis="某决定", by=None, at=NOW())
    old.refresh_from_db()

    for on, told in {
        date(2008, 4, 30): [ActStatus.NOT_YET, ActStatus.NOT_YET, ActStatus.IN_FORCE],
        date(2019, 5, 14): [ActStatus.IN_FORCE, ActStatus.NOT_YET, ActStatus.IN_FORCE],
        date(2019, 5, 15): [ActStatus.AMENDED, ActStatus.IN_FORCE, ActStatus.IN_FORCE],
        date(2020, 1, 1): [ActStatus.AMENDED, ActStatus.IN_FORCE, ActStatus.REPEALED],
    }.items():
        assert [act.status_on(on) for act in (old, new, void)] == told
        asked = dict(Act.objects.with_status(on).values_list("pk", "status"))
        assert [asked[act.pk] for act in (old, new, void)] == told


def test_nothing_takes_the_place_of_what_follows_it():
    first, second, third = (make_act(f"办法{n}", effective_on=date(2010 + n, 1, 1)) for n in range(3))
    library.supersede(first, later=second, kind="replaces", by=None, at=NOW())
    library.supersede(second, later=third, kind="replaces", by=None, at=NOW())

    with pytest.raises(RuleBroken, match="不能反过来取代"):
        library.supersede(third, later=first, kind="replaces", by=None, at=NOW())
    with pytest.raises(RuleBroken, match="已经登记过"):
        library.supersede(first, later=second, kind="replaces", by=None, at=NOW())


def test_a_succession_registered_by_mistake_is_taken_back_with_a_reason():
    old, new = make_act("旧办法"), make_act("新办法")
    library.supersede(old, later=new, kind="replaces", by=None, at=NOW())

    act = library.restore(old, reason="登记错了文件", by=None, at=NOW())

    assert act.status_on(date(2026, 11, 1)) == ActStatus.IN_FORCE
    assert not Succession.objects.exists()
    assert [entry.action for entry in audit.history(old)] == [
        "disclosure.act.entered", "disclosure.act.superseded", "disclosure.act.restored"
    ]  # fmt: skip


def test_only_the_disclosure_office_writes_into_the_library():
    with pytest.raises(RuleBroken, match="政务公开机构维护"):
        library.keep_act(Act(title="某办法", level="normative"), by=make_clerk("head"), at=NOW())
    assert not Act.objects.exists()


def test_a_form_saved_unchanged_leaves_no_entry_and_a_changed_one_tells_both_values(client, librarian):
    act = make_act()
    page = reverse("admin:disclosure_act_change", args=[act.pk])
    form = {
        "title": act.title, "level": "law", "doc_no": act.doc_no, "issuer": act.issuer, "issued_on": "2003-08-27",
        "effective_on": "2004-07-01", "amended_on": "", "url": "", "is_certain": "on",
    }  # fmt: skip

    assert client.post(page, form).status_code == 302
    assert audit.history(act).count() == 1
    assert client.post(page, form | {"amended_on": "2019-04-23"}).status_code == 302
    assert audit.history(act).last().facts == {"amended_on": [None, "2019-04-23"]}
    assert "不能早于公布日期" in client.post(page, form | {"effective_on": "1999-01-01"}).content.decode()


def test_the_office_enters_articles_and_registers_what_ends_an_act(client, librarian):
    old, new = make_act("旧办法"), make_act("新办法", effective_on=date(2026, 1, 1))

    client.post(
        reverse("admin:disclosure_article_add"),
        {"act": new.pk, "number": "第三条", "text": "条件", "is_certain": "on"},
    )
    client.post(deed(old, "supersede"), {"later": new.pk, "kind": "replaces", "on": "", "basis": "附则"})

    assert new.articles.get().number == "第三条"
    old.refresh_from_db()
    assert old.repealed_on == date(2026, 1, 1)
    refused = client.post(deed(old, "repeal"), {"on": "2026-02-01", "basis": "决定"})
    assert refused.status_code == 422
    assert "已登记自2026-01-01起废止" in refused.content.decode()


def test_what_is_not_compared_with_the_original_is_for_staff_only(client, librarian):
    act, doubtful = make_act(), make_act("燃气经营许可管理办法", is_certain=False)
    sure, guess = make_law_article(act), make_law_article(act, "第九条", "不确定的内容", is_certain=False)

    page = client.get(reverse("admin:disclosure_act_changelist"), {"is_certain__exact": "0"}).content.decode()
    assert doubtful.title in page and act.title not in page
    client.logout()
    assert client.get(doubtful.address).status_code == 404
    assert client.get(guess.address).status_code == 404
    assert guess.text not in client.get(act.address).content.decode()
    for exit_ in ("/laws/", "/laws.csv", "/laws.json"):
        answer = client.get(exit_)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert act.title in text and doubtful.title not in text, exit_
    assert [hit.url for hit in search.find("告知补正").rows] == [sure.address]
    assert not search.find("不确定的内容").rows and not search.find("燃气经营").rows


def test_the_list_is_narrowed_and_says_so_when_nothing_is_left(client):
    make_act()
    make_act("建设工程文件归档规范", level="gb_t", doc_no="GB/T 50328-2014", issuer="住房和城乡建设部")
    make_act("某公式", level="normative", doc_no="=1+1", issuer="市政府", effective_on=date(2999, 1, 1))

    def listed(**query: str) -> list[str]:
        return [act.title for act, _ in client.get("/laws/", query).context["acts"]]

    assert (
        listed(q="归档")
        == listed(q="50328")
        == listed(level="gb_t")
        == listed(issuer="住房和城乡建设部")
        == ["建设工程文件归档规范"]
    )
    assert listed(status="not_yet") == ["某公式"]
    assert "没有符合条件的文件" in client.get("/laws/", {"q": "没有的"}).content.decode()
    assert "'=1+1" in client.get("/laws.csv").getvalue().decode()
    assert [row["status"] for row in as_data(client, level="normative")] == ["尚未生效"]
    assert as_data(client, q="没有的") == []


def test_pages_of_the_list_hold_every_act_once_and_cost_the_same(client, django_assert_num_queries):
    for n in range(33):
        make_act(f"第{n}号办法", issued_on=date(2001, 1, 1 + n // 3) if n < 30 else None)
    seen: list[str] = []
    address = "/laws/"
    while address:
        with django_assert_num_queries(4 if "after" in address else 3):
            context = client.get(address).context
        seen += [act.title for act, _ in context["acts"]]
        address = f"/laws/{context['page']['next_url']}" if context["page"]["next_url"] else ""
    assert len(seen) == len(set(seen)) == 33
    assert seen[-1] == "第30号办法"  # undated ones last


def test_an_act_shows_its_articles_in_order_and_what_came_before_and_after(client, django_assert_num_queries):
    old, act = make_act("旧条例"), make_act("新条例")
    library.supersede(old, later=act, kind="replaces", by=None, at=NOW())
    for number in ("第十条", "第二条", "附件", "第二条第二款"):
        make_law_article(act, number)

    with django_assert_num_queries(5):
        page = client.get(act.address)
    assert [article.number for article in page.context["articles"]] == [
        "第二条",
        "第二条第二款",
        "第十条",
        "附件",
    ]
    assert 'id="a-2-2"' in page.content.decode()
    assert old.address in page.content.decode()
    assert act.address in client.get(old.address).content.decode()


def test_the_page_of_an_article_lists_the_guides_and_the_texts_that_cite_it(
    client, django_assert_max_num_queries
):
    version = make_item()
    article = version.legal_bases.first().article
    rule = make_law_article(make_act("某实施细则"), "第三条", f"办理{article}规定的许可。")

    with django_assert_max_num_queries(12):
        page = client.get(article.address)
    text = page.content.decode()
    assert f"/guides/{version.item.code}/" in text
    assert rule.address in text
    assert article.address in client.get(f"/guides/{version.item.code}/").content.decode()
    assert "没有引用本条" in client.get(rule.address).content.decode()


def test_reconciling_finds_the_index_as_the_workflow_left_it():
    make_law_article(make_act())
    make_law_article(make_act("待核办法", is_certain=False))

    difference = findable.reconcile()["article"]

    assert not (difference.added or difference.changed or difference.removed)
