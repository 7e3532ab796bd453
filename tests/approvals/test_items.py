"""An item version: consistent before it is published, frozen after."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from approvals import workflow
from approvals.item_checks import faults
from approvals.models import Condition, ItemVersion, LegalBasis, Material, Stage
from approvals.workflow.items import NotPublishable
from portal.audit import workflow as audit
from portal.refusals import RuleBroken
from portal.search.models import SearchRow
from tests.approvals.makers import at, make_article, make_case, make_draft_version, make_fee, make_item

pytestmark = pytest.mark.django_db


def said(version: ItemVersion) -> str:
    return "".join(str(fault) for fault in faults(version))


def test_the_sample_item_is_in_order():
    assert faults(make_draft_version()) == []


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"promise_limit": 8}, "承诺时限8个工作日长于法定时限7个工作日"),
        ({"promise_limit": 4}, "各环节时限之和为5天，超过承诺时限4个工作日"),
        ({"promise_unit": "calendar", "promise_limit": 12}, "承诺时限12个自然日长于法定时限7个工作日"),
        ({"promise_unit": "calendar"}, "各环节时限的单位应当与承诺时限一致"),
        ({"case_type": "1"}, "即办件的承诺时限应为当日或者1个工作日，现为5个工作日"),
        ({"promise_limit": 0}, "承诺件的承诺时限不能为0"),
        ({"promise_limit": None}, "八公开不全：缺少承诺时限"),
        ({"procedure": " "}, "八公开不全：缺少办理程序"),
        ({"result_name": ""}, "八公开不全：缺少办理结果"),
        ({"has_fee": True}, "八公开不全：缺少收费标准和依据"),
        ({"statutory_limit": None}, "没有法定办结时限"),
        ({"statutory_basis": ""}, "法定办结时限没有写明依据"),
        ({"statutory_limit": 60}, "法定时限超过45个工作日"),
        ({"complaint_phone": ""}, "办事指南要素不全：缺少监督电话"),
        ({"visits": 1}, "没有写明必须现场办理的原因"),
        ({"form_schema": {}}, "申请表没有任何页面"),
    ],
)
def test_each_inconsistency_is_named(fields, fault):
    assert fault in said(make_draft_version(**fields))


def test_all_faults_are_named_at_once_and_nothing_is_published():
    version = make_draft_version(promise_limit=9, procedure="", place="")

    with pytest.raises(NotPublishable) as refusal:
        workflow.publish(version, by=None, at=at())

    assert len(refusal.value.faults) == 3
    version.refresh_from_db()
    assert version.is_draft and not audit.history(version.item).exists()


def test_what_the_eight_disclosures_need_besides_fields():
    version = make_draft_version()
    for rows in (version.legal_bases, version.conditions, version.materials, version.stages):
        rows.all().delete()

    for words in ("缺少设定依据", "缺少申请条件", "缺少申报材料", "应当从承办开始", "应当以批准结束"):
        assert words in said(version)


def test_a_certificate_named_in_a_condition_must_be_among_the_materials():
    version = make_draft_version()
    condition = Condition.objects.create(version=version, code="licence", text="企业依法取得安全生产许可证")
    assert "提到“安全生产许可证”，材料清单中却没有" in said(version)

    Material.objects.create(
        version=version, code="licence", name="安全生产许可证（电子证照）", issuer="住建部门"
    )
    assert faults(version) == []
    version.materials.filter(code="licence").delete()
    condition.evidence = ["land"]
    condition.save()
    assert faults(version) == []


def test_rules_may_speak_only_of_what_the_form_asks():
    version = make_draft_version()
    Condition.objects.create(version=version, code="x", text="甲", check_rule={"field": "height", "gte": 3})
    Material.objects.create(
        version=version, code="y", name="乙", issuer="丙", when={"situation": ["dream"], "like": 1}
    )

    text = said(version)
    assert "引用了不存在的填报项“height”" in text and "没有写明不符合时怎么办" in text
    assert "引用了不存在的情形“dream”" in text and "不认识的“like”" in text and "没有写明何时需要" in text


def test_a_fee_needs_its_words_and_a_free_item_lists_none():
    version = make_draft_version()
    make_fee(version)

    assert "标明不收费，却列有收费项目" in said(version)


def test_a_stage_cannot_be_named_twice():
    version = make_draft_version()

    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.create(version=version, kind="review", limit=1)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: ItemVersion.objects.filter(pk=v.pk).update(promise_limit=1),
        lambda v: ItemVersion.objects.filter(pk=v.pk).update(
            state="draft", is_current=False, published_at=None
        ),
        lambda v: Condition.objects.filter(version=v).update(text="另外的条件"),
        lambda v: Material.objects.filter(version=v).delete(),
        lambda v: Material.objects.create(version=v, code="more", name="再加一份"),
        lambda v: Stage.objects.filter(version=v).update(limit=9),
        lambda v: LegalBasis.objects.create(version=v, article=make_article("第九条")),
        lambda v: v.situations.all().delete(),
    ],
)
def test_a_published_version_is_frozen_for_everyone(change):
    version = make_item()

    with pytest.raises(InternalError, match="frozen"), transaction.atomic():
        change(version)


def test_a_new_version_starts_as_a_copy_and_replaces_the_old_one():
    old = make_item()
    case = make_case(version=old)

    new = workflow.new_version(old.item, by=None, at=at())
    assert workflow.new_version(old.item, by=None, at=at()) == new
    assert (new.number, new.is_draft, new.materials.count(), new.stages.count()) == (2, True, 3, 3)
    ItemVersion.objects.filter(pk=new.pk).update(name="施工许可证核发（新）")
    new = workflow.publish(new, by=None, at=at())

    old.refresh_from_db()
    case.refresh_from_db()
    assert (old.state, old.is_current, new.is_current) == ("retired", False, True)
    assert case.version == old
    assert old.item.current == new
    assert SearchRow.objects.get(kind="guide", obj_id=old.item.code).title == "施工许可证核发（新）"


def test_two_current_versions_cannot_stand_side_by_side():
    old = make_item()
    new = workflow.new_version(old.item, by=None, at=at())

    with pytest.raises(IntegrityError), transaction.atomic():
        ItemVersion.objects.filter(pk=new.pk).update(state="published", is_current=True, published_at=at())


def test_an_unchecked_article_is_marked_and_kept_from_the_search():
    version = make_draft_version()
    LegalBasis.objects.create(version=version, order=2, article=make_article("第一百条"), is_certain=False)

    version = workflow.publish(version, by=None, at=at())

    assert str(version.legal_bases.last()).endswith("（待核）")
    assert "第一百条" not in SearchRow.objects.get(kind="guide").body


def test_a_retired_item_takes_no_applications_and_is_not_found():
    version = make_item()

    with pytest.raises(RuleBroken, match="停用原因"):
        workflow.retire(version.item, reason="", by=None, at=at())
    item = workflow.retire(version.item, reason="国务院决定取消", by=None, at=at())

    assert item.current is None
    assert not SearchRow.objects.filter(kind="guide").exists()
