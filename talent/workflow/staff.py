"""Who works where, and where a person's certificates are held. A person's row is the lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken
from talent.models import (
    SECOND_GRADE_SPECIALITIES,
    Employment,
    Enterprise,
    Origin,
    Person,
    Registration,
    RegistrationGrade,
    RegistrationKind,
    SafetyCertificate,
    Speciality,
)
from talent.provenance import may_replace
from talent.workflow import facts, finding, flags, staffing

AGE_LIMIT = 65  # 注册建造师管理规定: 年龄达到65周岁的，注册证书失效（待核）


@contextmanager
def _one_at_a_time(sentence: str) -> Iterator[None]:
    """What the database forbids, said in words: its constraint is the last word, this the voice."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        raise RuleBroken(sentence) from clash


def _overlapping(begins: date, ends: date | None) -> Q:
    """Facts that hold on a day of the period."""
    meets = Q(valid_to=None) | Q(valid_to__gte=begins)
    return meets if ends is None else meets & Q(valid_from__lte=ends)


@transaction.atomic
def employ(
    person: Person,
    enterprise: Enterprise,
    *,
    position: str,
    origin: Origin,
    valid_from: date,
    valid_to: date | None = None,
    trade: str = "",
    is_full_time: bool = True,
    by: User | None,
    at: datetime,
) -> Employment:
    """Raises RuleBroken when a full-time post at another enterprise, or the same one, is not over."""
    person = Person.objects.locked(person)
    if valid_to is not None and valid_to < valid_from:
        raise RuleBroken("离职日期不能早于入职日期。", field="valid_to")
    if is_full_time:
        held = (
            person.employments.live()
            .filter(_overlapping(valid_from, valid_to), is_full_time=True)
            .select_related("enterprise")
            .first()
        )
        if held is not None:
            where = "本企业" if held.enterprise_id == enterprise.pk else held.enterprise.name
            raise RuleBroken(
                f"{person.name}自{held.valid_from:%Y-%m-%d}起在{where}任职，尚未离职，不能重复登记。"
            )
    with _one_at_a_time(f"{person.name}在这一时期已有全职任职。"):
        row = Employment.objects.create(
            person=person, enterprise=enterprise, position=position, trade=trade, is_full_time=is_full_time,
            valid_from=valid_from, valid_to=valid_to, origin=origin,
        )  # fmt: skip
    audit.record(
        "talent.employment.begun", subject=row, actor=by, at=at, person=person.pk, enterprise=enterprise.pk,
        position=str(position), valid_from=valid_from,
    )  # fmt: skip
    _watch(row.person_id, enterprise.pk, at=at)
    return row


@transaction.atomic
def end_employment(
    employment: Employment, *, on: date, origin: Origin, by: User | None, at: datetime
) -> Employment:
    """The last day is ``on``. Certificates held at the enterprise are ended by their own acts.

    To leave today or later is news, which those concerned bring; an earlier day contradicts what was
    on file, and its origin must give way.
    """
    Person.objects.locked(employment.person)
    row = Employment.objects.select_for_update(of=("self",)).select_related("origin").get(pk=employment.pk)
    if row.valid_to is not None and row.valid_to <= on:
        raise RuleBroken("这段任职已经结束。")
    if on < row.valid_from:
        raise RuleBroken("离职日期不能早于入职日期。", field="on")
    if on < localdate(at):
        facts.require_replaceable(row, origin=origin)
    row.valid_to = on
    if may_replace(origin.kind, row.origin.kind):
        row.origin = origin
    row.save(update_fields=["valid_to", "origin"])
    audit.record("talent.employment.ended", subject=row, actor=by, at=at, on=on)
    _watch(row.person_id, row.enterprise_id, at=at)
    return row


def check_registration(person: Person, kind: str, grade: str, specialities: list[str], on: date) -> None:
    """Raises RuleBroken for what no register holds: a speciality the grade lacks, an age past the limit."""
    if kind == RegistrationKind.CONSTRUCTOR:
        if grade == RegistrationGrade.NONE:
            raise RuleBroken("注册建造师应当写明级别。", field="grade")
        if not specialities:
            raise RuleBroken("注册建造师应当写明注册专业。", field="specialities")
        beyond = [code for code in specialities if code not in SECOND_GRADE_SPECIALITIES]
        if grade == RegistrationGrade.SECOND and beyond:
            raise RuleBroken(f"二级建造师没有“{Speciality(beyond[0]).label}”专业。", field="specialities")
        age = person.age_on(on)
        if age is not None and age >= AGE_LIMIT:
            raise RuleBroken(f"{person.name}已满{AGE_LIMIT}周岁，不予注册。")


@transaction.atomic
def register(person: Person, enterprise: Enterprise, *, at: datetime, **held: Any) -> Registration:
    """Hold a certificate at an enterprise from ``valid_from`` (the day of issue) until it expires.

    Raises RuleBroken naming the enterprise that holds the person's registrations in that time.
    """
    row = _begin(person, enterprise, at=at, **held)
    _watch(row.person_id, enterprise.pk, at=at)
    return row


def _begin(
    person: Person,
    enterprise: Enterprise,
    *,
    kind: str,
    grade: str = RegistrationGrade.NONE,
    specialities: list[str] | None = None,
    certificate_no: str,
    issued_on: date,
    expires_on: date,
    valid_from: date | None = None,
    origin: Origin,
    by: User | None,
    at: datetime,
) -> Registration:
    person = Person.objects.locked(person)
    begins = valid_from or issued_on
    specialities = sorted(set(specialities or []))
    if expires_on < begins:
        raise RuleBroken("证书有效期不能早于注册日期。", field="expires_on")
    check_registration(person, kind, grade, specialities, begins)
    held = (
        person.registrations.live()
        .filter(_overlapping(begins, expires_on))
        .filter(~Q(enterprise=enterprise) | Q(kind=kind))
        .select_related("enterprise")
        .first()
    )
    if held is not None:
        raise RuleBroken(
            f"{person.name}的{held}在{held.enterprise.name}注册至{held.valid_to:%Y-%m-%d}，"
            "同一时期只能在一个单位注册；请先办理注销或者变更注册。"
        )
    with _one_at_a_time(f"{person.name}在这一时期已在其他单位注册，请先办理注销或者变更注册。"):
        row = Registration.objects.create(
            person=person, enterprise=enterprise, kind=kind, grade=grade, specialities=specialities,
            certificate_no=certificate_no, issued_on=issued_on, expires_on=expires_on, valid_from=begins,
            valid_to=expires_on, origin=origin,
        )  # fmt: skip
    _professional(person)
    finding.renew_people([person.pk])
    audit.record(
        "talent.registration.begun", subject=row, actor=by, at=at, person=person.pk, enterprise=enterprise.pk,
        certificate=certificate_no,
    )  # fmt: skip
    return row


@transaction.atomic
def end_registration(
    registration: Registration, *, on: date, origin: Origin, by: User | None, at: datetime
) -> Registration:
    """The last day it is held at the enterprise is ``on``."""
    row = _end(registration, on=on, origin=origin, by=by, at=at)
    _watch(row.person_id, row.enterprise_id, at=at)
    return row


def _end(
    registration: Registration, *, on: date, origin: Origin, by: User | None, at: datetime
) -> Registration:
    Person.objects.locked(registration.person)
    row = (
        Registration.objects.select_for_update(of=("self",)).select_related("origin").get(pk=registration.pk)
    )
    if row.valid_to <= on:
        raise RuleBroken("这项注册到该日已经结束。")
    facts.require_replaceable(row, origin=origin)
    row.valid_to, row.origin = max(on, row.valid_from), origin
    row.save(update_fields=["valid_to", "origin"])
    finding.renew_people([row.person_id])
    audit.record("talent.registration.ended", subject=row, actor=by, at=at, on=row.valid_to)
    return row


@transaction.atomic
def move_registration(
    registration: Registration,
    enterprise: Enterprise,
    *,
    on: date,
    origin: Origin,
    by: User | None,
    at: datetime,
) -> Registration:
    """变更注册: ends at the old enterprise the day before, continues at the new one to the same expiry."""
    row = _end(registration, on=on - timedelta(days=1), origin=origin, by=by, at=at)
    moved = _begin(
        row.person, enterprise, kind=row.kind, grade=row.grade, specialities=row.specialities,
        certificate_no=row.certificate_no, issued_on=row.issued_on, expires_on=row.expires_on, valid_from=on,
        origin=origin, by=by, at=at,
    )  # fmt: skip
    _watch(row.person_id, row.enterprise_id, enterprise.pk, at=at)
    return moved


@transaction.atomic
def certify_safety(
    person: Person, enterprise: Enterprise, *, origin: Origin, by: User | None, at: datetime, **values: Any
) -> SafetyCertificate:
    """Enter an 安管人员 certificate. Raises RuleBroken when one is held at another enterprise then."""
    person = Person.objects.locked(person)
    sentence = f"{person.name}的安全生产考核合格证在这一时期已在其他企业，一人只能在一个企业任职。"
    with _one_at_a_time(sentence):
        row = SafetyCertificate.objects.create(person=person, enterprise=enterprise, origin=origin, **values)
    _professional(person)
    finding.renew_people([person.pk])
    audit.record(
        "talent.safety_certificate.entered", subject=row, actor=by, at=at, person=person.pk,
        enterprise=enterprise.pk, certificate=row.certificate_no,
    )  # fmt: skip
    _watch(row.person_id, enterprise.pk, at=at)
    return row


def _watch(person: int, *enterprises: int, at: datetime) -> None:
    """What follows a change of staff at once: the enterprises' states, and whether the person raises a question."""
    staffing.follow(*enterprises, at=at)
    flags.look(person, at=at)


def _professional(person: Person) -> None:
    if not person.is_professional:
        person.is_professional = True
        person.save(update_fields=["is_professional"])
