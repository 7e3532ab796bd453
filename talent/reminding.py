"""What an official should know of a party before deciding, as of a day: it reminds, it never decides."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.people.models import Party
from talent import staffing
from talent.models import Blacklisting, CreditRecord, Enterprise, Person, StaffingState
from talent.workflow.flags import open_flags

SOON = timedelta(days=90)  # 延续申请 is due three months before
MOST = 10  # lines of one kind


@dataclass(frozen=True)
class Reminder:
    """``tone`` is that of the status badge."""

    kind: str
    text: str
    tone: str = "warn"


def reminders(party: Party, on: date) -> list[Reminder]:
    """Blacklist, penalties, open suspicions, rules broken, and what expires soon; the gravest first."""
    enterprise = Enterprise.objects.live().filter(party=party).first()
    if enterprise is not None:
        return [
            *_credit(enterprise, on), *_flags(party), *_staffing(enterprise),
            *_expiring_of_enterprise(enterprise, on),
        ]  # fmt: skip
    person = Person.objects.live().filter(party=party).first()
    return [*_credit(person, on), *_flags(party), *_expiring_of_person(person, on)] if person else []


def _credit(row: Enterprise | Person, on: date) -> list[Reminder]:
    """Only what is in use that day: expired bad information counts nowhere (建市〔2017〕241号)."""
    listed = Blacklisting.objects.in_force(on).of(row).order_by("-valid_from")[:MOST]
    found = [
        Reminder(
            "黑名单",
            f"{each.get_reason_display()}（{each.decision_number}），至{each.valid_to:%Y-%m-%d}",
            "alarm",
        )
        for each in listed
    ]
    bad = CreditRecord.objects.in_use(on).of(row).filter(delta__lt=0).select_related("item")
    return found + [
        Reminder(
            "不良行为", f"{each.item.name}（{each.decision_number}，{each.decided_on:%Y-%m-%d}）", "alarm"
        )
        for each in bad.order_by("-decided_on", "pk")[:MOST]
    ]


def _flags(party: Party) -> list[Reminder]:
    return [
        Reminder("挂证疑点", f"{flag.person.name}{flag.sentence}，未解除前不能作出准予决定", "alarm")
        for flag in open_flags(party=party)[:MOST]
    ]


def _staffing(enterprise: Enterprise) -> list[Reminder]:
    broken = StaffingState.objects.filter(enterprise=enterprise, is_broken=True).select_related("rule")
    return [
        Reminder("人员不达标", f"{words}（自{state.since:%Y-%m-%d}起）", "alarm")
        for words, state in staffing.said(broken.order_by("pk"))[:MOST]
    ]


def _expiring_of_enterprise(enterprise: Enterprise, on: date) -> list[Reminder]:
    found = [
        (row.valid_to, f"{row}（{row.certificate_no}）")
        for row in enterprise.qualifications.expiring(on, on + SOON).select_related("category")[:MOST]
    ]
    found += [
        (row.valid_to, f"安全生产许可证{row.number}")
        for row in enterprise.safety_permits.expiring(on, on + SOON)[:MOST]
    ]
    return [Reminder("即将到期", f"{what}有效期至{day:%Y-%m-%d}") for day, what in sorted(found)]


def _expiring_of_person(person: Person, on: date) -> list[Reminder]:
    found = [
        (row.valid_to, f"{row}（{row.certificate_no}）")
        for row in person.registrations.expiring(on, on + SOON).order_by("valid_to")[:MOST]
    ]
    return [Reminder("即将到期", f"{what}有效期至{day:%Y-%m-%d}") for day, what in found]
