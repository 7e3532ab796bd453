"""A decision and the registry row it writes stand or fall together; the dry run says what will be."""

from datetime import date

import pytest

from approvals import workflow
from approvals.item_checks import faults
from approvals.models import Case, CaseStatus, Decision, ItemVersion
from approvals.workflow import registry
from portal.audit import workflow as audit
from portal.people.models import PostRole, User
from portal.refusals import RuleBroken
from talent import workflow as registers
from talent.models import (
    Flag,
    OriginKind,
    Person,
    Qualification,
)
from talent.reminding import reminders
from talent.workflow import flags, writing
from tests.approvals.makers import FRIDAY, at, make_draft, make_draft_version, make_staff
from tests.approvals.registry_makers import SCHEMA, approver, case_of, firm_of, grant
from tests.people.makers import make_department, make_user, valid_uscc
from tests.talent.makers import make_builder, make_constructor, make_import, make_person, make_qualification

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return make_user("agent", name="李建国")


def test_the_applicant_is_told_exactly_who_is_missing_before_submitting(agent):
    firm = firm_of(agent, builders=3)
    draft = make_draft(
        ItemVersion.objects.get(item__code="builder-qualification", is_current=True),
        user=agent, party=firm.party, when=at(), complete=False,
    )  # fmt: skip
    (unsaid,) = [
        each for each in workflow.precheck(draft, on=FRIDAY) if getattr(each.condition, "code", "") == "staff"
    ]
    assert unsaid.result == "cannot_tell"

    draft = workflow.save_step(
        draft, page=1, answers={"category": "building", "grade": "3"}, by=agent, at=at()
    )
    finding = workflow.precheck(draft, on=FRIDAY)[0]

    assert finding.result == "not_met"
    assert "缺2名" in finding.reason and "建造师" in finding.reason and "招聘" in finding.cure
    make_constructor(firm, make_person("新人甲"), valid_from=date(2026, 1, 1))
    make_constructor(firm, make_person("新人乙"), valid_from=date(2026, 1, 1))
    assert workflow.precheck(draft, on=FRIDAY)[0].result == "met"


def test_the_dry_run_says_what_a_grant_does_and_leaves_no_trace(agent):
    firm = firm_of(agent)
    case = case_of(agent, firm)
    entries = audit.history(case).count()

    tried = registry.rehearse(case, by=approver(case), at=at())

    assert tried is not None and (tried.refusal, tried.breaks) == ("", [])
    (change,) = tried.changes
    assert (change.whose, change.before) == (firm.name, "（无）")
    assert "建筑工程施工总承包三级，有效期至2031年3月" in change.after
    assert not Qualification.objects.exists() and audit.history(case).count() == entries

    case = grant(case)
    row = Qualification.objects.get()
    assert (row.grade, row.valid_from, row.certificate_no) == ("3", FRIDAY, case.certificate.number)
    assert (row.origin.kind, row.origin.case_number) == (OriginKind.DECISION, case.number)
    assert row.origin.decision_number == case.decision.number
    assert audit.history(case).get(action="approvals.case.granted").facts["written"]
    with pytest.raises(RuleBroken, match="不能自行修改"):
        registers.archive(row, reason="录入错误", origin=make_import(), by=None, at=at())


def test_the_dry_run_names_the_rule_that_then_breaks(agent):
    firm = firm_of(agent, builders=3)

    tried = registry.rehearse(case_of(agent, firm), by=agent, at=at())

    assert tried is not None
    assert any(whose == firm.name and "缺2名" in words for whose, words in tried.breaks)


def test_a_grant_that_cannot_be_written_is_not_decided(agent, monkeypatch):
    firm = firm_of(agent)
    case = case_of(agent, firm)
    monkeypatch.setitem(case.answers, "grade", "9")
    Case.objects.filter(pk=case.pk).update(answers=case.answers)

    with pytest.raises(RuleBroken, match="没有“不分等级”"):
        grant(case)

    case.refresh_from_db()
    assert case.status == CaseStatus.ACCEPTED
    assert not Decision.objects.exists() and not Qualification.objects.exists()


def test_an_upgrade_takes_the_place_of_the_grade_held(agent):
    firm = firm_of(agent)
    held = make_qualification(firm, grade="3", category=writing.category_of("building", FRIDAY))

    grant(case_of(agent, firm, grade="2"))

    held.refresh_from_db()
    new = Qualification.objects.exclude(pk=held.pk).get()
    assert (held.valid_to, new.valid_from, new.grade) == (date(2026, 3, 5), FRIDAY, "2")
    assert "换发" in held.ended_reason


def test_what_the_registry_holds_from_that_very_day_is_said_and_not_written_twice(agent):
    firm = firm_of(agent)
    make_qualification(firm, grade="3", category=writing.category_of("building", FRIDAY), valid_from=FRIDAY)
    case = case_of(agent, firm, grade="2")

    tried = registry.rehearse(case, by=approver(case), at=at())

    assert tried is not None and "不能重复入库" in tried.refusal
    with pytest.raises(RuleBroken, match="不能重复入库"):
        grant(case)
    assert not Decision.objects.exists() and Qualification.objects.count() == 1


def test_what_a_decision_wrote_another_decision_takes_back(agent):
    firm = firm_of(agent)
    case = grant(case_of(agent, firm))

    changes = writing.take_back(
        case.number, department=case.department, decision_number="示建撤〔2026〕1号", on=date(2026, 6, 1),
        by=approver(case), at=at(date(2026, 6, 1)),
    )  # fmt: skip

    row = Qualification.objects.get()
    assert row.valid_to == date(2026, 5, 31) and row.origin.decision_number == "示建撤〔2026〕1号"
    assert [change.whose for change in changes] == [firm.name]


def test_a_constructor_is_entered_and_registered_by_the_decision():
    firm = make_builder()
    person = make_person("李建国")
    effect = {"write": "registration", "kind": "constructor", "grade": "2",
              "specialities": {"field": "specialty"}, "enterprise": {"field": "employer"}}  # fmt: skip
    answers = {"specialty": ["building", "mechanical"], "employer": firm.uscc}
    stands = writing.Grant(
        person.party,
        make_department(uscc=valid_uscc(900)),
        "示建注〔2026〕1号",
        "20260306-1",
        "示2990001",
        FRIDAY,
        date(2029, 3, 5),
    )

    (change,) = writing.write(effect, answers, stands, by=None, at=at())

    held = person.registrations.get()
    assert (held.enterprise, held.specialities, held.expires_on) == (
        firm,
        ["building", "mechanical"],
        date(2029, 3, 5),
    )
    assert Person.objects.get(pk=person.pk).is_professional and firm.name in change.after
    unknown = {**answers, "employer": valid_uscc(777)}
    with pytest.raises(RuleBroken, match="聘用单位先登记"):
        writing.write(effect, unknown, stands, by=None, at=at())


def test_an_item_is_not_published_with_a_rule_the_registries_do_not_know():
    drawn = make_draft_version("x", form_schema=SCHEMA, write_back={"write": "licence"})
    condition = drawn.conditions.first()
    assert condition is not None
    condition.registry_rule = {"check": "staffing", "category": {"field": "kind"}, "years": 3}
    condition.save()

    found = " ".join(str(fault) for fault in faults(drawn))

    assert "批后入库应写明write" in found
    assert "缺少grade" in found and "不认识的“years”" in found and "不存在的填报项“kind”" in found


def test_an_open_suspicion_keeps_a_grant_from_being_made_until_a_supervisor_clears_it(agent):
    firm = firm_of(agent)
    case = case_of(agent, firm)
    elder = Person.objects.get(name="建造师0")
    Person.objects.filter(pk=elder.pk).update(born_on=date(1950, 1, 1))
    assert flags.look(elder.pk, at=at()) == 1

    assert any(each.kind == "挂证疑点" for each in reminders(firm.party, FRIDAY))
    tried = registry.rehearse(case, by=approver(case), at=at())
    assert tried is not None and "挂证疑点" in tried.refusal
    with pytest.raises(RuleBroken, match="挂证疑点"):
        grant(case)
    assert not Decision.objects.exists()

    supervisor = make_staff(case.department)[PostRole.SUPERVISOR]
    flag = Flag.objects.get()
    flags.clear(flag, ground="rehired", reason="退休返聘协议已核实，编号示2026-17", by=supervisor, at=at())
    assert grant(case).decision.result == "grant"
