"""Enterprises below their standard and people under suspicion, for pages that show them."""

from datetime import date

from portal.people.models import Department
from talent import workflow
from talent.models import Enterprise, Flag, Indicator, StaffingAlert, StaffingRule, StaffingState
from talent.workflow import staffing as monitor
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_category,
    make_constructor,
    make_import,
    make_person,
    make_qualification,
)


def make_rule(department: Department, *, minimum: int = 2) -> StaffingRule:
    category = make_category()
    values = {
        "series": category.series, "category": category, "grade": "2", "indicator": Indicator.CONSTRUCTORS,
        "specialities": ["building"], "minimum": minimum, "basis": "《建筑业企业资质标准》（建市〔2014〕159号）",
        "department": department, "valid_from": date(2015, 1, 1),
    }  # fmt: skip
    return StaffingRule.objects.get_or_create(code="building.2.constructors", defaults=values)[0]


def make_short_of_one(department: Department, name: str = "示范市短缺建筑有限公司") -> Enterprise:
    """Two constructors wanted, one there: the alert is open."""
    make_rule(department)
    firm = make_builder(name)
    make_qualification(firm, grade="2")
    make_constructor(firm, make_person("孙工"))
    return firm


def make_suspect(name: str = "钱工") -> Flag:
    """Registered at one enterprise, working at another as well."""
    held = make_constructor(make_builder(f"示范市{name}建筑有限公司"), make_person(name))
    workflow.employ(
        held.person, make_builder(f"示范市{name}安装有限公司"), position="technical", is_full_time=False,
        valid_from=DAY, origin=make_import(), by=None, at=at(),
    )  # fmt: skip
    return Flag.objects.get(person=held.person)


def make_watched(department: Department) -> tuple[StaffingAlert, StaffingState, Flag]:
    firm = make_short_of_one(department)
    monitor.watch(at=at())
    return StaffingAlert.objects.get(enterprise=firm), firm.staffing_states.get(), make_suspect()
