"""What the public sees of the registries: lists to look in, and one enterprise or person as of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from portal.paging import NEWEST_KEY_FIRST, Order, walk
from portal.people.models import Department
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.query import Filters
from talent import staffing
from talent.models import (
    COMPANY_WIDE,
    Blacklisting,
    CreditRecord,
    Enterprise,
    Grade,
    Person,
    Qualification,
    Registration,
    RegistrationKind,
    SafetyCertificate,
    StaffingAlert,
    StaffingState,
)

PAGE = 20
FIRST: Mapping[str, str] = {}  # the first page
USCC_LENGTH = 18
MOST_MATCHES = 1_000  # of a word, beyond which one is asked to say more


BY_CODE = Order(
    lambda text: text if len(text) == USCC_LENGTH else None,
    lambda row: str(row.uscc),
    lambda rows, uscc: rows.filter(uscc__gt=uscc),
    lambda rows, uscc: rows.filter(uscc__lt=uscc),
)


@dataclass(frozen=True)
class Listing:
    """One page, and how many there are in all; ``links`` as the pager takes them."""

    rows: list[Any]
    count: int = 0
    capped: bool = False
    links: Mapping[str, str] = field(default_factory=dict)


def find_enterprises(
    *, q: str = "", region: str = "", category: str = "", grade: str = "", on: date,
    place: Mapping[str, str] = FIRST, query: Mapping[str, str] = FIRST,
) -> Listing:  # fmt: skip
    """Enterprises by a part of name, code, representative or certificate number; by code order.

    ``place`` and ``query``: the page asked for, and what else the addresses of its neighbours say.
    Raises RuleBroken for a word of one character.
    """
    rows = Enterprise.objects.visible_to(None)
    capped = False
    if q:
        keys, capped = _matches(q, "enterprise")
        rows = rows.filter(uscc__in=keys)
    if region:
        rows = rows.filter(region_code=region)
    if category or grade:
        held = Qualification.objects.in_force(on)
        held = held.filter(category__code=category) if category else held
        held = held.filter(grade=grade) if grade else held
        rows = rows.filter(pk__in=held.values("enterprise"))
    counted = rows.order_by()[: MOST_MATCHES + 1].count()
    walked = walk(rows.order_by("uscc"), BY_CODE, place, size=PAGE, query=query)
    return Listing(walked.rows, min(counted, MOST_MATCHES), capped or counted > MOST_MATCHES, walked.links)


def find_people(
    *, q: str = "", place: Mapping[str, str] = FIRST, query: Mapping[str, str] = FIRST
) -> Listing:
    """People by their full name, or by the whole number of a certificate; nobody is listed unasked."""
    if not q:
        return Listing([])
    if len(q) < 2:
        raise RuleBroken("请填写完整的姓名或者证书编号。", field="q")
    # Either way by its own index: joined by OR the planner reads everyone with a certificate.
    named = Person.objects.filter(name=q, is_professional=True).values_list("pk")
    rows = Person.objects.visible_to(None).filter(pk__in=named.union(holding(q)))
    counted = rows.order_by()[: MOST_MATCHES + 1].count()
    walked = walk(rows.order_by("-pk"), NEWEST_KEY_FIRST, place, size=PAGE, query=query)
    return Listing(walked.rows, min(counted, MOST_MATCHES), counted > MOST_MATCHES, walked.links)


def holding(certificate_no: str) -> "QuerySet[Any, Any]":
    """The keys of people whose registration or certificate has the whole number."""
    registered = Registration.objects.live().filter(certificate_no=certificate_no).values_list("person_id")
    certified = (
        SafetyCertificate.objects.live().filter(certificate_no=certificate_no).values_list("person_id")
    )
    return registered.union(certified)


def _matches(q: str, kind: str) -> tuple[list[str], bool]:
    found = search.find(q, Filters(kind=kind), limit=MOST_MATCHES)
    return [hit.obj_id for hit in found.rows], found.count > len(found.rows)


def enterprise_facts(enterprise: Enterprise, on: date) -> dict[str, Any]:
    """What the page of an enterprise shows; a fixed number of queries."""
    qualifications = list(
        enterprise.qualifications.live()
        .select_related("category", "origin__department")
        .order_by("-valid_from", "pk")
    )
    return {
        "in_force": [row for row in qualifications if _holds(row, on)],
        "former": [row for row in qualifications if row.valid_to and row.valid_to < on],
        "permits": list(
            enterprise.safety_permits.in_force(on).select_related("origin").order_by("-valid_from")
        ),
        "staff": registered_staff([enterprise], on)[enterprise.pk],
        "works": list(
            enterprise.projects.live().filter(completed_on__isnull=False).order_by("-completed_on")[:20]
        ),
        "shortfalls": shortfalls(enterprise),
        **credit(enterprise, on),
        "has_states": bool(qualifications),
    }


@dataclass(frozen=True)
class Shortfall:
    """What an enterprise lacks for what it holds, since when, and by when it must be put right."""

    words: str
    since: date
    due_on: date | None


MOST_RECORDS = 20


def credit(row: Enterprise | Person, on: date) -> dict[str, Any]:
    """What the law has shown of good and bad behaviour that day, and what it was decided by; two queries.

    建筑市场信用管理暂行办法（建市〔2017〕241号）: what is past its last day, repaired or lifted is not among it.
    """
    records = CreditRecord.objects.in_use(on).of(row).select_related("item", "department")
    found = list(records.order_by("item__is_good", "-decided_on", "pk")[: MOST_RECORDS + 1])
    return {
        "records": found[:MOST_RECORDS],
        "more_records": len(found) > MOST_RECORDS,
        "listings": list(
            Blacklisting.objects.in_force(on).of(row).select_related("department").order_by("-valid_from")
        ),
    }


def shortfalls(enterprise: Enterprise) -> list[Shortfall]:
    """As the monitor last saw it; two queries."""
    states = StaffingState.objects.filter(enterprise=enterprise, is_broken=True).select_related("rule")
    alerts = StaffingAlert.objects.open().of(enterprise).select_related("current_clock")
    due = {alert.qualification_id: alert.current_clock.due_on for alert in alerts if alert.current_clock}
    return [
        Shortfall(
            words, state.since, due.get(None if state.indicator in COMPANY_WIDE else state.qualification_id)
        )
        for words, state in staffing.said(states.order_by("pk"))
    ]


def registered_staff(enterprises: Sequence[Enterprise], on: date) -> dict[int, list[tuple[str, int]]]:
    """How many people hold a registration at each, by kind and grade; one query."""
    registered = (
        Registration.objects.counting(on)
        .filter(enterprise__in=enterprises)
        .values("enterprise", "kind", "grade")
        .annotate(n=Count("person", distinct=True))
    )
    found: dict[int, list[tuple[str, int]]] = {one.pk: [] for one in enterprises}
    for row in registered.order_by("enterprise", "kind", "grade"):
        found[row["enterprise"]].append((_registered_as(row), row["n"]))
    return found


def _holds(row: Qualification, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)


def _registered_as(row: Mapping[str, Any]) -> str:
    grade = {"1": "一级", "2": "二级"}.get(row["grade"], "")
    return f"{grade}{RegistrationKind(row['kind']).label}"


def person_facts(person: Person, on: date) -> dict[str, Any]:
    """Certificates and where they are held; nothing of the person's life."""
    return {
        "registrations": list(
            person.registrations.in_force(on).select_related("enterprise", "origin").order_by("pk")
        ),
        "former": list(
            person.registrations.live()
            .filter(valid_to__lt=on)
            .select_related("enterprise")
            .order_by("-valid_to")[:20]
        ),
        "safety": list(person.safetycertificates.in_force(on).select_related("enterprise").order_by("pk")),
        **credit(person, on),
    }


def grades() -> list[tuple[str, str]]:
    return [(value, label) for value, label in Grade.choices if value != Grade.NONE]


def regions() -> list[tuple[str, str]]:
    """Districts and counties of the city, by code, as their governments are called."""
    offices = Department.objects.active().filter(
        region_level__in=["district", "county"], parent__isnull=False
    )
    named = offices.order_by("region_code", "pk").values_list("region_code", "short_name")
    return list(dict(reversed(named)).items())[::-1]
