"""How enterprises stand to the staffing rules: one statement for one enterprise or for ten thousand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from talent.models import (
    COMPANY_WIDE,
    Employment,
    Enterprise,
    Indicator,
    IndicatorSuspension,
    Person,
    Position,
    QualificationCategory,
    Registration,
    RegistrationKind,
    SafetyCertificate,
    SafetyClass,
    Speciality,
    StaffingRule,
    StaffingState,
    TitleLevel,
)
from talent.models.staffing import amount

L = TypeVar("L", "Lack", StaffingState)
NATIONAL_METHOD = "G103"  # 获得国家级工法, in the catalogue of behaviour
SAFETY_OFFICERS = (SafetyClass.C1, SafetyClass.C2, SafetyClass.C3)

# Of each indicator the expression over one enterprise's line; null is "the registry cannot tell".
FOUND: dict[str, str] = {
    Indicator.NET_ASSETS: "money.net_assets",
    Indicator.CAPITAL: "firm.capital",
    Indicator.CREDIT_LINE: "money.credit_line",
    Indicator.RESEARCH_SHARE: "money.research / nullif(money.revenue, 0)",
    Indicator.CONSTRUCTORS: "coalesce(held.n, 0)",
    Indicator.MIDDLE_TITLES: "coalesce(posts.middle_titles, 0)",
    Indicator.SITE_MANAGERS: "coalesce(posts.site_managers, 0)",
    Indicator.WORKERS: "coalesce(posts.workers, 0)",
    # Nobody employed as one is nought; one whose career is not on record cannot be told.
    Indicator.CHIEF_YEARS: "CASE WHEN coalesce(posts.chiefs, 0) = 0 THEN 0 ELSE posts.chief_years END",
    Indicator.METHODS: "methods.n",  # of none on record nothing can be told
    Indicator.SAFETY_OFFICERS: "coalesce(safety.officers, 0)",
    Indicator.B_CERTIFICATES: "coalesce(safety.b, 0)",
    Indicator.LEGAL_A: "legal.with_a",
}

_IN_FORCE = "{0}.archived_at IS NULL AND {0}.valid_from <= %(on)s AND ({0}.valid_to IS NULL OR {0}.valid_to >= %(on)s)"
_LIVE = "p.archived_at IS NULL AND p.merged_into_id IS NULL"
# What is held by who no longer works there counts no more (the rule of ``HeldQuerySet.counting``).
_STAYED = "NOT EXISTS (SELECT 1 FROM departed d WHERE d.person_id = w.person_id AND d.enterprise_id = w.enterprise_id)"
_HELD = f"""
    SELECT q.enterprise_id, q.id AS qualification_id, q.category_id, q.grade
    FROM talent_qualification q
    JOIN talent_enterprise e ON e.id = q.enterprise_id AND e.archived_at IS NULL AND e.merged_into_id IS NULL
    WHERE {_IN_FORCE.format("q")} {{of_q}}
"""  # noqa: S608 (constant text)
_ASKED = """
    SELECT id, NULL::bigint, %(category)s::bigint, %(grade)s::varchar
    FROM talent_enterprise WHERE id = ANY(%(enterprises)s::bigint[])
"""
_RULES_OF = """
    SELECT g.enterprise_id, g.qualification_id, r.id AS rule_id, r.indicator, r.minimum,
           r.registration_grade, r.specialities, r.indicator = ANY(%(company_wide)s) AS is_wide,
           row_number() OVER (PARTITION BY g.enterprise_id, r.indicator
                              ORDER BY r.minimum DESC, g.qualification_id, r.id) AS place
    FROM granted g
    JOIN talent_qualificationcategory c ON c.id = g.category_id
    JOIN talent_staffingrule r ON r.series = c.series AND (r.category_id IS NULL OR r.category_id = c.id)
     AND (r.grade = '' OR r.grade = g.grade)
     AND r.valid_from <= %(on)s AND (r.valid_to IS NULL OR r.valid_to >= %(on)s)
    WHERE NOT EXISTS (
        SELECT 1 FROM talent_indicatorsuspension u
        WHERE u.indicator = r.indicator AND u.valid_from <= %(on)s
          AND (u.valid_to IS NULL OR u.valid_to >= %(on)s)
          AND (NOT u.is_above_lowest_only OR g.grade <> c.grades->>-1))
"""
_NOW = f"""
WITH granted (enterprise_id, qualification_id, category_id, grade) AS ({{granted}}),
departed AS (
    SELECT f.person_id, f.enterprise_id FROM talent_employment f
    WHERE f.archived_at IS NULL AND f.valid_to < %(on)s {{of_f}} AND NOT EXISTS (
        SELECT 1 FROM talent_employment w
        WHERE w.person_id = f.person_id AND w.enterprise_id = f.enterprise_id AND {_IN_FORCE.format("w")})
),
demanded AS MATERIALIZED (
    SELECT d.*, CASE WHEN is_wide THEN indicator ELSE concat(qualification_id, ':', rule_id) END AS slot
    FROM ({_RULES_OF}) d WHERE NOT is_wide OR place = 1
),
posts AS (
    SELECT w.enterprise_id,
           count(*) FILTER (WHERE w.is_full_time AND p.title >= %(middle)s) AS middle_titles,
           count(*) FILTER (WHERE w.is_full_time AND w.position = %(site_manager)s) AS site_managers,
           count(*) FILTER (WHERE w.is_full_time AND w.position = %(worker)s) AS workers,
           count(*) FILTER (WHERE w.position = %(chief)s) AS chiefs,
           max(extract(year FROM age(%(on)s::date, p.career_from)))
               FILTER (WHERE w.position = %(chief)s) AS chief_years
    FROM talent_employment w JOIN talent_person p ON p.id = w.person_id AND {_LIVE}
    WHERE {_IN_FORCE.format("w")} {{of_w}} {{stays}}
    GROUP BY w.enterprise_id
),
registered AS (
    SELECT w.enterprise_id, w.grade, w.specialities, count(*) AS n
    FROM talent_registration w JOIN talent_person p ON p.id = w.person_id AND {_LIVE}
    WHERE w.kind = %(constructor)s AND {_IN_FORCE.format("w")} AND {_STAYED} {{of_w}} {{stays}} {{kept}}
    GROUP BY w.enterprise_id, w.grade, w.specialities
),
held AS (
    SELECT d.enterprise_id, d.slot, sum(r.n) AS n
    FROM demanded d JOIN registered r ON r.enterprise_id = d.enterprise_id
     AND (d.registration_grade = '' OR r.grade = d.registration_grade)
     AND (d.specialities = '{{{{}}}}' OR r.specialities && d.specialities)
    WHERE d.indicator = %(constructors)s GROUP BY 1, 2
),
safety AS (
    SELECT w.enterprise_id,
           count(DISTINCT w.person_id) FILTER (WHERE w.safety_class = ANY(%(officers)s)) AS officers,
           count(DISTINCT w.person_id) FILTER (WHERE w.safety_class = 'B') AS b
    FROM talent_safetycertificate w JOIN talent_person p ON p.id = w.person_id AND {_LIVE}
    WHERE {_IN_FORCE.format("w")} AND {_STAYED} {{of_w}} {{stays}}
    GROUP BY w.enterprise_id
),
legal AS (
    SELECT w.enterprise_id, max((s.id IS NOT NULL)::int) AS with_a
    FROM talent_employment w JOIN talent_person p ON p.id = w.person_id AND {_LIVE}
    LEFT JOIN talent_safetycertificate s ON s.person_id = w.person_id AND s.enterprise_id = w.enterprise_id
     AND s.safety_class = 'A' AND {_IN_FORCE.format("s")}
    WHERE w.position = %(legal)s AND {_IN_FORCE.format("w")} {{of_w}} {{stays}}
    GROUP BY w.enterprise_id
),
money AS (
    SELECT DISTINCT ON (w.enterprise_id) w.enterprise_id, w.net_assets, w.credit_line, w.research, w.revenue
    FROM talent_financeyear w
    WHERE w.archived_at IS NULL AND w.year <= extract(year FROM %(on)s::date) {{of_w}}
    ORDER BY w.enterprise_id, w.year DESC
),
methods AS (
    SELECT w.enterprise_id, count(*) AS n
    FROM talent_creditrecord w JOIN talent_credititem i ON i.id = w.item_id AND i.code = %(methods)s
    WHERE w.archived_at IS NULL AND w.decided_on <= %(on)s {{of_w}}
    GROUP BY w.enterprise_id
),
now AS (
    SELECT d.enterprise_id, d.slot, d.qualification_id, d.rule_id, d.indicator, d.minimum AS required,
           (CASE d.indicator {" ".join(f"WHEN '{name}' THEN {found}" for name, found in FOUND.items())} END
           )::numeric(14, 4) AS found
    FROM demanded d
    JOIN talent_enterprise firm ON firm.id = d.enterprise_id
    LEFT JOIN posts ON posts.enterprise_id = d.enterprise_id
    LEFT JOIN held ON held.enterprise_id = d.enterprise_id AND held.slot = d.slot
    LEFT JOIN safety ON safety.enterprise_id = d.enterprise_id
    LEFT JOIN legal ON legal.enterprise_id = d.enterprise_id
    LEFT JOIN money ON money.enterprise_id = d.enterprise_id
    LEFT JOIN methods ON methods.enterprise_id = d.enterprise_id
)
"""  # noqa: S608 (constant text; every value is bound)

_LINES = "SELECT rule_id, qualification_id, required, found FROM now ORDER BY qualification_id, rule_id"


def statement(
    *, on: date, enterprises: Iterable[int] | None = None, leaving: Iterable[int] = (), without: Iterable[int] = ()
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """The head of a statement that ends in a line ``now`` for each rule of each enterprise, and its values.

    Of all enterprises unless some are named; ``leaving`` (people) and ``without`` (registrations) count no more.
    """
    return _worded(_HELD, on=on, enterprises=enterprises, leaving=leaving, without=without)


def _worded(
    granted: str, *, on: date, enterprises: Iterable[int] | None, leaving: Iterable[int] = (), without: Iterable[int] = (),
    **more: Any,
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    values = {
        "on": on,
        "enterprises": sorted(enterprises) if enterprises is not None else None,
        "leaving": list(leaving),
        "without": list(without),
        "company_wide": sorted(COMPANY_WIDE),
        "middle": TitleLevel.MIDDLE,
        "site_manager": Position.SITE_MANAGER,
        "worker": Position.WORKER,
        "chief": Position.CHIEF_ENGINEER,
        "legal": Position.LEGAL_REPRESENTATIVE,
        "constructor": RegistrationKind.CONSTRUCTOR,
        "constructors": Indicator.CONSTRUCTORS,
        "officers": list(SAFETY_OFFICERS),
        "methods": NATIONAL_METHOD,
        **more,
    }
    of = "AND {}.enterprise_id = ANY(%(enterprises)s::bigint[])" if enterprises is not None else ""
    parts = {
        "of_w": of.format("w"),
        "of_f": of.format("f"),
        "stays": "AND w.person_id <> ALL(%(leaving)s::bigint[])" if values["leaving"] else "",
        "kept": "AND w.id <> ALL(%(without)s::bigint[])" if values["without"] else "",
    }
    text = _NOW.format(granted=granted.format(of_q=of.format("q")), **parts)
    plain = {name: str(value) if isinstance(value, str) else value for name, value in values.items()}
    return text, plain


@dataclass(frozen=True)
class Lack:
    """A rule and how an enterprise stands to it; ``found`` is None where the registry cannot tell."""

    rule: StaffingRule
    qualification_id: int | None
    required: Decimal
    found: Decimal | None

    @property
    def is_met(self) -> bool | None:
        return None if self.found is None else self.found >= self.required

    @property
    def missing(self) -> Decimal:
        return max(self.required - self.found, Decimal(0)) if self.found is not None else Decimal(0)

    @property
    def words(self) -> str:
        """缺2名建筑工程专业注册建造师."""
        if self.found is None:
            return f"无法核对{self.rule.what}，登记库中没有数据"
        return self.rule.lack(self.missing) if self.missing else f"{self.rule.what}符合要求"

    @property
    def required_words(self) -> str:
        return amount(self.rule.indicator, self.required)

    @property
    def found_words(self) -> str:
        return amount(self.rule.indicator, self.found)


def said(lacks: Iterable[L]) -> list[tuple[str, L]]:
    """A sentence for each that lacks something, and whose it is; a demand within another is said with it.

    缺2名建筑工程、机电工程专业注册建造师（其中至少1名为建筑工程专业）: two people, not three.
    """
    short = [each for each in lacks if each.missing]
    whole_of = {
        n: next((m for m, whole in enumerate(short) if _is_part(part, whole)), None)
        for n, part in enumerate(short)
    }
    sentences = []
    for n, each in enumerate(short):
        if whole_of[n] is None:
            parts = [short[part] for part, whole in whole_of.items() if whole == n]
            sentences.append((each.rule.lack(each.missing) + _of_these(parts), each))
    return sentences


def _is_part(part: Lack | StaffingState, whole: Lack | StaffingState) -> bool:
    small, large = part.rule, whole.rule
    return (
        small.indicator == large.indicator == Indicator.CONSTRUCTORS
        and (part.qualification_id, small.registration_grade)
        == (whole.qualification_id, large.registration_grade)
        and set(small.specialities) < set(large.specialities)
        and part.missing <= whole.missing
    )


def _of_these(parts: Sequence[Lack | StaffingState]) -> str:
    named = [
        f"其中至少{part.missing.normalize():,f}名为{'、'.join(Speciality(code).label for code in part.rule.specialities)}专业"
        for part in parts
    ]
    return f"（{'，'.join(named)}）" if named else ""


def standing(
    enterprise: Enterprise, on: date, *, leaving: Iterable[int] = (), without: Iterable[int] = ()
) -> list[Lack]:
    """Every rule of the qualifications held that day, computed now from the facts."""
    return _lacks(*statement(on=on, enterprises=[enterprise.pk], leaving=leaving, without=without))


def missing_for(enterprise: Enterprise, category: QualificationCategory, grade: str, on: date) -> list[Lack]:
    """Every rule of a grade the enterprise may not hold yet: what is met, what lacks, what cannot be told.

    For a pre-check ask each for ``is_met`` and ``words``. Empty when the grade has no rules on file.
    """
    return _lacks(
        *_worded(_ASKED, on=on, enterprises=[enterprise.pk], category=category.pk, grade=str(grade))
    )


def would_break(
    enterprise: Enterprise, on: date, *, leaving: Person | None = None, without: Registration | None = None
) -> list[Lack]:
    """The rules that this departure breaks, or breaks further; each says how many then lack."""
    then = standing(
        enterprise, on, leaving=[leaving.pk] if leaving else [], without=[without.pk] if without else []
    )
    before = {(each.qualification_id, each.rule.pk): each.missing for each in standing(enterprise, on)}
    return [each for each in then if each.missing > before.get((each.qualification_id, each.rule.pk), 0)]


def _lacks(text: str, values: dict[str, Any]) -> list[Lack]:
    with connection.cursor() as cursor:
        cursor.execute(text + _LINES, values)
        rows = cursor.fetchall()
    rules = StaffingRule.objects.in_bulk({row[0] for row in rows})
    lacks = [Lack(rules[rule], held, required, found) for rule, held, required, found in rows]
    return [each for each in lacks if each.rule.indicator != Indicator.METHODS or each.found is not None]


def suspended(category: QualificationCategory, grade: str, on: date) -> "QuerySet[IndicatorSuspension]":
    """The indicators of a grade that are not looked at that day."""
    found = IndicatorSuspension.objects.in_force(on)
    if category.grades and grade == category.grades[-1]:
        found = found.filter(is_above_lowest_only=False)
    rules = StaffingRule.objects.in_force(on).filter(
        Q(category=category) | Q(category=None), series=category.series, grade__in=("", grade)
    )
    return found.filter(indicator__in=rules.values("indicator")).order_by("indicator")


def counted(state: StaffingState | Lack, enterprise: Enterprise, on: date) -> "QuerySet[Person]":
    """The people a number counts, one by one; of a chief engineer's years, the chief engineers."""
    rule = state.rule
    people: QuerySet[Person] = Person.objects.live().filter(merged_into=None)
    period = Q(archived_at=None, valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
    here = Q(enterprise=enterprise) & period
    employed = Employment.objects.filter(here)
    certified = SafetyCertificate.objects.counting(on).filter(enterprise=enterprise)
    held: QuerySet[Any]
    match rule.indicator:
        case Indicator.CONSTRUCTORS:
            held = Registration.objects.counting(on).filter(
                enterprise=enterprise, kind=RegistrationKind.CONSTRUCTOR
            )
            if rule.registration_grade:
                held = held.filter(grade=rule.registration_grade)
            if rule.specialities:
                held = held.filter(specialities__overlap=rule.specialities)
        case Indicator.MIDDLE_TITLES:
            held = employed.filter(is_full_time=True, person__title__gte=TitleLevel.MIDDLE)
        case Indicator.SITE_MANAGERS | Indicator.WORKERS:
            position = Position.WORKER if rule.indicator == Indicator.WORKERS else Position.SITE_MANAGER
            held = employed.filter(is_full_time=True, position=position)
        case Indicator.CHIEF_YEARS:
            held = employed.filter(position=Position.CHIEF_ENGINEER)
        case Indicator.SAFETY_OFFICERS:
            held = certified.filter(safety_class__in=SAFETY_OFFICERS)
        case Indicator.B_CERTIFICATES:
            held = certified.filter(safety_class=SafetyClass.B)
        case Indicator.LEGAL_A:
            legal = employed.filter(position=Position.LEGAL_REPRESENTATIVE).values("person")
            held = certified.filter(safety_class=SafetyClass.A, person__in=legal)
        case _:
            return people.none()
    return people.filter(pk__in=held.values_list("person", flat=True))
