"""Every page of the publishing desk, on a phone and on a desk: axe finds nothing, no English, nothing overlaps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import Page

from disclosure.models import ExitCheck
from disclosure.workflow import batches, documents, review
from portal.people.models import Department, PostRole, User
from tests.disclosure import makers
from tests.disclosure.batch_makers import make_row, make_table
from tests.people.makers import make_clerk, make_department
from tests.site.test_staff_axe import PHONE, faults, sit_down
from tests.site.test_staff_axe import tab as tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAID_OVER = """() => [...document.querySelectorAll(".desk-table--papers tbody tr")].some((row) => {
    const boxes = [...row.cells].map((cell) => cell.getBoundingClientRect()).filter((box) => box.width && box.height);
    return boxes.some((one, n) => boxes.slice(n + 1).some((other) =>
        one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1));
})"""


def desk(name: str, *args: object) -> str:
    return reverse(f"admin:disclosure_{name}", args=args)


def version_page(name: str, *args: object) -> str:
    return desk(f"documentversion_{name}", *args)


def stroll() -> list[tuple[User, str]]:
    """Who opens which page: something at every step of the chain, and what became of it after."""
    now = timezone.now()
    editor, approver = makers.make_staff(PostRole.EDITOR), makers.make_staff(PostRole.APPROVER)
    office = make_clerk(PostRole.PUBLICITY, make_department("zwgk", name="示范市政务公开办公室"))
    draft = makers.make_draft("起草中的通知", body="<p>联系电话13912345678。</p>", moment=now)
    returned = makers.make_submitted("退回的通知", moment=now)
    reviewer = makers.make_staff(PostRole.REVIEWER)
    review.return_to_author(returned, reason="请补充施行日期。", by=reviewer, at=now)
    blocked = makers.make_submitted("含有号码的公示", body="<p>13912345678</p>", moment=now)
    blocked = review.review(blocked, opinion="同意。", by=reviewer, at=now)
    ready = makers.make_ready("待批准的通知", moment=now)
    earlier = now - timedelta(days=2)
    public = makers.make_published_document("将撤下的处罚决定", moment=earlier)
    documents.order_takedown(public, reason="处罚决定被撤销。", changed_on=localdate(now), by=editor, at=now)
    changed = documents.revise(public, by=editor, at=now, change_note="更正一处。")
    documents.edit(changed, title="更正后的处罚决定", by=editor, at=now)
    gone = makers.make_withdrawn_document("已撤下的公告", moment=earlier)
    check = ExitCheck.objects.create(
        document=gone, exit="检索结果", address="/search/?q=公告", opened_at=now, seen_at=now
    )
    rows = make_row(), make_row("第二份", 主题分类="天文", 正文="请联系13912345678。")
    batch = batches.receive(make_table(*rows), name="旧网站.csv", by=office, at=now)
    batch = batches.check(batch, at=now)
    works = [(editor, draft), (editor, returned), (makers.make_staff(PostRole.SECRECY), blocked)]
    works += [(approver, ready), (approver, public.current), (office, gone.current)]
    return [
        *((editor, version_page(scope)) for scope in ("mine", "review", "department", "public", "takedown")),
        (editor, version_page("mine") + "?q=没有的文件"),
        (editor, version_page("new")),
        (editor, version_page("edit", draft.pk)),
        (editor, version_page("preview", draft.pk)),
        (editor, version_page("compare", changed.pk)),
        (editor, version_page("date", draft.pk, draft.document.publication_clock.public_key)),
        *((person, version_page("work", version.pk)) for person, version in works),
        (office, desk("exitcheck_changelist")),
        (office, desk("exitcheck_change", check.pk)),
        (office, desk("column_changelist")),
        (office, desk("column_change", public.column_id)),
        (editor, desk("column_change", public.column_id)),
        (office, desk("importbatch_changelist")),
        (office, desk("importbatch_add")),
        (office, desk("importbatch_change", batch.pk)),
        (office, desk("importbatch_deed", batch.pk, "begin")),
    ]


def mistakes(tab: Page, site: str, editor: User) -> list[str]:
    """The forms filled in wrongly by hand: each says at the field what to mend."""
    sit_down(tab, site, editor)
    tab.goto(site + version_page("new"))
    tab.fill("[name=title]", "")
    tab.fill("[name=doc_no]", "示建〔2026〕第7号")
    tab.get_by_role("button", name="保存草稿").click()
    seen = ["请填写标题。", "请选择栏目。", "不加“第”字"]
    wanting = [words for words in seen if not tab.locator(".field__error", has_text=words).count()]
    assert tab.locator("[name=doc_no]").input_value() == "示建〔2026〕第7号"
    return wanting


def test_no_page_of_the_publishing_desk_has_a_fault(tab: Page, live_server):
    site, found, seated = live_server.url, {}, None
    visits, shapes = stroll(), set()
    names = {
        *User.objects.values_list("username", flat=True),
        *Department.objects.values_list("code", flat=True),
    }
    for person, path in visits:
        if person != seated:
            sit_down(tab, site, person)
            seated = person
        answer = tab.goto(site + path)
        assert answer and answer.status == 200, path
        here = faults(tab, names | {"tongzhi"}, shapes)
        tab.set_viewport_size({"width": PHONE, "height": 900})
        if tab.evaluate(LAID_OVER):
            here.append("lies over another")
        if here:
            found[path] = here
    assert not mistakes(tab, site, visits[0][0])
    if here := faults(tab, names, shapes):
        found["a draft refused"] = here
    assert not found, "\n".join(f"{path}: {fault}" for path, here in found.items() for fault in here)
