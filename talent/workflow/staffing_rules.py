"""The staffing rules of the standards, loaded from ``staffing.yaml``; what is there already stays as it is."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from portal.people.models import Department
from talent.models import Indicator, IndicatorSuspension, QualificationCategory, StaffingRule

SHIPPED = Path(__file__).resolve().parent.parent / "staffing.yaml"


@transaction.atomic
def load_rules(*, department: Department, path: Path = SHIPPED) -> int:
    """Categories, rules and suspensions that are not on file yet; how many were new.

    ``department`` watches over the rules that are new.
    """
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    added = 0
    for row in told["categories"]:
        values = {**row, "valid_from": told["categories_from"]}
        added += QualificationCategory.objects.get_or_create(code=values.pop("code"), defaults=values)[1]
    categories = {category.code: category for category in QualificationCategory.objects.all()}
    for values in _rules(told, categories):
        code = values.pop("code")
        added += StaffingRule.objects.get_or_create(code=code, defaults={**values, "department": department})[
            1
        ]
    for row in told["suspensions"]:
        for indicator in row["indicators"]:
            added += IndicatorSuspension.objects.get_or_create(
                indicator=Indicator(indicator), valid_from=row["from"],
                defaults={
                    "valid_to": row.get("to"), "basis": row["basis"],
                    "is_above_lowest_only": row["is_above_lowest_only"],
                },
            )[1]  # fmt: skip
    return added


def _rules(told: dict[str, Any], categories: dict[str, QualificationCategory]) -> Iterator[dict[str, Any]]:
    for standard in told["standards"]:
        category = categories[standard["category"]]
        for grade, demands in standard["grades"].items():
            common = {"series": category.series, "category": category, "grade": grade}
            for demand in demands:
                yield _rule(common, demand, standard["basis"], standard["from"])
            most = max(
                (each["minimum"] for each in demands if each["indicator"] == "constructors"), default=0
            )
            if most:
                demand = {"indicator": "b_certificates", "minimum": most}
                yield _rule(common, demand, told["b_certificates"]["basis"], standard["from"])
    for block in told["company"]:
        for row in block["numbers"]:
            for grade in row["grades"]:
                common = {"series": row["series"], "category": None, "grade": grade}
                demand = {"indicator": block["indicator"], "minimum": row["minimum"]}
                yield _rule(common, demand, block["basis"], block["from"])


def _rule(common: dict[str, Any], demand: dict[str, Any], basis: str, valid_from: date) -> dict[str, Any]:
    of = common["category"].code if common["category"] else common["series"]
    which = "+".join([demand.get("registration_grade", ""), *demand.get("specialities", [])]).strip("+")
    parts = (of, common["grade"] or "all", demand["indicator"], which, valid_from.isoformat())
    return {
        **common,
        "code": ".".join(part for part in parts if part),
        "indicator": Indicator(demand["indicator"]),
        "registration_grade": demand.get("registration_grade", ""),
        "specialities": demand.get("specialities", []),
        "minimum": Decimal(str(demand["minimum"])),
        "basis": basis,
        "valid_from": valid_from,
    }
