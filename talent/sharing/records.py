"""Records as another department reads them: only the fields of its scopes. Reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.timezone import localdate

from talent import catalogue, scores, staffing
from talent.models import (
    Blacklisting,
    CreditRecord,
    Enterprise,
    Origin,
    OriginKind,
    Person,
    Qualification,
    Registration,
    RegistrationGrade,
    SafetyCertificate,
    SafetyPermit,
    Scope,
    StaffingState,
)
from talent.sharing import fields

PEOPLE = 100
PROVENANCE = {OriginKind.SELF: "declared", OriginKind.IMPORT: "imported", OriginKind.DECISION: "decided"}
STANDING = {"broken": "不达标", "met": "达标", "unknown": "没有需要核对的条件"}
Part = dict[str, Any]
Parts = dict[int, Part]


def enterprises(rows: Sequence[Enterprise], scopes: Iterable[str], on: date) -> list[Part]:
    """The fields disclosed of these as of today, and the names of those that are not; queries by scope, not by row."""
    return _composed("enterprise", rows, scopes, on)


def people(rows: Sequence[Person], scopes: Iterable[str], on: date) -> list[Part]:
    return _composed("person", rows, scopes, on)


def _composed(noun: str, rows: Sequence[Any], scopes: Iterable[str], on: date) -> list[Part]:
    scopes = list(scopes)
    told: dict[int, Part] = {row.pk: {} for row in rows}
    for scope in fields.given(noun, scopes):
        for pk, part in PARTS[scope](rows, on).items():
            told[pk] |= part
    left = fields.withheld(noun, scopes)
    return [{**told[row.pk], "withheld": left} for row in rows]


def provenance(origin: Origin) -> Part:
    """Who says so: ``declared`` by the party, ``imported`` from another system, ``decided`` by an authority."""
    return {
        "kind": PROVENANCE[OriginKind(origin.kind)],
        "words": str(origin),
        "department": origin.department.name if origin.department else "",
        "decision_number": origin.decision_number,
        "on": localdate(origin.at),
    }


def _by(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _enterprise_basic(rows: Sequence[Enterprise], on: date) -> Parts:
    plain = ("uscc", "name", "kind", "region_code", "address", "legal_representative", "founded_on", "capital",
             "scope", "registered_on")  # fmt: skip
    return {
        row.pk: {
            **{name: getattr(row, name) for name in plain},
            "status": row.get_status_display(),
            "provenance": provenance(row.origin),
        }
        for row in rows
    }


def _contacts(rows: Sequence[Enterprise], on: date) -> Parts:
    return {row.pk: {"contact": row.contact, "contact_phone": row.contact_phone} for row in rows}


def _qualifications(rows: Sequence[Enterprise], on: date) -> Parts:
    rungs = Qualification.objects.live().filter(enterprise__in=rows).order_by("-valid_from", "pk")
    papers = SafetyPermit.objects.live().filter(enterprise__in=rows).order_by("-valid_from", "pk")
    held = _by(rungs.select_related("category", "origin__department", "origin__party"), "enterprise_id")
    permits = _by(papers.select_related("origin__department", "origin__party"), "enterprise_id")
    return {
        row.pk: {
            "qualifications": [_qualification(one, on) for one in held[row.pk]],
            "safety_permits": [
                {
                    "number": one.number,
                    "issuer": one.issuer,
                    **_period(one, on),
                    "provenance": provenance(one.origin),
                }
                for one in permits[row.pk]
            ],
        }
        for row in rows
    }


def _qualification(one: Qualification, on: date) -> Part:
    return {
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


def _period(row: Any, on: date) -> Part:
    in_force = row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
    return {"valid_from": row.valid_from, "valid_to": row.valid_to, "in_force": in_force}


def _staffing(rows: Sequence[Enterprise], on: date) -> Parts:
    states = StaffingState.objects.filter(enterprise__in=rows).select_related("rule").order_by("slot")
    found = _by(states, "enterprise_id")
    told: Parts = {}
    for row in rows:
        broken = [state for state in found[row.pk] if state.is_broken]
        word = "broken" if broken else "met" if found[row.pk] else "unknown"
        told[row.pk] = {
            "staffing": {
                "state": word,
                "words": STANDING[word],
                "lacks": [words for words, _ in staffing.said(broken)],
                "since": min((state.since for state in broken), default=None),
            }
        }
    return told


def _staff(rows: Sequence[Enterprise], on: date) -> Parts:
    counts = catalogue.registered_staff(rows, on)
    place = Window(RowNumber(), partition_by="enterprise", order_by="pk")
    ranked = Registration.objects.counting(on).filter(enterprise__in=rows).annotate(place=place)
    held = _by(ranked.filter(place__lte=PEOPLE + 1).select_related("person").order_by("pk"), "enterprise_id")
    return {
        row.pk: {
            "registered_staff": [{"kind": words, "count": count} for words, count in counts[row.pk]],
            "registered_people": [
                {
                    "id": one.person.key,
                    "name": one.person.public_name,
                    "registration": str(one),
                    "specialities": one.speciality_words,
                    "certificate_no": one.certificate_no,
                    "valid_to": one.valid_to,
                }
                for one in held[row.pk][:PEOPLE]
            ],
            "registered_people_more": len(held[row.pk]) > PEOPLE,
        }
        for row in rows
    }


def _credit(rows: Sequence[Any], on: date) -> Parts:
    owner = str(rows[0]._meta.model_name)
    records = CreditRecord.objects.in_use(on).filter(**{f"{owner}__in": rows}).select_related("item")
    listings = Blacklisting.objects.in_force(on).filter(**{f"{owner}__in": rows}).order_by("pk")
    found, listed = _by(records.order_by("decided_on", "pk"), f"{owner}_id"), _by(listings, f"{owner}_id")
    told: Parts = {}
    for row in rows:
        score = scores.of_records(found[row.pk])
        held = next(iter(listed[row.pk]), None)
        told[row.pk] = {
            "credit_score": score.total,
            "credit_grade": score.grade,
            "credit_records": [_record(one) for one in found[row.pk]],
            "blacklisted": {"decision_number": held.decision_number, "until": held.valid_to}
            if held
            else None,
        }
    return told


def _record(one: CreditRecord) -> Part:
    return {
        "item": str(one.item),
        "is_good": one.item.is_good,
        "points": one.delta,
        "decision_number": one.decision_number,
        "organ": one.organ,
        "decided_on": one.decided_on,
        "public_until": one.public_until,
    }


def _person_basic(rows: Sequence[Person], on: date) -> Parts:
    return {
        row.pk: {
            "id": row.key,
            "name": row.name,
            "masked_number": row.party.masked_id,
            "id_type": row.party.get_id_type_display(),
            "title": row.get_title_display(),
            "registered_on": row.registered_on,
        }
        for row in rows
    }


def _identity(rows: Sequence[Person], on: date) -> Parts:
    return {row.pk: {"id_number": row.party.id_number} for row in rows}


def _registrations(rows: Sequence[Person], on: date) -> Parts:
    registered = Registration.objects.live().filter(person__in=rows).order_by("-valid_from", "pk")
    certified = SafetyCertificate.objects.live().filter(person__in=rows).order_by("-valid_from", "pk")
    held = _by(registered.select_related("enterprise", "origin__department", "origin__party"), "person_id")
    safety = _by(certified.select_related("enterprise"), "person_id")
    return {
        row.pk: {
            "registrations": [_registration(one, on) for one in held[row.pk]],
            "safety_certificates": [
                {
                    "safety_class": str(one),
                    "certificate_no": one.certificate_no,
                    "enterprise": {"uscc": one.enterprise.uscc, "name": one.enterprise.name},
                    **_period(one, on),
                }
                for one in safety[row.pk]
            ],
        }
        for row in rows
    }


def _registration(one: Registration, on: date) -> Part:
    return {
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


PARTS: dict[Scope, Callable[[Sequence[Any], date], Parts]] = {
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
