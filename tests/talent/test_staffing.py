"""What a grade demands and what an enterprise has: the monitor, its alerts, and what it says before a departure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.verification import verify
from portal.notices.models import Notice
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock, ClockKind, Unit
from talent import catalogue, staffing, workflow
from talent.models import (
    COMPANY_WIDE,
    Employment,
    Enterprise,
    FinanceYear,
    Indicator,
    Person,
    QualificationCategory,
    Registration,
    SafetyCertificate,
    StaffingAlert,
    StaffingRule,
    StaffingState,
)
from talent.workflow import staffing as monitor
from tests.approvals.makers import make_upload
from tests.people.makers import make_authorisation, make_clerk, make_department, make_user
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_constructor,
    make_import,
    make_person,
    make_qualification,
)

pytestmark = pytest.mark.django_db


def load() -> None:
    workflow.load_rules(department=make_department())


def building(grade: str = "3", **values: Any) -> Enterprise:
    """A builder that holds the grade, with money enough for it and a chief engineer of ten years."""
    firm = make_builder(**values)
    make_qualification(firm, grade=grade, category=QualificationCategory.objects.get(code="building"))
    FinanceYear.objects.create(enterprise=firm, year=2025, net_assets=20_000, origin=make_import())
    chief = make_person("周工", career_from=date(2015, 1, 1))
    workflow.employ(
        chief, firm, position="chief_engineer", valid_from=date(2026, 1, 1), origin=make_import(), by=None,
        at=at(),
    )  # fmt: skip
    return firm


def constructors(firm: Enterprise, count: int, *, speciality: str = "building") -> list[Registration]:
    return [
        make_constructor(firm, make_person(f"建造师{speciality}{number}"), specialities=(speciality,))
        for number in range(count)
    ]


def rule(indicator: str, grade: str = "3", **wanted: Any) -> StaffingRule:
    return StaffingRule.objects.get(category__code="building", grade=grade, indicator=indicator, **wanted)


def test_the_standards_are_loaded_once():
    load()
    before = StaffingRule.objects.count()
    assert workflow.load_rules(department=make_department()) == 0
    assert StaffingRule.objects.count() == before
    assert rule("constructors", "1", specialities=["building"]).minimum == 9
    assert rule("b_certificates", "1").minimum == 12
    special = {
        each.indicator: each.minimum for each in StaffingRule.objects.filter(grade="0").exclude(category=None)
    }
    assert special["research_share"] == Decimal("0.005")
    assert special["constructors"] == 50


def test_an_enterprise_is_told_exactly_which_constructors_are_missing():
    load()
    firm = building("3")
    constructors(firm, 2)
    constructors(firm, 1, speciality="mechanical")

    lacks = staffing.missing_for(firm, QualificationCategory.objects.get(code="building"), "2", DAY)
    words = [each.words for each in lacks if each.is_met is False]
    assert "缺7名建筑工程专业注册建造师" in words
    assert "缺9名建筑工程、机电工程专业注册建造师" in words
    assert "净资产符合要求" in [each.words for each in lacks]
    unknown = staffing.missing_for(
        make_builder("示范市乙建筑有限公司"), QualificationCategory.objects.get(code="building"), "2", DAY
    )
    assert "无法核对净资产，登记库中没有数据" in [each.words for each in unknown if each.is_met is None]


def test_two_who_are_missing_are_said_as_two_and_not_as_three():
    load()
    firm = building("3")
    constructors(firm, 3)
    lacks = staffing.missing_for(firm, QualificationCategory.objects.get(code="building"), "3", DAY)

    said = [words for words, _ in staffing.said(lacks)]

    both = "缺2名建筑工程、机电工程专业注册建造师（其中至少1名为建筑工程专业）"
    assert both in said and not any(words.startswith("缺1名建筑工程专业") for words in said)


def test_who_has_left_counts_no_more_though_the_certificate_is_still_written_there():
    load()
    firm = building("3")
    held = constructors(firm, 5)
    alerts = StaffingAlert.objects.open().filter(enterprise=firm).exclude(qualification=None)
    lacking = "缺1名建筑工程、机电工程专业注册建造师"
    assert lacking not in alerts.get().lacks, "workers and site managers lack, constructors do not"
    post = held[0].person.employments.get()

    workflow.end_employment(post, on=DAY - timedelta(days=1), origin=make_import(), by=None, at=at())

    state = StaffingState.objects.get(enterprise=firm, indicator="constructors", is_broken=True)
    assert (state.missing_words, state.since) == (lacking, DAY)
    assert (
        held[0].person not in staffing.counted(state, firm, DAY)
        and staffing.counted(state, firm, DAY).count() == 4
    )
    assert firm.registrations.in_force(DAY).count() == 5, "what the authority wrote stands"
    page = catalogue.enterprise_facts(firm, DAY)
    assert page["staff"] == [("二级注册建造师", 4)] and lacking in [one.words for one in page["shortfalls"]]


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        (date(2026, 7, 3), 90, date(2026, 10, 8)),  # the first of October: to the day after the holiday
        (date(2026, 7, 12), 90, date(2026, 10, 10)),  # a Saturday that is worked stays
        (date(2026, 10, 3), 90, date(2027, 1, 4)),  # New Year's Day and the weekend behind it
        (date(2026, 12, 1), 30, date(2026, 12, 31)),
        (date(2026, 12, 2), 30, date(2027, 1, 4)),
        (date(2026, 1, 29), 30, date(2026, 2, 28)),  # a Saturday made up for the Spring Festival
        (date(2026, 1, 31), 30, date(2026, 3, 2)),
    ],
)
def test_a_correction_period_ends_on_a_day_that_is_worked(opened, days, due):
    """The day it begins does not count; an end on a day off is moved to the next working day."""
    clock = clocks.start(
        ClockKind.STAFFING, subject=make_builder(), on=opened, unit=Unit.CALENDAR, limit=days,
        basis=monitor.CORRECTION_BASIS, department=make_department(), by=None, at=at(opened),
    )  # fmt: skip
    assert clock.due_on == due


def test_national_methods_are_counted_from_what_was_decided_or_not_shown():
    load()
    workflow.load_credit_items()
    firm, category = make_builder(), QualificationCategory.objects.get(code="building")

    def shown() -> list[tuple[Decimal, Decimal | None]]:
        lacks = staffing.missing_for(firm, category, "0", DAY)
        return [(each.required, each.found) for each in lacks if each.rule.indicator == "methods"]

    assert shown() == []
    item = workflow.items_on(DAY).get(code="G103")
    for serial in range(2):
        workflow.enter_credit(
            firm, item, decision_number=f"工法{serial}", decided_on=DAY, facts="逆作法", organ="住房和城乡建设部",
            department=make_department(), evidence=make_upload(), by=None, at=at(),
        )  # fmt: skip
    assert shown() == [(3, 2)]


def test_a_title_that_is_told_reaches_the_monitor_at_once():
    load()
    firm = building("3")
    person = make_person("赵工")
    workflow.employ(
        person,
        firm,
        position="technical",
        valid_from=date(2026, 1, 1),
        origin=make_import(),
        by=None,
        at=at(),
    )
    counted = StaffingState.objects.get(enterprise=firm, indicator="middle_titles")
    assert counted.found == 0

    workflow.state(person, {"title": 2}, origin=make_import())

    counted.refresh_from_db()
    assert counted.found == 1


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(2016, 10, 31), {"constructors", "workers"}),
        (date(2016, 11, 1), set()),
        (date(2023, 9, 14), set()),
        (date(2023, 9, 15), {"constructors"}),
        (DAY, {"constructors"}),
    ],
)
def test_a_suspended_indicator_is_not_looked_at_above_the_lowest_grade(day, counted):
    load()
    firm, category = make_builder(), QualificationCategory.objects.get(code="building")
    found = {each.rule.indicator for each in staffing.missing_for(firm, category, "2", day)}
    assert found & {"constructors", "workers"} == counted
    lowest = {each.rule.indicator for each in staffing.missing_for(firm, category, "3", day)}
    assert {"constructors", "workers"} <= lowest
    assert staffing.suspended(category, "2", DAY).filter(indicator="workers").exists()
    assert not staffing.suspended(category, "3", DAY).exists()


def test_a_departure_says_beforehand_which_rules_it_breaks():
    load()
    firm = building("3")
    held = constructors(firm, 4) + constructors(firm, 1, speciality="mechanical")
    others = {"workers", "site_managers", "middle_titles"}

    def told(**leaving: Any) -> set[str]:
        lacks = staffing.would_break(firm, DAY, **leaving)
        return {each.words for each in lacks if each.rule.indicator not in others}

    both = {"缺1名建筑工程专业注册建造师", "缺1名建筑工程、机电工程专业注册建造师"}
    assert told(leaving=held[0].person) == both
    assert told(without=held[0]) == both
    assert told(without=held[4]) == {"缺1名建筑工程、机电工程专业注册建造师"}
    chief = Person.objects.get(name="周工")
    assert told(leaving=chief) == {"技术负责人从事工程管理的年限差5年"}


def test_an_alert_starts_a_correction_period_and_closes_when_the_standard_is_met():
    load()
    agent = make_user("agent", name="李四")
    firm = building("2")
    make_authorisation(agent, firm.party)
    held = constructors(firm, 12)
    wide = StaffingAlert.objects.open().get(enterprise=firm, qualification=None)
    assert "缺12本项目负责人安全生产考核合格证（B类）" in wide.lacks
    alerts = StaffingAlert.objects.exclude(pk=wide.pk)
    assert not alerts.open().exists(), "the twelfth constructor closed the first alert"
    first = alerts.get()
    assert first.current_clock.outcome == "已符合标准"

    workflow.end_registration(held[0], on=DAY, origin=make_import(), by=None, at=at(DAY))
    assert not alerts.open().exists(), "held to the end of the day"
    next_day = DAY + timedelta(days=1)
    changed, settled = monitor.watch(at=at(next_day, hour=3))
    assert (changed, settled) == (2, 1)
    assert monitor.watch(at=at(next_day, hour=4)) == (0, 0), "twice is harmless"
    alert = alerts.open().get()
    assert alert.lacks == ["缺1名建筑工程、机电工程专业注册建造师"]
    clock = Clock.objects.of(alert).get()
    assert (clock.kind, clock.due_on) == (ClockKind.STAFFING, next_day + timedelta(days=90))
    assert Notice.objects.filter(
        user=agent, template__code="staffing_broken", key=f"staffing:{alert.pk}"
    ).exists()
    state = StaffingState.objects.filter(enterprise=firm, indicator="constructors", is_broken=True).first()
    assert state.since == next_day

    head = make_clerk(PostRole.HEAD)
    monitor.note_handling(alert, text="已约谈企业负责人", by=head, at=at(next_day))
    with pytest.raises(RuleBroken, match="监督部门"):
        monitor.note_handling(alert, text="已约谈", by=make_clerk(PostRole.EDITOR), at=at(next_day))

    origin, hired = make_import(), make_person("王工")
    workflow.register(
        hired, firm, kind="constructor", grade="2", specialities=["building"], certificate_no="示二建9",
        issued_on=next_day, expires_on=date(2029, 3, 6), origin=origin, by=None, at=at(next_day),
    )  # fmt: skip
    alert.refresh_from_db()
    assert alert.closed_at == at(next_day), "hired, and the standard is met the same minute"


# A registry of a few enterprises and people, dealt at random: each person one post and perhaps certificates.
cards = st.tuples(
    st.integers(0, 2),  # enterprise
    st.sampled_from(["chief_engineer", "site_manager", "worker", "technical", "legal_representative"]),
    st.booleans(),  # full time
    st.integers(0, 3),  # title
    st.sampled_from([None, ("1", ["building"]), ("2", ["building", "mechanical"]), ("1", ["mechanical", "port"]), ("2", ["water"])]),
    st.sampled_from([None, "A", "B", "C1", "C2", "C3"]),
    st.integers(-200, 20),  # begins
    st.integers(0, 400),  # lasts
    st.one_of(st.none(), st.integers(0, 20)),  # years of career
)  # fmt: skip
grades = st.lists(st.sampled_from([None, "0", "1", "2", "3"]), min_size=3, max_size=3)


@pytest.fixture
def loaded() -> None:
    load()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grades=grades, others=grades, dealt=st.lists(cards, max_size=14), net=st.integers(0, 40_000))
def test_all_at_once_and_one_by_one_are_the_same(loaded, grades, others, dealt, net):
    """The set-based states equal what is counted rule by rule from the people themselves."""
    firms = [make_builder(f"示范市{name}建筑有限公司", capital=net) for name in "甲乙丙"]
    origin = make_import()
    codes = ("building", "transmission")
    for held, code in ((grades, codes[0]), (others, codes[1])):
        for firm, grade in zip(firms, held, strict=True):
            category = QualificationCategory.objects.get(code=code)
            if grade in category.grades:
                make_qualification(firm, grade=grade, category=category)
    FinanceYear.objects.create(
        enterprise=firms[0], year=2025, net_assets=net, revenue=1000, research=6, origin=origin
    )
    for which, position, full, title, registration, safety, begins, lasts, years in dealt:
        career = None if years is None else DAY - timedelta(days=years * 365)
        person = make_person("某人", title=title, career_from=career)
        span = {"valid_from": DAY + timedelta(days=begins), "valid_to": DAY + timedelta(days=begins + lasts)}
        common = {"person": person, "enterprise": firms[which], "origin": origin, **span}
        Employment.objects.create(position=position, is_full_time=full, **common)
        if registration:
            Registration.objects.create(
                kind="constructor", grade=registration[0], specialities=registration[1], certificate_no="1",
                issued_on=span["valid_from"], expires_on=span["valid_to"], **common,
            )  # fmt: skip
        if safety:
            SafetyCertificate.objects.create(safety_class=safety, certificate_no="1", **common)

    monitor.recompute(on=DAY)
    states = {
        (state.enterprise_id, state.slot): state
        for state in StaffingState.objects.filter(enterprise__in=firms).select_related("rule", "enterprise")
    }

    expected = {}
    for firm in firms:
        for held in firm.qualifications.select_related("category"):
            for demand in StaffingRule.objects.in_force(DAY).filter(series=held.category.series):
                if demand.category_id not in (None, held.category_id) or demand.grade not in ("", held.grade):
                    continue
                if staffing.suspended(held.category, held.grade, DAY).filter(indicator=demand.indicator):
                    continue
                is_wide = demand.indicator in COMPANY_WIDE
                slot = demand.indicator if is_wide else f"{held.pk}:{demand.pk}"
                found = by_hand(demand, firm)
                if (firm.pk, slot) not in expected or expected[firm.pk, slot][0] < demand.minimum:
                    expected[firm.pk, slot] = (demand.minimum, found)
    assert {key: (state.required, state.found) for key, state in states.items()} == expected
    assert all(
        state.is_broken == (state.found is not None and state.found < state.required)
        for state in states.values()
    )
    assert not monitor.recompute(on=DAY, enterprises=[firm.pk for firm in firms])


def by_hand(demand: StaffingRule, firm: Enterprise) -> Any:
    if demand.indicator in (
        Indicator.NET_ASSETS,
        Indicator.CREDIT_LINE,
        Indicator.RESEARCH_SHARE,
        Indicator.METHODS,
    ):
        year = firm.finances.first()
        if year is None or demand.indicator in (Indicator.METHODS, Indicator.CREDIT_LINE):
            return None
        return year.net_assets if demand.indicator == Indicator.NET_ASSETS else year.research / year.revenue
    if demand.indicator == Indicator.CAPITAL:
        return firm.capital
    people = list(staffing.counted(staffing.Lack(demand, None, demand.minimum, None), firm, DAY))
    if demand.indicator == Indicator.CHIEF_YEARS:
        known = [relativedelta(DAY, each.career_from).years for each in people if each.career_from]
        return max(known, default=None) if people else 0
    if demand.indicator == Indicator.LEGAL_A and not firm.employments.in_force(DAY).filter(
        position="legal_representative"
    ):
        return None
    return min(len(people), 1) if demand.indicator == Indicator.LEGAL_A else len(people)


def test_a_first_night_opens_many_alerts_for_the_statements_of_a_few():
    load()

    def night(firms: int, first: int) -> int:
        for number in range(first, first + firms):
            make_qualification(
                make_builder(f"示范市第{number}建筑有限公司"), grade="3",
                category=QualificationCategory.objects.get(code="building"),
            )  # fmt: skip
        StaffingState.objects.all().delete()
        monitor.recompute(on=DAY)
        with CaptureQueriesContext(connection) as sent:
            opened = monitor.settle(at=at())
        assert opened >= firms
        return len(sent)

    few = night(2, 100)
    many = night(20, 200)

    assert many <= few + 2 * 18 + 1, "who acts for each is looked up, nothing else for each"
    alerts = StaffingAlert.objects.open().filter(qualification__isnull=False)
    assert alerts.count() == 22 and not alerts.filter(current_clock=None).exists()
    for alert in alerts.select_related("current_clock"):
        assert alert.current_clock.due_on == DAY + timedelta(days=monitor.CORRECTION_DAYS)
        assert alert.current_clock.steps()[0].on == DAY
    assert verify() == []
    assert monitor.settle(at=at()) == 0
