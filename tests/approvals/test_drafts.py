"""Applying: saved at every step, checked before, submitted once."""

import uuid

import pytest

from approvals import workflow
from approvals.forms import draft_page_form, page_faults, shown_answers
from approvals.models import Case, Draft
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people import workflow as people
from portal.refusals import RuleBroken
from tests.approvals.makers import (
    ANSWERS,
    MONDAY,
    at,
    make_applicant,
    make_case,
    make_draft,
    make_item,
    make_staff,
    make_upload,
)
from tests.people.makers import make_enterprise, make_user

pytestmark = pytest.mark.django_db


def test_each_page_is_kept_by_itself_and_knows_the_applicant():
    draft = make_draft(complete=False)
    assert draft_page_form(draft, 2).initial["contact"] == "王小明"

    draft = workflow.save_step(
        draft, page=1, answers={"project_name": "教学楼", "stranger": 1}, by=draft.user, at=at()
    )
    draft = workflow.save_step(draft, page=2, answers={"contact": "李四"}, by=draft.user, at=at())

    assert Draft.objects.get().answers == {"project_name": "教学楼", "contact": "李四"}
    assert draft.step == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("project_name", "", "请填写工程名称。"),
        ("project_name", "长" * 61, "工程名称最多60个字，现为61个字。"),
        ("area", "大", "建筑面积应为数字"),
        ("area", "0", "建筑面积不能小于1平方米"),
        ("area", "1" * 30, "位数过多"),
        ("kind", "castle", "请在所列选项中选择工程类别。"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(field, value, said):
    draft = make_draft(complete=False)
    answers = {code: ANSWERS[code] for code in ("project_name", "area", "kind")} | {field: value}

    form = draft_page_form(draft, 1, answers)

    assert not form.is_valid() and list(form.errors) == [field]
    assert said in form.errors[field][0]


def test_pages_without_answers_are_listed_with_what_they_lack():
    draft = make_draft(complete=False)

    assert list(page_faults(draft)) == [1, 2]
    assert page_faults(make_draft()) == {}


def test_answers_are_read_back_in_words_and_are_ciphertext_in_the_row():
    from django.db import connection

    draft = make_draft()

    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM approvals_draft WHERE id = %s", [draft.pk])
        assert "13900000001" not in cursor.fetchone()[0]
    pages = shown_answers(draft.version, draft.answers)
    assert pages[0] == (
        "工程基本情况",
        [("工程名称", "示范小学教学楼"), ("建筑面积", "5200平方米"), ("工程类别", "房屋建筑")],
    )


def test_the_precheck_lists_every_unmet_condition_with_its_cure():
    draft = make_draft(complete=False)
    draft = workflow.save_step(draft, page=1, answers={"area": "200"}, by=draft.user, at=at())

    findings = workflow.precheck(draft, on=at().date())

    assert [(f.condition.code, f.result) for f in findings] == [
        ("area", "not_met"),
        ("funds", "cannot_tell"),
        ("land", "not_met"),
    ]
    assert findings[0].cure.startswith("300平方米以下")
    assert "自然资源主管部门" in findings[2].cure
    assert {f.result for f in workflow.precheck(make_draft(), on=at().date())} == {"met", "cannot_tell"}


def test_the_materials_follow_the_situation():
    change = make_draft(situation="change")

    assert [m.code for m in change.asked_materials()] == ["land", "change_reason", "contract"]
    assert [m.code for m in make_draft().asked_materials()] == ["land", "contract"]


def test_a_submission_makes_a_case_with_everything_the_applicant_needs():
    make_staff()
    draft = make_draft()

    case = workflow.submit(draft, by=draft.user, at=at())

    assert len(case.number) == 14 and len(case.national_no) == 43
    assert Case.objects.tracked(case.number, case.query_code).get() == case
    assert not Case.objects.tracked(case.number, "00000000").exists()
    assert [row["name"] for row in Paper.objects.of(case).get().data["materials"]] == ["建设用地批准手续"]
    sms = Notice.objects.get(template__code="case_submitted", channel="sms")
    assert case.number in sms.text and case.query_code in sms.text
    assert case.handler == make_staff()["handler"]
    assert case.materials.count() == 1 and case.answers == ANSWERS


def test_asked_again_the_same_draft_gives_the_same_case():
    make_staff()
    draft = make_draft()
    stale = Draft.objects.get(pk=draft.pk)
    case = workflow.submit(draft, by=draft.user, at=at())
    before = audit.history(case).count(), Notice.objects.count(), Paper.objects.count()

    assert workflow.submit(stale, by=draft.user, at=at(MONDAY)) == case
    assert (audit.history(case).count(), Notice.objects.count(), Paper.objects.count()) == before
    assert Case.objects.count() == 1


def test_an_incomplete_application_is_not_a_case():
    draft = make_draft(complete=False)
    with pytest.raises(RuleBroken, match="第1页尚未填好：请填写工程名称"):
        workflow.submit(draft, by=draft.user, at=at())

    full = make_draft()
    full.materials.all().delete()
    with pytest.raises(RuleBroken, match="还缺少必备材料：“建设用地批准手续”"):
        workflow.submit(full, by=full.user, at=at())
    assert not Case.objects.exists()


def test_a_submitted_draft_is_closed_to_changes():
    draft = make_case().draft

    with pytest.raises(RuleBroken, match="已经提交"):
        workflow.save_step(draft, page=1, answers={}, by=draft.user, at=at())
    with pytest.raises(RuleBroken, match="已经提交"):
        workflow.remove_material(draft.materials.get(), by=draft.user, at=at())


def test_nobody_touches_another_persons_draft():
    draft, stranger = make_draft(), make_user("stranger", name="张三")

    with pytest.raises(RuleBroken, match="不是您填写的"):
        workflow.submit(draft, by=stranger, at=at())
    assert not Draft.objects.visible_to(stranger, MONDAY).exists()
    assert Draft.objects.visible_to(draft.user, MONDAY).get() == draft


def test_a_withdrawn_authorisation_ends_the_agents_hand_on_the_draft():
    agent, _ = make_applicant()
    firm = make_enterprise(agent=agent)
    make_staff()
    draft = make_draft(user=agent, party=firm)
    people.withdraw_authorisation(agent.authorisations.get(), by=agent, at=at(), reason="离职")

    with pytest.raises(RuleBroken, match="没有代示范市第一建筑工程有限公司办理的授权"):
        workflow.submit(draft, by=agent, at=at(MONDAY))


def test_an_item_for_enterprises_takes_no_private_person():
    user, party = make_applicant()
    version = make_item("firms-only", applicant_kinds=["enterprise"])

    with pytest.raises(RuleBroken, match="不接受自然人的申请"):
        workflow.begin_draft(version, party=party, situation="first", by=user, at=at())
    with pytest.raises(RuleBroken, match="请选择办理情形"):
        workflow.begin_draft(make_item(), party=party, by=user, at=at())


def test_a_new_guide_asks_for_another_look_and_keeps_what_was_written():
    make_staff()
    draft = make_draft()
    workflow.publish(workflow.new_version(draft.version.item, by=None, at=at()), by=None, at=at())

    with pytest.raises(RuleBroken, match="办事指南已更新"):
        workflow.submit(draft, by=draft.user, at=at(MONDAY))
    draft = workflow.carry_over(draft, by=draft.user, at=at(MONDAY))

    assert workflow.submit(draft, by=draft.user, at=at(MONDAY)).version.number == 2


def test_a_file_of_an_earlier_case_may_be_used_again_by_its_owner_only():
    earlier = make_case().materials.get()
    draft = make_draft(complete=False)
    assert workflow.reusable_files(draft)["land"][0].attachment == earlier.attachment

    row = workflow.add_material(draft, material="land", reuse=earlier.attachment, by=draft.user, at=at())
    assert row.attachment == earlier.attachment

    agent = make_user("agent", name="李四")
    other = make_draft(user=agent, party=make_enterprise(agent=agent), complete=False)
    with pytest.raises(RuleBroken, match="同一申请人"):
        workflow.add_material(other, material="land", reuse=earlier.attachment, by=agent, at=at())


def test_a_material_takes_no_more_files_than_it_says():
    draft = make_draft(version=make_item("one-file"), complete=False)
    for shade in range(10):
        workflow.add_material(
            draft, material="land", file=make_upload("a.png", shade), by=draft.user, at=at()
        )

    with pytest.raises(RuleBroken, match="最多10个文件"):
        workflow.add_material(draft, material="land", file=make_upload("b.png", 99), by=draft.user, at=at())


def test_the_same_key_never_makes_two_cases():
    from django.db import IntegrityError, transaction

    first = make_case()
    second = make_case()
    assert first.draft_key != second.draft_key != uuid.UUID(int=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=second.pk).update(draft_key=first.draft_key)
