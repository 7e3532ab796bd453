"""An enterprise or a person enters the registry: once for each party."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.people.models import IdType, Party, PartyKind, User
from portal.refusals import RuleBroken
from talent.models import Enterprise, Origin, Person, Sex
from talent.workflow import facts, finding

SEVENTEENTH = 16  # GB 11643-1999: odd is male


@transaction.atomic
def enter_enterprise(
    party: Party, *, origin: Origin, by: User | None, at: datetime, **values: Any
) -> Enterprise:
    """The enterprise of this party, made once; asked again, the values are stated of the one on file.

    Raises RuleBroken for a party without a credit code.
    """
    if party.kind == PartyKind.NATURAL or party.id_type != IdType.USCC:
        raise RuleBroken("企业库只登记有统一社会信用代码的单位。")
    found = Enterprise.objects.filter(party=party).first()
    if found is not None:
        facts.state(found, {"name": party.name, **values}, origin=origin)
        return Enterprise.objects.get(pk=found.pk)
    told = {
        "name": party.name,
        "region_code": party.id_number[2:8],
        "legal_representative": party.legal_representative,
    }
    row = Enterprise.objects.create(
        party=party, uscc=party.id_number, origin=origin, registered_on=localdate(at), **{**told, **values}
    )
    finding.renew_enterprises([row.pk])
    audit.record("talent.enterprise.entered", subject=row, actor=by, at=at, name=row.name, uscc=row.uscc)
    return row


@transaction.atomic
def enter_person(party: Party, *, origin: Origin, by: User | None, at: datetime, **values: Any) -> Person:
    """The person of this party, made once; birth and sex are read from an 18-digit identity number."""
    if party.kind != PartyKind.NATURAL:
        raise RuleBroken("人才库只登记自然人。")
    found = Person.objects.filter(party=party).first()
    if found is not None:
        facts.state(found, {"name": party.name, **values}, origin=origin)
        return Person.objects.get(pk=found.pk)
    row = Person.objects.create(
        party=party,
        origin=origin,
        registered_on=localdate(at),
        **{"name": party.name, **_read_from(party), **values},
    )
    audit.record("talent.person.entered", subject=row, actor=by, at=at, number=party.masked_id)
    return row


def _read_from(party: Party) -> dict[str, Any]:
    if party.id_type not in (IdType.ID_CARD, IdType.RESIDENCE_PERMIT):
        return {}
    return read_number(party.id_number)


def read_number(number: str) -> dict[str, Any]:
    """What an 18-digit identity number says of its bearer."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return {"born_on": born, "sex": Sex.MALE if int(number[SEVENTEENTH]) % 2 else Sex.FEMALE}
