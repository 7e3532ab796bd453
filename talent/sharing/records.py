"""One record as another department reads it: only the fields of its scopes. Reads only."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from talent import catalogue, scores
from talent.models import (
    Blacklisting,
    Enterprise,
    Origin,
    OriginKind,
    Person,
    RegistrationGrade,
    Scope,
    StaffingState,
)
from talent.sharing import fields

PEOPLE = 100
PROVENANCE = {OriginKind.SELF: "declared", OriginKind.IMPORT: "imported", OriginKind.DECISION: "decided"}
Part = dict[str, Any]


def enterprise(row: Enterprise, scopes: Iterable[str], on: date) -> Part:
    """The fields disclosed of an enterprise as of today, and the names of those that are not."""
    return _composed("enterprise", row, scopes, on)


def person(row: Person, scopes: Iterable[str], on: date) -> Part:
    return _composed("person", row, scopes, on)


def _composed(noun: str, row: Any, scopes: Iterable[str], on: date) -> Part:
    scopes = list(scopes)
    told: Part = {}
    for scope in fields.given(noun, scopes):
        told |= PARTS[scope](row, on)
    return {**told, "withheld": fields.withheld(noun, scopes)}


def provenance(origin: Origin) -> Part:
    """Who says so: ``declared`` by the party, ``imported`` from another system, ``decided`` by an authority."""
    return {
        "kind": PROVENANCE[OriginKind(origin.kind)],
        "words": str(origin),
        "department": origin.department.name if origin.department else "",
        "decision_number": origin.decision_number,
        "on": localdate(origin.at),
    }


def _enterprise_basic(row: Enterprise, on: date) -> Part:
    plain = ("uscc", "name", "kind", "region_code", "address", "legal_representative", "founded_on", "capital",
             "scope", "registered_on")  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "status": row.get_status_display(),
        "provenance": provenance(row.origin),
    }


def _contacts(row: Enterprise, on: date) -> Part:
    return {"contact": row.contact, "contact_phone": row.contact_phone}


def _qualifications(row: Enterprise, on: date) -> Part:
    held = row.qualifications.live().select_related("category", "origin__department", "origin__party")
    permits = row.safety_permits.live().select_related("origin__department", "origin__party")
    return {
        "qualifications": [
            {
                "name": str(one),
                "series": one.category.get_series_display(),
                "category": one.category.name,
                "grade": one.get_grade_display(),
                "certificate_no": one.certificate_no,
                "issuer": one.issuer,
                "issued_on": one.issued_on,
                **_period(one, on),
                "provenance": provenance(one.origin),
            }
            for one in held.order_by("-valid_from", "pk")
        ],
        "safety_permits": [
            {
                "number": one.number,
                "issuer": one.issuer,
                **_period(one, on),
                "provenance": provenance(one.origin),
            }
            for one in permits.order_by("-valid_from", "pk")
        ],
    }


def _period(row: Any, on: date) -> Part:
    in_force = row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
    return {"valid_from": row.valid_from, "valid_to": row.valid_to, "in_force": in_force}


def _staffing(row: Enterprise, on: date) -> Part:
    states = list(StaffingState.objects.filter(enterprise=row).select_related("rule").order_by("slot"))
    broken = [state for state in states if state.is_broken]
    word = "broken" if broken else "met" if states else "unknown"
    return {
        "staffing": {
            "state": word,
            "words": {"broken": "不达标", "met": "达标", "unknown": "没有需要核对的条件"}[word],
            "lacks": [state.missing_words for state in broken],
            "since": min((state.since for state in broken), default=None),
        }
    }


def _staff(row: Enterprise, on: date) -> Part:
    people = list(row.registrations.in_force(on).select_related("person").order_by("pk")[: PEOPLE + 1])
    return {
        "registered_staff": [
            {"kind": words, "count": count} for words, count in catalogue.registered_staff(row, on)
        ],
        "registered_people": [
            {
                "id": one.person.key,
                "name": one.person.public_name,
                "registration": str(one),
                "specialities": one.speciality_words,
                "certificate_no": one.certificate_no,
                "valid_to": one.valid_to,
            }
            for one in people[:PEOPLE]
        ],
        "registered_people_more": len(people) > PEOPLE,
    }


def _credit(row: Enterprise | Person, on: date) -> Part:
    score = scores.score(row, on)
    listed = Blacklisting.objects.in_force(on).of(row).order_by("pk").first()
    return {
        "credit_score": score.total,
        "credit_grade": score.grade,
        "credit_records": [
            {
                "item": str(point.record.item),
                "is_good": point.record.item.is_good,
                "points": point.delta,
                "decision_number": point.record.decision_number,
                "organ": point.record.organ,
                "decided_on": point.record.decided_on,
                "public_until": point.until,
            }
            for point in score.points
            if point.record is not None
        ],
        "blacklisted": {"decision_number": listed.decision_number, "until": listed.valid_to}
        if listed
        else None,
    }


def _person_basic(row: Person, on: date) -> Part:
    return {
        "id": row.key,
        "name": row.name,
        "masked_number": row.party.masked_id,
        "id_type": row.party.get_id_type_display(),
        "title": row.get_title_display(),
        "registered_on": row.registered_on,
    }


def _identity(row: Person, on: date) -> Part:
    return {"id_number": row.party.id_number}


def _registrations(row: Person, on: date) -> Part:
    held = row.registrations.live().select_related("enterprise", "origin__department", "origin__party")
    safety = row.safetycertificates.live().select_related("enterprise")
    return {
        "registrations": [
            {
                "name": str(one),
                "kind": one.get_kind_display(),
                "grade": one.get_grade_display() if one.grade != RegistrationGrade.NONE else "",
                "specialities": one.speciality_words,
                "certificate_no": one.certificate_no,
                "enterprise": {"uscc": one.enterprise.uscc, "name": one.enterprise.name},
                "expires_on": one.expires_on,
                **_period(one, on),
                "provenance": provenance(one.origin),
            }
            for one in held.order_by("-valid_from", "pk")
        ],
        "safety_certificates": [
            {
                "safety_class": str(one),
                "certificate_no": one.certificate_no,
                "enterprise": {"uscc": one.enterprise.uscc, "name": one.enterprise.name},
                **_period(one, on),
            }
            for one in safety.order_by("-valid_from", "pk")
        ],
    }


PARTS: dict[Scope, Callable[[Any, date], Part]] = {
    Scope.ENTERPRISE_BASIC: _enterprise_basic,
    Scope.ENTERPRISE_CONTACTS: _contacts,
    Scope.ENTERPRISE_QUALIFICATIONS: _qualifications,
    Scope.ENTERPRISE_STAFFING: _staffing,
    Scope.ENTERPRISE_STAFF: _staff,
    Scope.ENTERPRISE_CREDIT: _credit,
    Scope.PERSON_BASIC: _person_basic,
    Scope.PERSON_IDENTITY: _identity,
    Scope.PERSON_REGISTRATIONS: _registrations,
    Scope.PERSON_CREDIT: _credit,
}
