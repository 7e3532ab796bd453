"""The item editor: the head of a department drafts, checks and publishes its items."""

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from approvals import item_files, workflow
from approvals.admin.item_sections import SECTIONS
from approvals.models import ItemVersion, ServiceItem
from portal.audit import workflow as audit
from portal.papers.models import Attachment
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import at, make_article, make_draft_version, make_item, make_upload
from tests.people.makers import make_clerk, make_department, valid_uscc

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def version():
    return make_draft_version()


@pytest.fixture
def head(client, version):
    user = make_clerk(PostRole.HEAD, version.item.department)
    client.force_login(user)
    return user


def url(name, version, *more):
    at_version = () if name in ("new_version", "retire") else (version.number,)
    return reverse(f"admin:approvals_serviceitem_{name}", args=[version.item_id, *at_version, *more])


def filled(page):
    """What a browser would send back from an untouched page."""
    form = page.context.get("formset") if page.context.get("formset") is not None else page.context["form"]
    forms = [form] if page.context.get("formset") is None else [form.management_form, *form.forms]
    data = {"seen": page.context.get("seen", "")}
    for each in forms:
        for field in each:
            value = field.value()
            if field.widget_type == "file" or value is None or value is False:
                continue
            data[field.html_name] = field.field.prepare_value(value)
    return data


@pytest.mark.parametrize("code", SECTIONS)
def test_every_part_saved_as_it_stands_stays_as_it_is(client, head, version, code):
    version.faq = [{"q": "要多久", "a": "五天"}]
    version.save()
    before = item_files.as_entry(version)
    keys = list(version.materials.values_list("pk", flat=True))
    page = client.get(url("section", version, code))

    answer = client.post(url("section", version, code), filled(page))

    assert answer.status_code == 302, answer.context["form"].errors
    version = ItemVersion.objects.get(pk=version.pk)
    assert item_files.as_entry(version) == before
    assert list(version.materials.values_list("pk", flat=True)) == keys


def test_a_changed_limit_is_kept_and_on_record(client, head, version):
    data = filled(client.get(url("section", version, "limits")))

    client.post(url("section", version, "limits"), data | {"promise_limit": "4"})

    version.refresh_from_db()
    assert version.promise_limit == 4
    last = audit.history(version.item).last()
    assert last.action == "approvals.item.version_edited" and last.facts["fields"] == ["promise_limit"]
    assert last.actor == head
    page = client.get(url("version", version)).content.decode()
    assert "各环节时限之和为5天，超过承诺时限4个工作日" in page
    assert url("section", version, "stages") in page


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        ("basics", {"name": ""}, "请填写事项名称"),
        ("limits", {"promise_limit": "五"}, "应为数字，如 5"),
        ("limits", {"receipt_closes_at": "下午"}, "应为时:分，如 17:30"),
        ("conditions", {"row-0-when": "{field: area"}, "不是有效的YAML"),
        ("conditions", {"row-0-check_rule": "300"}, "应为键值结构"),
        ("conditions", {"row-0-check_rule": "{field: area, gte: 2026-01-01}"}, "日期和时间请加引号"),
        ("materials", {"row-1-code": "land"}, "第2行的代号与第1行相同"),
        ("materials", {"row-0-name": ""}, "请填写材料名称"),
        ("stages", {"row-0-kind": "dream"}, "请在所列选项中选择环节"),
        ("bases", {"row-0-article_id": "999999"}, "请在法规标准库所列条款中选择"),
        ("bases", {"row-0-article_id": "x"}, "请在法规标准库所列条款中选择"),
        ("materials", {"row-0-pk": "999999"}, "刚刚被人修改过"),
        ("materials", {"row-TOTAL_FORMS": "5000"}, "最多100行"),
        ("form", {"form_schema": "pages: ["}, "不是有效的YAML：第1行"),
        ("form", {"form_schema": "pages: 3"}, "应为页面的列表"),
        ("form", {"form_schema": "a: &a [1]\nb: *a"}, "不能使用YAML的引用"),
        ("form", {"form_schema": "pages: [{title: 甲, fields: [{code: a, label: 乙, type: dream}]}]"},
         "申请表“乙”的类型“dream”不存在"),
        ("form", {"form_schema": "pages: [{title: 甲, fields: [{code: a, label: 乙, type: text, when: {situation: [x]}}]}]"},
         "引用了不存在的情形“x”"),
        ("form", {"form_schema": "pages: [{title: 甲, fields: [{code: a, label: 乙, type: area, min: 多}]}]"},
         "min应为数字"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_and_nothing_is_stored(client, head, version, code, change, said):
    before = item_files.as_entry(version)
    data = filled(client.get(url("section", version, code)))

    answer = client.post(url("section", version, code), data | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert item_files.as_entry(ItemVersion.objects.get(pk=version.pk)) == before
    assert not audit.history(version.item).exists()


def test_rows_are_added_ordered_and_removed(client, head, version):
    data = filled(client.get(url("section", version, "situations")))
    data |= {"row-0-order": "9", "row-1-DELETE": "on"}
    data |= {"row-2-name": "延期", "row-2-code": "extend", "row-2-order": "1"}

    assert client.post(url("section", version, "situations"), data).status_code == 302

    assert list(version.situations.values_list("code", "order")) == [("extend", 1), ("first", 2)]


def test_two_rows_may_exchange_their_codes(version):
    rows = [{"pk": row.pk, "name": row.name, "code": row.code} for row in version.situations.all()]
    rows[0]["code"], rows[1]["code"] = rows[1]["code"], rows[0]["code"]

    workflow.replace_parts(version, "situations", rows=rows, by=None, at=at())

    assert [s.code for s in version.situations.all()] == ["change", "first"]


def test_a_blank_form_is_uploaded_and_taken_away_with_its_row(client, head, version):
    data = filled(client.get(url("section", version, "materials")))
    client.post(url("section", version, "materials"), data | {"row-0-blank_form": make_upload("空白表.png")})
    land = version.materials.get(code="land")
    assert land.blank_form.name == "空白表.png"
    shown = client.get(url("file", version, land.blank_form.key))
    assert b"".join(shown.streaming_content)

    data = filled(client.get(url("section", version, "materials")))
    client.post(url("section", version, "materials"), data | {"row-0-DELETE": "on"})
    assert not Attachment.objects.exists()


def test_a_file_that_is_not_what_it_says_is_refused_in_words(client, head, version):
    data = filled(client.get(url("section", version, "materials")))
    bad = SimpleUploadedFile("表格.pdf", b"MZ not a pdf", content_type="application/pdf")

    answer = client.post(url("section", version, "materials"), data | {"row-0-sample": bad})

    assert answer.status_code == 422 and not Attachment.objects.exists()


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(client, head, version):
    data = filled(client.get(url("section", version, "limits")))
    workflow.edit_version(version, values={"promise_limit": 6}, by=None, at=at())

    answer = client.post(url("section", version, "limits"), data | {"promise_limit": "4"})

    assert answer.status_code == 422 and "刚刚被人修改过" in answer.content.decode()
    version.refresh_from_db()
    assert version.promise_limit == 6


def test_publishing_refuses_with_every_fault_and_then_freezes(client, head, version):
    workflow.edit_version(version, values={"procedure": "", "place": ""}, by=None, at=at())

    refused = client.post(url("publish", version))

    assert refused.status_code == 422
    for fault in ("缺少办理程序", "缺少办理地点", "还不能发布"):
        assert fault in refused.content.decode()
    workflow.edit_version(version, values={"procedure": "提交—决定", "place": "二楼"}, by=None, at=at())
    assert client.post(url("publish", version)).status_code == 302
    version.refresh_from_db()
    assert version.is_current and version.published_by == head
    page = client.get(url("section", version, "limits")).content.decode()
    assert "保存时限" not in page and "法定办结时限" in page
    assert client.post(url("section", version, "limits"), {"promise_limit": 1}).status_code == 403
    with pytest.raises(RuleBroken, match="已经发布，不能修改"):
        workflow.edit_version(version, values={"promise_limit": 1}, by=None, at=at())


def test_a_published_item_gets_a_new_version_and_can_be_retired(client, head, version):
    workflow.publish(version, by=None, at=at())

    assert client.post(url("new_version", version)).status_code == 302
    assert ItemVersion.objects.get(number=2).is_draft
    assert client.post(url("retire", version), {"reason": ""}).status_code == 422
    assert client.post(url("retire", version), {"reason": "国务院决定取消"}).status_code == 302
    assert version.item.current is None


@pytest.mark.parametrize(
    ("role", "code"), [(PostRole.HEAD, "ghj"), (PostRole.HANDLER, "zjj"), (PostRole.CLERK, "zjj")]
)
def test_others_read_but_do_not_edit(client, version, role, code):
    client.force_login(make_clerk(role, make_department(code)))

    page = client.get(url("section", version, "limits"))

    assert page.status_code == 200 and "保存时限" not in page.content.decode()
    assert client.post(url("section", version, "limits"), {"promise_limit": "4"}).status_code == 403
    for name in ("publish", "new_version", "retire"):
        assert client.post(url(name, version), {"reason": "x"}).status_code == 403
    version.refresh_from_db()
    assert version.is_draft and version.promise_limit == 5


def test_the_workflow_itself_refuses_the_head_of_another_department(version):
    stranger = make_clerk(PostRole.HEAD, make_department("ghj"))
    deeds = [
        lambda: workflow.edit_version(version, values={"promise_limit": 1}, by=stranger, at=at()),
        lambda: workflow.replace_parts(version, "fees", rows=[], by=stranger, at=at()),
        lambda: workflow.publish(version, by=stranger, at=at()),
        lambda: workflow.new_version(version.item, by=stranger, at=at()),
        lambda: workflow.retire(version.item, reason="x", by=stranger, at=at()),
        lambda: workflow.import_items(item_files.write([version]), by=stranger, at=at()),
    ]
    for deed in deeds:
        with pytest.raises(RuleBroken, match="负责人可以维护"):
            deed()


def test_the_preview_shows_every_page_of_the_form_and_sends_nothing(client, head, version):
    page = client.get(url("preview", version)).content.decode()

    for word in ("工程基本情况", "联系人", "建筑面积", "这里不能填写"):
        assert word in page
    assert "disabled" in page
    ItemVersion.objects.filter(pk=version.pk).update(form_schema={"pages": [1]})
    assert client.get(url("preview", version)).status_code == 200


def test_the_form_schema_is_written_a_field_a_line_as_people_write_it(client, head, version):
    text = client.get(url("section", version, "form")).context["form"]["form_schema"].value()

    assert "- {code: area, label: 建筑面积, type: area, min: 1}" in text
    assert text.index("title: 工程基本情况") < text.index("fields:")


def test_an_unchecked_basis_is_shown_as_such_to_staff(client, head, version):
    data = filled(client.get(url("section", version, "bases")))
    data.pop("row-0-is_certain")
    data |= {"row-1-article_id": make_article("第八条").pk, "row-1-is_certain": "on"}

    assert client.post(url("section", version, "bases"), data).status_code == 302

    assert list(version.legal_bases.values_list("is_certain", flat=True)) == [False, True]
    assert "设定依据待核 1 条" in client.get(url("version", version)).content.decode()


def test_a_head_registers_a_new_item_of_the_own_department_only(client, head, version):
    add = reverse("admin:approvals_serviceitem_add")
    own, other = version.item.department, make_department("ghj", uscc=valid_uscc(901))
    data = {"name": "夜间施工许可", "code": "night-work", "basic_code": "010100799000", "department": own.pk}

    assert client.post(add, data | {"department": other.pk}).status_code == 422
    assert client.post(add, data | {"basic_code": "1"}).status_code == 422
    assert client.post(add, data | {"code": version.item.code}).status_code == 422
    assert client.post(add, data).status_code == 302

    assert ServiceItem.objects.get(code="night-work").versions.get().is_draft


def test_an_export_is_imported_after_a_dry_run_and_a_confirmation(client, head, version):
    workflow.publish(version, by=None, at=at())
    text = client.get(url("export", version)).content.decode()
    assert yaml.safe_load(text)["items"][0]["code"] == "construction-permit"
    changed = text.replace("promise_limit: 5", "promise_limit: 4")
    page = reverse("admin:approvals_serviceitem_import_items")

    trial = client.post(page, {"file": SimpleUploadedFile("事项.yaml", changed.encode())}).content.decode()

    assert "新版草稿" in trial and "承诺办结时限" in trial and "超过承诺时限4个工作日" in trial
    assert ItemVersion.objects.count() == 1
    assert client.post(page, {"text": changed, "confirmed": "True"}).status_code == 302
    assert ItemVersion.objects.get(number=2).promise_limit == 4


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": ""}, "请选择文件或者粘贴内容"),
        ({"text": "items: ["}, "第1行"),
        ({"text": "items: [3]"}, "items应为列表"),
        ({"text": "items: [{code: [1], department: zjj, basic_code: '1', name: 名}]"}, "code应为文字"),
        (
            {"text": "items: [{code: x, department: zjj, basic_code: '1', name: 名, conditions: [1]}]"},
            "应为列表",
        ),
        (
            {"text": "- {title: 新法, level: law, articles: [{number: 第一条}]}"},
            "法规标准库中没有《新法》第一条",
        ),
        ({"file": SimpleUploadedFile("x.yaml", b"\xff\xfe\x00")}, "不是UTF-8"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(client, head, sent, said):
    answer = client.post(reverse("admin:approvals_serviceitem_import_items"), sent)

    assert answer.status_code == 422 and said in answer.content.decode()
    assert ServiceItem.objects.count() == 1


@pytest.mark.parametrize("more", [1, 4])
def test_the_list_asks_the_same_number_of_questions_for_any_number_of_items(
    client, head, more, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(more):
        make_item(code=f"item-{number}")
    address = reverse("admin:approvals_serviceitem_changelist")
    client.get(address)

    with django_assert_max_num_queries(26):
        page = client.get(address).content.decode()
    assert "无问题" in page


@pytest.mark.parametrize("more", [1, 12])
def test_a_tab_asks_the_same_number_of_questions_for_any_number_of_rows(
    client, head, version, more, django_assert_max_num_queries: DjangoAssertNumQueries
):
    rows = [{"name": f"材料{n}", "code": f"m{n}", "issuer": "申请人自备"} for n in range(more)]
    workflow.replace_parts(version, "materials", rows=rows, by=None, at=at())
    address = url("section", version, "materials")
    client.get(address)

    with django_assert_max_num_queries(24):
        assert client.get(address).status_code == 200
