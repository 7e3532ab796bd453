"""The publishing desk, as the people of the chain see it."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from disclosure import sweeps
from disclosure.admin import document_lists
from disclosure.models import SECRECY_CHECKLIST, Column, Document, DocumentVersion, VersionStatus
from disclosure.workflow import documents, review, scans
from portal.audit.models import Entry
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import png
from tests.disclosure import makers
from tests.people.makers import make_clerk, make_department

pytestmark = pytest.mark.django_db
LIST = "admin:disclosure_documentversion_"


def now():
    return timezone.now()


def sit(client: Client, role: str) -> Client:
    client.force_login(makers.make_staff(role))
    return client


def page(client: Client, version: DocumentVersion) -> str:
    return client.get(reverse(f"{LIST}work", args=[version.pk])).content.decode()


def do(client: Client, version: DocumentVersion, code: str, **given: object):
    data = {f"{code}-{name}": value for name, value in given.items()}
    return client.post(reverse(f"{LIST}act", args=[version.pk, code]), data)


def test_a_notice_goes_from_the_editors_form_to_the_public_through_the_pages(client):
    column = makers.make_column()
    sit(client, PostRole.EDITOR)
    filled = {
        "title": "关于开展燃气安全检查的通知", "publisher": makers.make_publisher().pk, "column": column.pk,
        "body": "各单位：\n现将有关事项通知如下。", "formed_on": str(timezone.localdate() - timedelta(days=1)),
        "topic": "10", "genre": "notice", "statutory_item": "20-13", "attribute": "proactive", "scope": "public",
        "doc_no": "示建[2026]第7号", "methods": ["website"],
    }  # fmt: skip

    refused = client.post(reverse(f"{LIST}new"), filled)
    assert refused.status_code == 422
    assert "不加“第”字" in refused.content.decode()
    assert "现将有关事项通知如下" in refused.content.decode()
    answer = client.post(reverse(f"{LIST}new"), {**filled, "doc_no": "示建[2026]7号"})
    version = DocumentVersion.objects.get()
    assert answer.url == reverse(f"{LIST}work", args=[version.pk])
    assert version.doc_no == "示建〔2026〕7号"
    do(client, version, "attach", file=SimpleUploadedFile("附表.png", png()), title="附表")
    assert "读不出文字" in page(client, version)
    assert do(client, version, "submit").status_code == 302
    assert "您已是本文件的起草人" not in page(client, version)

    sit(client, PostRole.REVIEWER)
    assert "关于开展燃气安全检查的通知" in client.get(reverse(f"{LIST}review")).content.decode()
    assert do(client, version, "review", opinion="").status_code == 422
    do(client, version, "review", opinion="同意。")
    sit(client, PostRole.SECRECY)
    short = do(client, version, "clear", opinion="不涉密。", checklist=["safety"])
    assert short.status_code == 422
    assert "还有4项没有确认" in short.content.decode()
    do(client, version, "clear", opinion="不涉密。", checklist=list(SECRECY_CHECKLIST))
    sit(client, PostRole.APPROVER)
    do(client, version, "approve", opinion="同意发布。")

    document = Document.objects.get()
    assert document.is_visible_to(None, now())
    assert document.index_no in client.get(reverse(f"{LIST}public")).content.decode()
    assert do(client, version, "withdraw", reason="").status_code == 422
    do(client, version, "withdraw", reason="附表有误，更正后重新公开。")
    assert not Document.objects.visible_to(None, now()).exists()
    assert "附表有误" in page(client, version)


def test_two_who_edit_the_same_draft_do_not_overwrite_each_other(client):
    version = makers.make_draft(moment=now())
    sit(client, PostRole.EDITOR)
    address = reverse(f"{LIST}edit", args=[version.pk])
    form = client.get(address).context["form"]
    filled = {name: value if value is not None else "" for name, value in form.initial.items()}
    documents.edit(version, by=version.author, at=now(), summary="另一人的概述")

    answer = client.post(address, {**filled, "title": "我的标题"})

    assert answer.status_code == 422
    assert "有人改过这份文件" in answer.content.decode()
    assert "我的标题" in answer.content.decode()
    version.refresh_from_db()
    assert version.summary == "另一人的概述"


def test_who_has_no_place_in_the_department_sees_nothing_of_a_draft(client):
    version = makers.make_draft(moment=now())
    client.force_login(make_clerk(PostRole.REVIEWER, make_department("jtj")))
    for name in ("work", "edit", "preview", "compare"):
        assert client.get(reverse(f"{LIST}{name}", args=[version.pk])).status_code == 404
    assert client.get(reverse(f"{LIST}new")).status_code == 403
    for scope in ("mine", "review", "department", "public"):
        assert version.title not in client.get(reverse(f"{LIST}{scope}")).content.decode()


def test_a_revision_shows_beside_the_former_version_what_changed(client):
    document = makers.make_published_document(moment=now() - timedelta(hours=1))
    sit(client, PostRole.EDITOR)
    answer = do(client, document.current, "revise", change_note="更正第一条。")
    version = document.open_version
    assert answer.url == reverse(f"{LIST}work", args=[version.pk])
    documents.edit(
        version, by=version.author, at=now(), formed_on=document.current.formed_on,
        body=document.current.body.replace("施工许可管理", "施工许可办理"),
    )  # fmt: skip

    shown = client.get(reverse(f"{LIST}compare", args=[version.pk])).content.decode()

    assert "<ins>办</ins>" in shown
    assert "<del>管</del>" in shown
    assert client.get(reverse(f"{LIST}compare", args=[document.current.pk])).status_code == 404
    assert client.get(reverse(f"{LIST}preview", args=[version.pk])).status_code == 200


def test_an_interpretation_is_linked_by_the_number_of_its_policy(client):
    policy = makers.make_submitted("示范市燃气管理办法", genre="normative", moment=now())
    reading = makers.make_draft("《示范市燃气管理办法》解读", genre="interpretation", moment=now())
    sit(client, PostRole.EDITOR)

    assert do(client, reading, "link", kind="interprets", target="999999").status_code == 422
    assert do(client, reading, "link", kind="interprets", target=policy.document.pk).status_code == 302

    assert "被解读于" in page(client, policy)
    link = reading.document.links_out.get()
    assert do(client, reading, "unlink", link=link.pk, reason="关联错误").status_code == 302
    assert not reading.document.links_out.exists()


def test_a_hint_of_personal_data_is_passed_on_the_page_by_a_reviewer(client):
    version = makers.make_submitted(body="值班手机13912345678。", moment=now())
    sit(client, PostRole.REVIEWER)
    assert "139****5678" in page(client, version)
    assert "13912345678" not in page(client, version).split("个人信息提示")[1].split("</table>")[0]

    do(client, version, "override", finding=version.findings.get().pk, reason="公布的值班电话")

    assert "公布的值班电话" in page(client, version)
    scans.require_clear(version)


def test_an_emergency_waits_for_late_approval_in_the_approvers_list(client):
    version = makers.make_draft("关于暴雨红色预警的通告", moment=now())
    sit(client, PostRole.HEAD)
    do(client, version, "urgent", reason="暴雨红色预警。", checklist=list(SECRECY_CHECKLIST))
    version.refresh_from_db()
    assert version.status == VersionStatus.PUBLISHED

    sit(client, PostRole.APPROVER)
    assert "暴雨红色预警" in client.get(reverse(f"{LIST}review")).content.decode()
    do(client, version, "ratify", opinion="补批同意。")
    assert "暴雨红色预警" not in client.get(reverse(f"{LIST}review")).content.decode()


def test_lists_and_the_page_ask_the_database_no_more_for_more_documents(client):
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    makers.make_many_published(2)
    version = makers.make_submitted("待审的文件", moment=now())
    sit(client, PostRole.REVIEWER)
    addresses = [
        reverse(f"{LIST}{scope}") for scope in ("mine", "review", "department", "public", "takedown")
    ]
    addresses.append(reverse(f"{LIST}work", args=[version.pk]))
    for address in addresses:
        client.get(address)
    few = [count(address) for address in addresses]
    for n in range(6):
        makers.make_submitted(f"另一份待审的文件{n}", moment=now())
        makers.make_published_document(f"另一份公开的文件{n}")

    assert [count(address) for address in addresses] == few
    assert max(few) < 40


def test_the_office_keeps_the_columns_and_every_change_has_its_entry(client):
    office = make_department("zwgk", name="示范市政务公开办公室")
    parent = makers.make_column("gongkai", "政府信息公开")
    child = makers.make_column("zhengce", "政策", parent=parent)
    client.force_login(make_clerk(PostRole.PUBLICITY, office))
    address = reverse("admin:disclosure_column_change", args=[parent.pk])
    form = client.get(address).context["adminform"].form
    filled = {name: value if value is not None else "" for name, value in form.initial.items()}

    wrong = client.post(address, {**filled, "parent": child.pk})
    assert wrong.status_code == 200
    assert "不能是本栏目或者它的下级栏目" in wrong.content.decode()
    assert client.post(address, {**filled, "name": "信息公开"}).status_code == 302
    assert Column.objects.get(pk=parent.pk).name == "信息公开"
    assert Entry.objects.of(parent).get().action == "disclosure.column.changed"

    client.force_login(makers.make_staff(PostRole.PUBLICITY))
    refused = client.post(address, {**filled, "name": "别的名字"})
    assert "由政务公开主管部门统一维护" in refused.content.decode()


def test_a_policy_and_its_interpretation_are_approved_and_published_together():
    policy = makers.make_ready("示范市燃气管理办法", genre="normative", moment=now())
    reading = makers.make_ready("《示范市燃气管理办法》解读", genre="interpretation", moment=now())
    makers.make_link("interprets", reading.document, policy.document)
    later = now() + timedelta(hours=2)

    makers.approve(policy, moment=now(), publish_at=later)

    reading.refresh_from_db()
    assert reading.status == VersionStatus.SCHEDULED
    assert reading.publish_at == later
    review.recall(reading, by=reading.author, at=now())
    assert sweeps.publish_due(at=later + timedelta(minutes=1)) == 0
    assert not Document.objects.visible_to(None, later + timedelta(minutes=1)).exists()


def test_a_returned_draft_says_first_why_and_a_take_down_by_when(client):
    version = makers.make_submitted(moment=now())
    by = makers.make_staff(PostRole.REVIEWER)
    review.return_to_author(version, reason="请补充施行日期。", by=by, at=now())
    document = makers.make_published_document("将撤下的处罚决定", moment=now() - timedelta(days=1))
    document = documents.order_takedown(
        document, reason="决定被撤销。", changed_on=timezone.localdate(), by=None, at=now()
    )
    due = document.takedown_clock.due_on

    sit(client, PostRole.EDITOR)
    head = page(client, version).partition("</header>")[0]
    assert "退回（部门审核）：请补充施行日期。" in head
    assert f"应于 {due.year}年{due.month}月{due.day}日 前撤下" in page(client, document.current)
    assert "决定被撤销。" in page(client, document.current)
    decider = Client()
    sit(decider, PostRole.APPROVER)
    assert re.search(
        r'<textarea[^>]*name="withdraw-reason"[^>]*>\s*决定被撤销。', page(decider, document.current)
    )
    why = client.get(
        reverse(f"{LIST}date", args=[document.current.pk, document.takedown_clock.public_key])
    ).content.decode()
    assert "为什么是这一天" in why and "将撤下的处罚决定" in why
    for scope in ("public", "takedown"):
        (line,) = client.get(reverse(f"{LIST}{scope}")).context["listing"].lines
        assert line.clock == document.takedown_clock
    review.submit(version, by=version.author, at=now())
    assert "退回（部门审核）" not in page(client, version).partition("</header>")[0]


def test_a_draft_is_refused_at_every_field_at_once_and_keeps_what_was_typed(client):
    makers.make_publisher()
    sit(client, PostRole.EDITOR)
    answer = client.post(
        reverse(f"{LIST}new"), {"title": "", "doc_no": "示建〔2026〕07号", "body": "正文一段"}
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) >= {"title", "column", "doc_no", "publisher"}
    assert "正文一段" in answer.content.decode()


def test_a_day_that_cannot_be_is_refused_before_anyone_reviews(client):
    version = makers.make_draft(moment=now())
    yesterday = timezone.localdate() - timedelta(days=1)
    documents.edit(version, by=version.author, at=now(), public_until=yesterday)
    with pytest.raises(RuleBroken, match="限时公开的最后一天不能早于今天"):
        review.submit(version, by=version.author, at=now())
    with pytest.raises(RuleBroken, match="不予公开的，请写明理由"):
        documents.edit(version, by=version.author, at=now(), attribute="withheld")


def test_what_waits_for_a_word_stands_by_its_date_and_the_pages_follow_on(client, monkeypatch):
    monkeypatch.setattr(document_lists, "PAGE", 2)
    today = timezone.localdate()
    for days in (2, 9, 5, 5):
        makers.make_submitted(f"第{days}天", moment=now(), formed_on=today - timedelta(days=days))
    sit(client, PostRole.REVIEWER)
    address = reverse(f"{LIST}review")

    seen, after = [], ""
    while True:
        listing = client.get(address + after).context["listing"]
        seen += [line.version.title for line in listing.lines]
        after = listing.next_url
        if not after:
            break

    assert seen == ["第9天", "第5天", "第5天", "第2天"]
    for wrong in ("x", "2026-01-01", "2026-13-01~1", "2026-01-01~x", "~", "9" * 30):
        assert len(client.get(address, {"after": wrong}).context["listing"].lines) == 2
