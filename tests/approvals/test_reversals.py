"""A licence is taken back by another decision: told first, heard, and gone everywhere the same minute."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from approvals import sweeps, workflow
from approvals.models import Case, CertificateState, Reversal, ReversalState
from approvals.workflow import registry
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.papers.verification import standing
from portal.people.models import PostRole, User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock
from talent import workflow as registers
from talent.models import Enterprise, Qualification
from talent.workflow import writing
from tests.approvals.makers import FRIDAY, at, make_case, make_draft_version, make_staff
from tests.approvals.registry_makers import case_of, grant, version
from tests.people.makers import (
    make_authorisation,
    make_clerk,
    make_department,
    make_post,
    make_user,
    valid_uscc,
)
from tests.talent.makers import make_builder, make_constructor, make_person, make_qualification

pytestmark = pytest.mark.django_db
LATER = date(2026, 6, 1)
DUE = date(2026, 6, 8)  # five working days after the first of June
FACTS = "申请时提交的三份劳动合同系伪造，有鉴定意见和询问笔录为证。"


@pytest.fixture
def agent() -> User:
    return make_user("agent", name="李建国")


def licensed(agent: User) -> Case:
    """A qualification granted in March; the enterprise has no staff, which is no matter here."""
    registers.load_rules(department=version().item.department)
    firm = make_builder()
    make_authorisation(agent, firm.party)
    return grant(case_of(agent, firm))


def propose(case: Case, ground: str = "fraud", on: date = LATER) -> Case:
    handler = make_staff(case.department)[PostRole.HANDLER]
    return workflow.propose_reversal(case, ground=ground, facts=FACTS, by=handler, at=at(on))


def approver(case: Case) -> User:
    return make_staff(case.department)[PostRole.APPROVER]


def decide(case: Case, on: date, **words: str) -> Case:
    return workflow.decide_reversal(
        case, opinion="事实清楚，依据充分，同意撤销。", by=approver(case), at=at(on), **words
    )


def test_the_holder_is_told_and_heard_before_a_licence_is_annulled(agent):
    case = propose(licensed(agent))
    reversal = case.reversals.get()
    assert (reversal.kind, reversal.clock.due_on) == ("annulment", DUE)
    assert reversal.notice.title == "拟撤销行政许可告知书" and reversal.notice.data["due_on"] == "2026-06-08"
    assert Notice.objects.filter(user=agent, template__code="reversal_noticed").exists()
    with pytest.raises(RuleBroken, match="2026年6月8日前陈述、申辩，期满后才能决定"):
        decide(case, DUE)
    with pytest.raises(RuleBroken, match="申请人或者其经办人"):
        workflow.make_statement(case, text="与我无关", by=make_user("stranger"), at=at(LATER))

    workflow.make_statement(case, text="合同是真实的，请核对社保记录。", by=agent, at=at(LATER))
    with pytest.raises(RuleBroken, match="已经提交"):
        workflow.make_statement(case, text="再说一遍", by=agent, at=at(LATER))
    with pytest.raises(RuleBroken, match="采纳情况"):
        decide(case, LATER)
    case = decide(case, LATER, answer="经核对社保记录，三人从未参保，意见不予采纳。")

    reversal.refresh_from_db()
    assert (reversal.state, reversal.number) == (ReversalState.DECIDED, reversal.paper.number)
    assert Clock.objects.get(pk=reversal.clock_id).closed_on == LATER
    assert (
        "不予采纳" in reversal.paper.data["heard"]
        and "三年内不得再次申请" in reversal.paper.data["consequence"]
    )
    facts = audit.history(case).get(action="approvals.case.reversed").facts
    assert facts["written"] and facts["number"] == reversal.number
    assert Notice.objects.filter(user=agent, template__code="case_reversed").exists()
    until = workflow.banned_until(case.party, case.item_id, LATER)
    assert until == date(2029, 6, 1)
    assert workflow.banned_until(case.party, case.item_id, date(2029, 6, 2)) is None


def test_who_says_nothing_lets_the_period_pass(agent):
    case = propose(licensed(agent))
    assert sweeps.end_statement_periods(at=at(DUE, 23)) == 0
    assert sweeps.end_statement_periods(at=at(DUE + timedelta(days=1))) == 1
    assert sweeps.end_statement_periods(at=at(DUE + timedelta(days=1))) == 0
    assert Notice.objects.filter(user=approver(case), template__code="reversal_waiting").exists()

    decide(case, DUE + timedelta(days=1))

    reversal = case.reversals.get()
    assert reversal.clock.outcome == "期满未陈述申辩" and "没有提出" in reversal.paper.data["heard"]


def test_an_annulled_licence_is_gone_everywhere_the_same_minute(agent, client):
    case = licensed(agent)
    certificate = case.certificate
    pages = {
        "register": reverse("approvals:decisions"),
        "enterprise": reverse("talent:enterprise", args=[case.party.enterprise.uscc]),
        "verify": reverse("papers:verify_key", args=[certificate.paper.key]),
        "grant": reverse("papers:verify_key", args=[case.decision.paper.key]),
    }
    before = {name: client.get(address).content.decode() for name, address in pages.items()}
    assert "status--ok" in before["register"] and certificate.number in before["enterprise"]
    assert "现行有效" in before["verify"] or "正在制作" in before["verify"]

    reversal = decide(propose(case), DUE + timedelta(days=1)).reversals.get()

    after = {name: client.get(address).content.decode() for name, address in pages.items()}
    assert "已撤销" in after["register"] and reversal.number in after["register"]
    listed = client.get(pages["register"], {"kind": "reversals", "q": certificate.number}).content.decode()
    assert reversal.number in listed and "以欺骗、贿赂等不正当手段取得许可" in listed
    assert "没有现行有效的资质登记" in after["enterprise"]
    for page in ("verify", "grant"):
        assert "已撤销" in after[page] and f"依据{reversal.number}撤销许可" in after[page]
    certificate.refresh_from_db()
    assert certificate.state == CertificateState.REVOKED
    row = Qualification.objects.get()
    assert (row.valid_to, row.origin.decision_number) == (DUE, reversal.number)
    assert "撤销" in standing(Paper.objects.get(pk=certificate.paper_id), DUE).word
    case = type(case).objects.get(pk=case.pk)
    assert (case.public_status, case.tone) == ("许可已撤销", "alarm")


def test_the_licence_and_the_registry_row_end_together_or_not_at_all(agent, monkeypatch):
    case = propose(licensed(agent))

    def fails(*args: object, **values: object) -> None:
        raise RuleBroken("登记库拒绝")

    monkeypatch.setattr(registry, "take_back", fails)
    with pytest.raises(RuleBroken, match="登记库拒绝"):
        decide(case, DUE + timedelta(days=1))

    case.refresh_from_db()
    assert case.reversals.get().state == ReversalState.PROPOSED
    assert case.certificate.state == CertificateState.VALID
    assert not Paper.objects.of(case).filter(state="revoked").exists()
    assert Qualification.objects.get().valid_to.year == 2031


def test_a_mere_end_is_recorded_without_hearing_and_not_before_it_comes(agent):
    case = licensed(agent)
    with pytest.raises(RuleBroken, match="还没有届满"):
        propose(case, "expired")

    propose(case, "asked")

    reversal = case.reversals.get()
    assert (reversal.kind, reversal.notice, reversal.clock) == ("cancellation", None, None)
    with pytest.raises(RuleBroken, match="不需要提交"):
        workflow.make_statement(case, text="没有意见", by=agent, at=at(LATER))
    case = decide(case, LATER)
    assert case.certificate.state == CertificateState.CANCELLED
    assert Paper.objects.get(pk=case.certificate.paper_id).state_word == "已注销"
    assert "heard" not in case.reversals.get().paper.data
    with pytest.raises(RuleBroken, match="没有可以撤回"):
        propose(case)


def test_who_proposes_does_not_decide_and_only_the_posts_do_either(agent):
    case = licensed(agent)
    staff = make_staff(case.department)
    with pytest.raises(RuleBroken, match="承办岗位"):
        workflow.propose_reversal(case, ground="law", facts=FACTS, by=staff[PostRole.CLERK], at=at(LATER))
    both = make_clerk(PostRole.APPROVER, case.department, name="两岗")
    make_post(both, PostRole.HANDLER, case.department)
    workflow.propose_reversal(case, ground="asked", facts=FACTS, by=both, at=at(LATER))
    with pytest.raises(RuleBroken, match="不能自己作出决定"):
        workflow.decide_reversal(case, opinion="同意", by=both, at=at(LATER))
    with pytest.raises(RuleBroken, match="批准岗位"):
        workflow.decide_reversal(case, opinion="同意", by=staff[PostRole.HANDLER], at=at(LATER))


def test_a_licence_that_is_let_stand_stands(agent, client):
    case = propose(licensed(agent))

    workflow.drop_reversal(case, reason="合同经核实是真实的", by=approver(case), at=at(DUE))

    assert case.reversals.get().clock.closed_on == DUE
    assert Qualification.objects.in_force(DUE).exists()
    assert Notice.objects.filter(user=agent, template__code="reversal_dropped").exists()
    client.force_login(agent)
    assert "许可继续有效" in client.get(reverse("approvals:case", args=[case.number])).content.decode()
    assert workflow.is_reversible(case)


def test_the_dry_run_names_what_is_lost_and_which_rule_then_breaks(agent):
    """A registration written by a decision is taken back: its enterprise then lacks one."""
    registers.load_rules(department=make_department(uscc=valid_uscc(900)))
    firm = make_builder()
    make_qualification(firm, grade="3", category=writing.category_of("building", FRIDAY))
    for number in range(4):
        make_constructor(firm, make_person(f"建造师{number}"), valid_from=date(2026, 1, 1))
    person = make_person("李建国")
    effect = {"write": "registration", "kind": "constructor", "grade": "2", "specialities": ["building"],
              "enterprise": firm.uscc}  # fmt: skip
    given = writing.Grant(
        person.party, make_department(uscc=valid_uscc(900)), "示建许〔2026〕9号", "20260306000019", "示2990001",
        FRIDAY, date(2029, 3, 5),
    )  # fmt: skip
    writing.write(effect, {}, given, by=None, at=at())
    asked = {"department": given.department, "decision_number": "（决定时编号）", "by": None, "at": at(LATER)}

    tried = writing.rehearse_take_back(given.case_number, on=LATER, **asked)

    assert [(change.whose, change.after) for change in tried.changes] == [("李建国", "自2026年6月1日起无效")]
    assert tried.breaks == [(firm.name, "缺1名建筑工程、机电工程专业注册建造师")]
    assert person.registrations.in_force(LATER).exists(), "a dry run leaves no trace"
    same_day = writing.take_back(given.case_number, on=FRIDAY, **asked)
    assert len(same_day) == 1 and not person.registrations.live().exists(), "granted and annulled on one day"


def test_an_upgrade_that_is_taken_back_does_not_lengthen_the_grade_it_replaced(agent):
    registers.load_rules(department=version().item.department)
    firm = make_builder()
    make_authorisation(agent, firm.party)
    former = make_qualification(firm, grade="3", category=writing.category_of("building", FRIDAY))
    case = grant(case_of(agent, firm, grade="2"))

    decide(propose(case), DUE + timedelta(days=1))

    former.refresh_from_db()
    assert former.valid_to == date(2026, 3, 5)
    assert not Enterprise.objects.get().qualifications.in_force(DUE + timedelta(days=1)).exists()


def test_the_register_masks_people_and_costs_the_same_for_more_rows(
    client: Client, django_assert_max_num_queries
):
    first = make_case("granted")
    address = reverse("approvals:decisions")
    page = client.get(address).content.decode()
    assert first.decision.number in page and "王*明" in page and "王小明" not in page
    with django_assert_max_num_queries(12) as counted:
        client.get(address)
    few = len(counted)
    for serial in range(3):
        make_case("granted", version=workflow.publish(make_draft_version(f"item-{serial}"), by=None, at=at()))
    with django_assert_max_num_queries(few):
        client.get(address)
    assert Reversal.objects.count() == 0
    assert "没有查到" in client.get(address, {"q": "示建许〔2020〕1号"}).content.decode()


def test_the_desk_shows_the_losses_and_decides_in_one_place(agent, client):
    case = propose(licensed(agent), "asked", on=FRIDAY)
    client.force_login(approver(case))
    address = reverse("admin:approvals_case_work", args=[case.pk])
    page = client.get(address).content.decode()
    assert "注销后登记库的变化（试算）" in page and "建筑工程施工总承包三级" in page
    assert case.number in client.get(reverse("admin:approvals_case_reversals")).content.decode()
    act = reverse("admin:approvals_case_act", args=[case.pk, "decide_reversal"])
    assert client.post(act, {"decide_reversal-opinion": ""}).status_code == 422
    assert client.post(act, {"decide_reversal-opinion": "同意注销"}).status_code == 302
    assert "已注销" in client.get(address).content.decode()
