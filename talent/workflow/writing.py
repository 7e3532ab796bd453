"""What a granted decision writes into the registries (批后自动入库): all of it or nothing.

An effect is data on the item: ``{write: qualification, category: {field: category}, grade: {field: grade}}``.
The dry run is the writing itself, taken back: it cannot say anything else than what a grant will do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from portal.audit import workflow as audit
from portal.days import spoken
from portal.people.models import Department, Party, User
from portal.refusals import RuleBroken
from talent import staffing
from talent.checks import category_of, told, unknown_fields
from talent.models import (
    Enterprise,
    Grade,
    Origin,
    Qualification,
    Registration,
    RegistrationKind,
    SafetyPermit,
)
from talent.workflow import facts, finding, origins, staff
from talent.workflow.entries import enter_enterprise, enter_person
from talent.workflow.staffing import follow

NONE = "（无）"


@dataclass(frozen=True)
class Grant:
    """What a decision says, as far as a registry row repeats it. Of a dry run the numbers are not given yet."""

    party: Party
    department: Department
    decision_number: str
    case_number: str
    certificate_number: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Change:
    """One line of what changes in whose record."""

    whose: str
    what: str
    before: str
    after: str


@dataclass
class Rehearsal:
    """What a grant would do now; ``refusal`` says why it could not."""

    changes: list[Change] = field(default_factory=list)
    breaks: list[tuple[str, str]] = field(default_factory=list)  # enterprise, what would then lack
    refusal: str = ""


@dataclass
class _Writing:
    grant: Grant
    origin: Origin
    by: User | None
    at: datetime
    changes: list[Change] = field(default_factory=list)
    touched: dict[int, Enterprise] = field(default_factory=dict)

    def note(self, whose: str, what: str, before: str, after: str) -> None:
        self.changes.append(Change(whose, what, before, after))


@transaction.atomic
def write(
    effect: Mapping[str, Any], answers: Mapping[str, Any], grant: Grant, *, by: User | None, at: datetime
) -> list[Change]:
    """Write what the decision says. Raises RuleBroken when the registries forbid it; then nothing is written."""
    return _write(effect, answers, grant, by=by, at=at).changes


def _write(
    effect: Mapping[str, Any], answers: Mapping[str, Any], grant: Grant, *, by: User | None, at: datetime
) -> _Writing:
    words, deed = EFFECTS[effect["write"]]
    values = {word: told(effect.get(word), answers) for word in words}
    if any(value in (None, "", []) for value in values.values()):
        raise RuleBroken("申请表中没有填写登记所需的内容，不能自动入库，请先补正。")
    origin = origins.decided(
        grant.department, decision_number=grant.decision_number, case_number=grant.case_number, by=by, at=at
    )
    writing = _Writing(grant, origin, by, at)
    try:
        with transaction.atomic():
            deed(writing, **values)
    except IntegrityError as clash:  # the constraints of the registries have the last word
        raise RuleBroken("登记库中已有同一时期的同类登记，不能重复入库，请先核对登记。") from clash
    return writing


def rehearse(
    effect: Mapping[str, Any], answers: Mapping[str, Any], grant: Grant, *, by: User | None, at: datetime
) -> Rehearsal:
    """Do it, look which rules then break and for whom, and take everything back."""
    found = Rehearsal()
    with transaction.atomic():
        try:
            with transaction.atomic():
                writing = _write(effect, answers, grant, by=by, at=at)
                found.changes = writing.changes
                for enterprise in writing.touched.values():
                    found.breaks += [
                        (enterprise.name, words) for words in _lacks(enterprise, grant.valid_from)
                    ]
        except RuleBroken as refusal:
            found.refusal = str(refusal)
        transaction.set_rollback(True)
    return found


def effect_faults(effect: Any, fields: set[str]) -> list[str]:
    """What is wrong with an effect as written on an item."""
    if not isinstance(effect, dict) or effect.get("write") not in EFFECTS:
        return [f"批后入库应写明write，为{'、'.join(EFFECTS)}之一。"]
    words, _ = EFFECTS[effect["write"]]
    found = [f"批后入库缺少{word}。" for word in words if word not in effect]
    found += [f"批后入库中有不认识的“{key}”。" for key in effect if key not in {"write", *words}]
    return found + unknown_fields(effect, "批后入库", fields)


@transaction.atomic
def take_back(
    case_number: str, *, department: Department, decision_number: str, on: date, by: User | None, at: datetime
) -> list[Change]:
    """Another decision ends what the decision on this case wrote, from that day on.

    What had ended before stays as it was; a grade that this one had replaced does not come back by itself.
    """
    origin = origins.decided(
        department, decision_number=decision_number, case_number=case_number, by=by, at=at
    )
    changes = []
    for row in _written(case_number, on):
        whose = row.person.name if isinstance(row, Registration) else row.enterprise.name
        if row.valid_from >= on:
            facts.archive(row, reason=f"依据{decision_number}", origin=origin, by=by, at=at)
        elif isinstance(row, Registration):
            staff.end_registration(row, on=on - timedelta(days=1), origin=origin, by=by, at=at)
        else:
            row.valid_to, row.origin = on - timedelta(days=1), origin
            if isinstance(row, Qualification):
                row.ended_reason = f"依据{decision_number}"
            row.save(update_fields=[*ENDED[type(row)], "origin"])
            finding.renew_enterprises([row.enterprise_id])
            follow(row.enterprise_id, at=at)
        changes.append(Change(whose, str(row), "有效", f"自{_day(on)}起无效"))
    audit.record(
        "talent.writing.taken_back", subject=("approvals.case.registry", case_number), actor=by, at=at,
        decision=decision_number, rows=len(changes),
    )  # fmt: skip
    return changes


def _written(case_number: str, on: date) -> list[Any]:
    """What the decision on a case wrote and is not over by that day.

    Under lock, but for registrations: whoever ends one holds its person first.
    """
    rows: list[Any] = []
    for model, related in WRITTEN.items():
        standing = model.objects.live().filter(origin__case_number=case_number).exclude(valid_to__lt=on)
        if model is not Registration:
            standing = standing.select_for_update(of=("self",))
        rows += standing.select_related(*related).order_by("pk")
    return rows


def rehearse_take_back(
    case_number: str, *, department: Department, decision_number: str, on: date, by: User | None, at: datetime
) -> Rehearsal:
    """Take it back, look which rules then break that did not before, and undo everything."""
    found = Rehearsal()
    with transaction.atomic():
        firms = {row.enterprise_id: row.enterprise for row in _written(case_number, on)}
        before = {pk: _lacks(firm, on) for pk, firm in firms.items()}
        try:
            with transaction.atomic():
                found.changes = take_back(
                    case_number, department=department, decision_number=decision_number, on=on, by=by, at=at
                )
        except RuleBroken as refusal:
            found.refusal = str(refusal)
        else:
            found.breaks = [
                (firm.name, words)
                for pk, firm in firms.items()
                for words in _lacks(firm, on)
                if words not in before[pk]
            ]
        transaction.set_rollback(True)
    return found


def _lacks(enterprise: Enterprise, on: date) -> list[str]:
    return [words for words, _ in staffing.said(staffing.standing(enterprise, on))]


# What decisions write, with what a line of a dry run says of it; and what ends a row that began before.
WRITTEN: dict[type[Any], tuple[str, ...]] = {
    Qualification: ("enterprise", "category"),
    SafetyPermit: ("enterprise",),
    Registration: ("enterprise", "person"),
}
ENDED: dict[type[Any], list[str]] = {Qualification: ["valid_to", "ended_reason"], SafetyPermit: ["valid_to"]}


def _day(day: date | None) -> str:
    return "长期" if day is None else spoken(day)


def _enterprise_of(writing: _Writing) -> Enterprise:
    enterprise = enter_enterprise(writing.grant.party, origin=writing.origin, by=writing.by, at=writing.at)
    writing.touched[enterprise.pk] = enterprise
    return enterprise


def _qualification(writing: _Writing, *, category: str, grade: str) -> None:
    """A new grade takes the place of the one held in the category."""
    grant, enterprise = writing.grant, _enterprise_of(writing)
    held_category = category_of(category, grant.valid_from)
    if grade not in held_category.grades:
        raise RuleBroken(f"{held_category}没有“{Grade(grade).label}”。")
    former = (
        enterprise.qualifications.live()
        .filter(category=held_category, valid_from__lt=grant.valid_from)
        .exclude(valid_to__lt=grant.valid_from)
        .select_for_update(of=("self",))
        .first()
    )
    if former is not None:
        former.valid_to, former.origin = grant.valid_from - timedelta(days=1), writing.origin
        former.ended_reason = f"由{grant.decision_number}换发"
        former.save(update_fields=["valid_to", "origin", "ended_reason"])
    row = Qualification.objects.create(
        enterprise=enterprise, category=held_category, grade=grade, certificate_no=grant.certificate_number,
        issuer=grant.department.name, issued_on=grant.valid_from, valid_from=grant.valid_from,
        valid_to=grant.valid_to, origin=writing.origin,
    )  # fmt: skip
    before = f"{former}（{former.certificate_no}）" if former else NONE
    writing.note(enterprise.name, "企业资质", before, f"{row}，有效期至{_day(row.valid_to)}")
    audit.record(
        "talent.qualification.written", subject=row, actor=writing.by, at=writing.at, enterprise=enterprise.pk,
        what=str(row), decision=grant.decision_number,
    )  # fmt: skip
    finding.renew_enterprises([enterprise.pk])
    follow(enterprise.pk, at=writing.at)


def _safety_permit(writing: _Writing) -> None:
    """A new permit; one that runs on is ended the day before."""
    grant, enterprise = writing.grant, _enterprise_of(writing)
    if grant.valid_to is None:
        raise RuleBroken("安全生产许可证应当有有效期，请在事项中填写有效期。")
    former = (
        enterprise.safety_permits.live()
        .filter(valid_from__lt=grant.valid_from, valid_to__gte=grant.valid_from)
        .select_for_update(of=("self",))
        .first()
    )
    if former is not None:
        former.valid_to, former.origin = grant.valid_from - timedelta(days=1), writing.origin
        former.save(update_fields=["valid_to", "origin"])
    row = SafetyPermit.objects.create(
        enterprise=enterprise, number=grant.certificate_number, issuer=grant.department.name,
        valid_from=grant.valid_from, valid_to=grant.valid_to, origin=writing.origin,
    )  # fmt: skip
    before = former.number if former else NONE
    writing.note(enterprise.name, "安全生产许可证", before, f"{row.number}，有效期至{_day(row.valid_to)}")
    audit.record(
        "talent.safety_permit.written", subject=row, actor=writing.by, at=writing.at, enterprise=enterprise.pk,
        decision=grant.decision_number,
    )  # fmt: skip


def _registration(
    writing: _Writing, *, kind: str, grade: str, specialities: list[str] | str, enterprise: str
) -> None:
    """A person's registration, held at the enterprise the application names."""
    grant = writing.grant
    firm = Enterprise.objects.live().filter(uscc=str(enterprise)).first()
    if firm is None:
        raise RuleBroken("企业库中没有申请表所填的聘用单位，请聘用单位先登记。")
    if grant.valid_to is None:
        raise RuleBroken("注册证书应当有有效期，请在事项中填写有效期。")
    person = enter_person(grant.party, origin=writing.origin, by=writing.by, at=writing.at)
    row = staff.register(
        person, firm, kind=kind, grade=grade,
        specialities=[specialities] if isinstance(specialities, str) else list(specialities),
        certificate_no=grant.certificate_number, issued_on=grant.valid_from, expires_on=grant.valid_to,
        origin=writing.origin, by=writing.by, at=writing.at,
    )  # fmt: skip
    writing.touched[firm.pk] = firm
    writing.note(
        person.name,
        str(RegistrationKind(kind).label),
        NONE,
        f"{row}（{row.speciality_words}），在{firm.name}",
    )


# Name of an effect → the words it must have, and what it does.
EFFECTS: dict[str, tuple[tuple[str, ...], Callable[..., None]]] = {
    "qualification": (("category", "grade"), _qualification),
    "safety_permit": ((), _safety_permit),
    "registration": (("kind", "grade", "specialities", "enterprise"), _registration),
}
