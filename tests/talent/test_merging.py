"""Doubles become one record: what moves is listed, what conflicts is named, nothing is lost."""

from datetime import date

import pytest

from portal.audit.models import Entry
from portal.refusals import RuleBroken
from talent import workflow
from talent.models import Employment, Enterprise, FinanceYear, Person, Registration
from talent.workflow import merging
from tests.people.makers import make_clerk, make_user
from tests.talent.makers import at, make_builder, make_constructor, make_import, make_person

pytestmark = pytest.mark.django_db


def doubles():
    """Two records of one builder, each with a person, both with figures of one year."""
    kept, gone = make_builder("示范市甲建筑有限公司"), make_builder("示范市甲建筑有限公司")
    for row, name in ((kept, "张三"), (gone, "李四")):
        make_constructor(row, name=name)
        FinanceYear.objects.create(enterprise=row, year=2025, net_assets=1, origin=make_import())
    return kept, gone


@pytest.mark.parametrize("model", [Enterprise, Person])
def test_somebody_decided_about_every_relation_whether_it_moves(model):
    undecided = [
        relation.get_accessor_name() for relation, moves in merging.relations(model) if moves is None
    ]
    gone = set(merging.RELATIONS[model]) - {each.get_accessor_name() for each in model._meta.related_objects}

    assert not undecided, f"merging.RELATIONS says nothing of: {undecided}"
    assert not gone


def test_a_preview_says_what_a_merge_does_and_does_nothing():
    kept, gone = doubles()

    seen = merging.preview(kept, gone)

    assert seen.moved == {"任职经历": 1, "注册": 1}
    assert seen.conflicts == ["年度财务“2025年度”"]
    assert Registration.objects.filter(enterprise=gone).count() == 1
    done = workflow.merge(kept, gone, reason="重复登记", by=None, at=at())
    assert (done.moved, done.conflicts) == (seen.moved, seen.conflicts)


def test_a_merged_record_stays_on_file_and_points_to_the_one_kept():
    kept, gone = doubles()
    workflow.merge(kept, gone, reason="重复登记", by=None, at=at())

    gone = Enterprise.objects.get(pk=gone.pk)
    assert (gone.merged_into, gone.is_visible) == (kept, False)
    assert Registration.objects.filter(enterprise=kept).count() == 2
    assert FinanceYear.objects.filter(enterprise=gone).count() == 1
    assert list(Enterprise.objects.visible_to(None)) == [kept]
    assert Entry.objects.filter(action="talent.record.merged_in", subject_id=str(kept.pk)).exists()
    with pytest.raises(RuleBroken, match="已经归档"):
        workflow.merge(kept, gone, reason="重复登记", by=None, at=at())


def test_two_records_of_a_person_keep_one_employment_a_time():
    firm = make_builder()
    kept, gone = make_person("王工"), make_person("王工")
    for person in (kept, gone):
        workflow.employ(
            person,
            firm,
            position="worker",
            origin=make_import(),
            valid_from=date(2026, 1, 1),
            by=None,
            at=at(),
        )

    done = workflow.merge(kept, gone, reason="系同一人", by=None, at=at())

    assert len(done.conflicts) == 1 and done.moved == {}
    assert Employment.objects.get(person=kept).valid_from == date(2026, 1, 1)


def test_what_cannot_be_merged_is_refused():
    kept, gone = doubles()
    with pytest.raises(RuleBroken, match="同一条记录"):
        workflow.merge(kept, kept, reason="重复登记", by=None, at=at())
    with pytest.raises(RuleBroken, match="企业和人员"):
        workflow.merge(kept, make_person(), reason="重复登记", by=None, at=at())
    with pytest.raises(RuleBroken, match="负责人"):
        workflow.merge(kept, gone, reason="重复登记", by=make_user("stranger"), at=at())
    with pytest.raises(RuleBroken, match="写明合并原因"):
        workflow.merge(kept, gone, reason="", by=None, at=at())


def test_the_office_finds_doubles_previews_and_merges_them(client):
    kept, gone = doubles()
    single = make_builder("示范市独一建筑有限公司")
    client.force_login(make_clerk("head"))

    listed = client.get("/admin/talent/enterprise/?doubles=yes").content.decode()
    assert kept.uscc in listed and gone.uscc in listed and single.uscc not in listed
    deeds = f"/admin/talent/enterprise/{gone.pk}/deeds/"
    wrong = client.post(f"{deeds}preview/", {"other": "没有"})
    assert wrong.status_code == 422 and "没有这个号码" in wrong.content.decode()
    assert "注册1条" in client.post(f"{deeds}preview/", {"other": kept.uscc}).content.decode()
    assert client.post(f"{deeds}merge/", {"other": kept.uscc, "reason": "重复登记"}).status_code == 302
    assert Enterprise.objects.get(pk=gone.pk).merged_into == kept
    archive = f"/admin/talent/enterprise/{single.pk}/deeds/archive/"
    assert client.post(archive, {"reason": "已经注销多年", "ground": "cancelled"}).status_code == 302
    assert not Enterprise.objects.get(pk=single.pk).is_visible
