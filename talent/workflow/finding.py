"""What the one search may find of the registries; renewed with every change of what a row says."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils.timezone import localdate

from portal.search import workflow as search
from talent.models import Enterprise, Person, Qualification, Registration, SafetyCertificate

ENTERPRISE, PERSON = "enterprise", "person"


def enterprise_address(uscc: str) -> str:
    return f"/registry/enterprises/{uscc}/"


def person_address(key: object) -> str:
    return f"/registry/people/{key}/"


def findable_enterprise(enterprise: Enterprise) -> search.Wanted:
    """Name, code and certificates: all of it is public."""
    held = [f"{row} {row.certificate_no}" for row in enterprise.shown]  # type: ignore[attr-defined]
    body = [f"统一社会信用代码 {enterprise.uscc}", enterprise.address, *held]
    if enterprise.legal_representative:
        body.insert(1, f"法定代表人 {enterprise.legal_representative}")
    return search.Wanted(
        enterprise.uscc, enterprise.name, "；".join(filter(None, body)),
        enterprise_address(enterprise.uscc), enterprise.registered_on,
    )  # fmt: skip


def findable_person(person: Person) -> search.Wanted:
    """By certificate and employer, under a masked name: the full name is asked for on the registry's own page."""
    held = [f"{row} {row.certificate_no} {row.enterprise.name}" for row in person.shown]  # type: ignore[attr-defined]
    held += [
        f"{row} {row.certificate_no} {row.enterprise.name}"
        for row in person.shown_safety  # type: ignore[attr-defined]
    ]
    title = f"{person.public_name}（{'、'.join(sorted({str(row) for row in person.shown})) or '持证人员'}）"  # type: ignore[attr-defined]
    return search.Wanted(
        str(person.key), title, "；".join(held), person_address(person.key), person.registered_on
    )


def enterprises(on: date, **narrow: Any) -> Iterator[search.Wanted]:
    """What is found of all enterprises, or of some."""
    held: Any = Prefetch(
        "qualifications", Qualification.objects.in_force(on).select_related("category").order_by("pk"),
        to_attr="shown",
    )  # fmt: skip
    rows = Enterprise.objects.visible_to(None).filter(**narrow).prefetch_related(held).order_by("pk")
    yield from map(findable_enterprise, rows.iterator(chunk_size=500))


def people(on: date, **narrow: Any) -> Iterator[search.Wanted]:
    held: Any = Prefetch(
        "registrations", Registration.objects.in_force(on).select_related("enterprise").order_by("pk"),
        to_attr="shown",
    )  # fmt: skip
    safety: Any = Prefetch(
        "safetycertificates", SafetyCertificate.objects.in_force(on).select_related("enterprise").order_by("pk"),
        to_attr="shown_safety",
    )  # fmt: skip
    rows = Person.objects.visible_to(None).filter(**narrow).prefetch_related(held, safety).order_by("pk")
    yield from map(findable_person, rows.iterator(chunk_size=500))


def renew_enterprises(keys: Iterable[int], *, on: date | None = None) -> None:
    """After a change of these enterprises, in its transaction: shown as they are, or no more."""
    keys = list(keys)
    shown = list(enterprises(on or localdate(), pk__in=keys))
    search.show_all(ENTERPRISE, shown)
    seen = {each.obj_id for each in shown}
    for uscc in Enterprise.objects.filter(pk__in=keys).exclude(uscc__in=seen).values_list("uscc", flat=True):
        search.remove(ENTERPRISE, uscc)


def renew_people(keys: Iterable[int], *, on: date | None = None) -> None:
    """As ``renew_enterprises``, for people."""
    keys = list(keys)
    shown = list(people(on or localdate(), pk__in=keys))
    search.show_all(PERSON, shown)
    seen = {each.obj_id for each in shown}
    for key in (
        Person.objects.filter(pk__in=keys, is_professional=True)
        .exclude(key__in=seen)
        .values_list("key", flat=True)
    ):
        search.remove(PERSON, str(key))
