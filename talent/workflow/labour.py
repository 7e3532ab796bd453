"""Labour resources: a street keeps the facts of its residents, and tells those who agreed to be told."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.notices.workflow import Errand
from portal.people.models import Department, Party, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from talent.models import Person, Resident
from talent.workflow import entries, facts, origins

MOST_TOLD = 2000  # by one notice
RIGHT, REFUSAL = "talent.keep_resident", "劳动力资源由街道（乡镇）工作人员登记。"
MIN_REASON = 4


def streets_of(by: User, at: datetime) -> Any:
    """The offices for which a person may enter residents."""
    return Department.objects.filter(pk__in=by.posts.in_force(localdate(at)).values("department"))


@transaction.atomic
def enter_resident(
    party: Party, *, street: Department, by: User, at: datetime, education: str = "", **values: Any
) -> Resident:
    """Enter a resident of one's own street. Raises RuleBroken for another street, or one on file already."""
    require(by, RIGHT, REFUSAL)
    if not streets_of(by, at).filter(pk=street.pk).exists():
        raise RuleBroken("只能登记本街道（乡镇）的居民。", field="street")
    Party.objects.select_for_update(of=("self",)).get(pk=party.pk)
    origin = origins.imported(f"{street.name}登记", department=street, by=by, at=at)
    person = Person.objects.filter(party=party).first() or entries.enter_person(
        party, origin=origin, by=by, at=at
    )
    held = Resident.objects.filter(person=person).select_related("street").first()
    if held is not None:
        raise RuleBroken(f"{person.name}已登记在{held.street}，请勿重复登记。")
    if education:
        facts.state(person, {"education": education}, origin=origin)
    row = Resident.objects.create(
        person=person, street=street, origin=origin, checked_on=localdate(at), **values
    )
    audit.record("talent.resident.entered", subject=row, actor=by, at=at, street=street.pk)
    return row


@transaction.atomic
def keep_resident(resident: Resident, values: dict[str, Any], *, by: User, at: datetime) -> Resident:
    """Write what was found when the street looked again; health is named in the record, its value is not."""
    require(by, RIGHT, REFUSAL)
    resident = _locked(resident, by, at)
    changed = [name for name, value in values.items() if getattr(resident, name) != value]
    for name in changed:
        setattr(resident, name, values[name])
    resident.checked_on = localdate(at)
    resident.save(update_fields=[*changed, "checked_on"])
    audit.record("talent.resident.kept", subject=resident, actor=by, at=at, changed=changed)
    return resident


@transaction.atomic
def record_consent(resident: Resident, *, given: bool, by: User, at: datetime) -> Resident:
    """The resident agreed to be told of work and training, or took that back; both with their day."""
    require(by, RIGHT, REFUSAL)
    resident, today = _locked(resident, by, at), localdate(at)
    if given == resident.consents(today):
        raise RuleBroken("已经登记同意。" if given else "没有登记过同意，或者已经撤回。")
    if given:
        resident.consented_on, resident.consent_withdrawn_on = today, None
    else:
        resident.consent_withdrawn_on = today
    resident.save(update_fields=["consented_on", "consent_withdrawn_on"])
    audit.record("talent.resident.consented" if given else "talent.resident.consent_withdrawn", subject=resident,
                 actor=by, at=at)  # fmt: skip
    return resident


@transaction.atomic
def reveal_health(resident: Resident, *, reason: str, by: User, at: datetime) -> str:
    """The health class in words, for a reason that goes on record before it is shown."""
    require(by, RIGHT, REFUSAL)
    resident = _locked(resident, by, at)
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(
            f"请写明查看原因，至少{MIN_REASON}个字。",
            field="reason",
            basis="《中华人民共和国个人信息保护法》第二十八条",
        )
    audit.record("talent.resident.health_revealed", subject=resident, actor=by, at=at, reason=reason.strip())
    return resident.health


@transaction.atomic
def tell_residents(*, street: Department, text: str, key: str, by: User, at: datetime, **wanted: str) -> int:
    """A notice to the residents of a street that fit and agreed; how many were told. ``key``: told once."""
    require(by, RIGHT, REFUSAL)
    if not streets_of(by, at).filter(pk=street.pk).exists():
        raise RuleBroken("只能通知本街道（乡镇）的居民。", field="street")
    rows = (
        Resident.objects.consenting(localdate(at))
        .filter(street=street, **wanted)
        .select_related("person__party__user")
    )
    found = list(rows.order_by("pk")[: MOST_TOLD + 1])
    if not found:
        raise RuleBroken("没有符合条件且同意接收的居民。")
    if len(found) > MOST_TOLD:
        raise RuleBroken(f"符合条件的超过{MOST_TOLD}人，请缩小范围，分批发送。")
    values = {"street": street.name, "text": text.strip()}
    errands = [Errand(row.person.party, key, subject=row, values=values) for row in found]
    notices.queue_all("labour_notice", errands, at=at)
    audit.record(
        "talent.residents.told", subject=street, actor=by, at=at, count=len(found), text=text.strip()
    )
    return len(found)


def _locked(resident: Resident, by: User, at: datetime) -> Resident:
    rows = Resident.objects.visible_to(by, localdate(at)).select_for_update(of=("self",))
    found = rows.select_related("person__party", "street").filter(pk=resident.pk).first()
    if found is None:
        raise RuleBroken("这位居民不在您的街道（乡镇）。")
    return found
