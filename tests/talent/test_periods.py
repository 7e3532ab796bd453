"""One person, one employer, one project at a time: by rule, by database, and for many hands at once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.refusals import RuleBroken
from talent import workflow
from talent.models import Registration
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_constructor,
    make_import,
    make_person,
    make_project,
    make_qualification,
)

pytestmark = pytest.mark.django_db

days = st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
spans = st.tuples(days, days).map(sorted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(spans, st.integers(0, 1)), min_size=2, max_size=5))
def test_whatever_is_asked_no_two_enterprises_hold_one_person_on_a_day(asked):
    firms = [make_builder("示范市甲建筑有限公司"), make_builder("示范市乙建筑有限公司")]
    person = make_person()
    for (begins, ends), which in asked:
        try:
            workflow.register(
                person, firms[which], kind="constructor", grade="2", specialities=["building"],
                certificate_no="示二建00000001", issued_on=begins, expires_on=ends, origin=make_import(),
                by=None, at=at(),
            )  # fmt: skip
        except RuleBroken:
            continue
    rows = list(person.registrations.all())
    assert rows, "the first is always free"
    for one in rows:
        for other in rows:
            if one.pk < other.pk:
                assert one.valid_to < other.valid_from or other.valid_to < one.valid_from


def test_the_database_itself_refuses_the_second_registration():
    held = make_constructor(make_builder())
    elsewhere = make_builder("示范市乙建筑有限公司")

    with pytest.raises(IntegrityError, match="registered_at_one_enterprise_at_a_time"), transaction.atomic():
        Registration.objects.create(
            person=held.person, enterprise=elsewhere, kind="cost", certificate_no="造1", origin=make_import(),
            issued_on=DAY, expires_on=DAY, valid_from=DAY, valid_to=DAY,
        )  # fmt: skip


def test_the_refusal_names_the_enterprise_that_holds_the_person():
    held = make_constructor(make_builder())
    elsewhere = make_builder("示范市乙建筑有限公司")

    with pytest.raises(RuleBroken, match="示范市第一建筑工程有限公司注册至2028-12-31"):
        make_constructor(elsewhere, held.person)


def test_a_moved_registration_leaves_no_gap_and_no_overlap():
    held = make_constructor(make_builder())
    elsewhere = make_builder("示范市乙建筑有限公司")

    moved = workflow.move_registration(held, elsewhere, on=DAY, origin=make_import(), by=None, at=at())

    held.refresh_from_db()
    assert (held.valid_to, moved.valid_from, moved.valid_to) == (date(2026, 3, 5), DAY, date(2028, 12, 31))


def test_full_time_work_is_at_one_enterprise_at_a_time():
    first, second, person = make_builder(), make_builder("示范市乙建筑有限公司"), make_person()
    hired = {"position": "worker", "origin": make_import(), "by": None, "at": at()}
    post = workflow.employ(person, first, valid_from=date(2026, 1, 1), **hired)

    with pytest.raises(RuleBroken, match="尚未离职"):
        workflow.employ(person, second, valid_from=DAY, **hired)
    workflow.employ(person, second, valid_from=DAY, is_full_time=False, **hired)
    workflow.end_employment(post, on=DAY, origin=make_import(), by=None, at=at())
    workflow.employ(person, second, valid_from=DAY + timedelta(days=1), **hired)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"grade": "2", "specialities": ["railway"]}, "二级建造师没有“铁路工程”专业"),
        ({"grade": "2", "specialities": []}, "应当写明注册专业"),
        ({"grade": "9", "specialities": ["building"]}, "应当写明级别"),
    ],
)
def test_what_no_register_holds_is_refused_at_its_field(values, words):
    with pytest.raises(RuleBroken, match=words) as refusal:
        workflow.register(
            make_person(), make_builder(), kind="constructor", certificate_no="1", issued_on=DAY,
            expires_on=date(2029, 3, 5), origin=make_import(), by=None, at=at(), **values,
        )  # fmt: skip
    assert refusal.value.field in ("grade", "specialities")


def test_nobody_is_registered_at_sixty_five():
    person = make_person(born_on=date(1961, 3, 6))

    with pytest.raises(RuleBroken, match="已满65周岁"):
        make_constructor(make_builder(), person, valid_from=DAY)
    make_constructor(
        make_builder("示范市乙建筑有限公司"), make_person("赵六", born_on=date(1961, 3, 7)), valid_from=DAY
    )


def test_one_person_leads_one_project_but_may_lead_its_phases():
    firm, person = make_builder(), make_person()
    first = make_project(firm)
    second_phase = make_project(firm, "示范小学教学楼二期", whole=first)
    other = make_project(firm, "示范桥")
    doing = {"on": DAY, "origin": make_import(), "by": None, "at": at()}
    workflow.lead(person, first, **doing)
    workflow.lead(person, second_phase, **doing)

    with pytest.raises(RuleBroken, match="示范小学教学楼"):
        workflow.lead(person, other, **doing)


def test_a_completed_or_long_stopped_project_frees_its_leader():
    firm, person = make_builder(), make_person()
    first, second, third = (make_project(firm, f"示范工程{n}") for n in "甲乙丙")
    origin = make_import()
    workflow.lead(person, first, on=date(2026, 1, 1), origin=origin, by=None, at=at())
    workflow.complete(first, on=date(2026, 2, 1), origin=origin, by=None, at=at())
    workflow.lead(person, second, on=date(2026, 2, 2), origin=origin, by=None, at=at())

    with pytest.raises(RuleBroken, match="超过120天"):
        workflow.stop_long(
            second, stopped_on=date(2026, 2, 2), origin=origin, by=None, at=at(date(2026, 6, 2))
        )
    workflow.stop_long(second, stopped_on=date(2026, 2, 2), origin=origin, by=None, at=at(date(2026, 6, 3)))
    workflow.lead(person, third, on=date(2026, 6, 3), origin=origin, by=None, at=at(date(2026, 6, 3)))


def test_a_category_is_held_in_one_grade_at_a_time():
    firm = make_builder()
    make_qualification(firm, valid_to=date(2026, 6, 30))

    with pytest.raises(IntegrityError, match="one_grade_of_a_category_at_a_time"), transaction.atomic():
        make_qualification(firm, grade="3", valid_from=date(2026, 6, 30))
    make_qualification(firm, grade="1", valid_from=date(2026, 7, 1))
