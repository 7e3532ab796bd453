"""Parties, and who may act for them."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit import workflow as audit
from portal.people import identity
from portal.people.models import (
    ApplicantType,
    Authorisation,
    AuthorisationRole,
    IdType,
    Party,
    PartyKind,
    User,
)
from portal.people.rights import require
from portal.refusals import RuleBroken

EIGHTEEN_DIGITS = {IdType.ID_CARD, IdType.RESIDENCE_PERMIT, IdType.FOREIGN_RESIDENT}
UNMASKABLE = {"party": {"id_number", "phone", "address"}, "user": {"phone"}}
UNMASKED_WORDS = {"id_number": "证件号码", "phone": "联系电话", "address": "地址"}
MIN_REASON = 4


def check_number(id_type: str, number: str, *, today: date) -> str:
    """The number in normal form for its document. Raises RuleBroken saying what is wrong."""
    if id_type == IdType.USCC:
        return identity.check_uscc(number)
    if id_type in EIGHTEEN_DIGITS:
        return identity.check_id_number(number, today=today)
    return identity.check_document_number(number)


@transaction.atomic
def add_party(
    *,
    kind: str,
    applicant_type: str,
    name: str,
    id_type: str,
    id_number: str,
    by: User | None,
    at: datetime,
    phone: str = "",
    address: str = "",
    legal_representative: str = "",
    registry_verified: bool = False,
) -> Party:
    """A party of that identity number, made once: the second time the one on file is returned.

    Raises RuleBroken for a malformed number, or when the number is on file under another name.
    """
    name = name.strip()
    if not name:
        raise RuleBroken("请填写姓名或名称。", field="name")
    if (kind == PartyKind.NATURAL) != (applicant_type == ApplicantType.NATURAL):
        raise RuleBroken("申请人类型与主体类别不符。", field="applicant_type")
    if (kind == PartyKind.NATURAL) == (id_type == IdType.USCC):
        raise RuleBroken("证件类型与主体类别不符。", field="id_type")
    number = check_number(id_type, id_number, today=timezone.localdate(at))
    on_file = Party.objects.with_id_number(id_type, number).first()
    if on_file is not None:
        return _same_name(on_file, name)
    party = Party(
        kind=kind,
        applicant_type=applicant_type,
        name=name,
        id_type=id_type,
        address=address.strip(),
        legal_representative=legal_representative.strip(),
        registry_verified=registry_verified,
    )
    party.set_id_number(number)
    if phone:
        party.set_phone(identity.check_phone(phone))
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError:  # someone else registered it this instant
        return _same_name(Party.objects.with_id_number(id_type, number).get(), name)
    audit.record(
        "people.party.added",
        subject=party,
        actor=by,
        at=at,
        name=name,
        kind=str(kind),
        number=party.masked_id,
    )
    return party


def _same_name(party: Party, name: str) -> Party:
    if party.name != name:
        raise RuleBroken("该证件号码已登记在其他名称下，请核对名称；如确有变更，请到窗口办理。", field="name")
    return party


@transaction.atomic
def declare_identity(
    user: User, *, name: str, id_type: str, id_number: str, address: str = "", at: datetime
) -> Party:
    """A citizen states who they are; until checked with the register it stays self-declared.

    A number once checked cannot be changed here. Raises RuleBroken when the number is malformed
    or belongs to another party.
    """
    if id_type == IdType.USCC:
        raise RuleBroken("个人请使用个人证件。", field="id_type")
    party = Party.objects.select_for_update().filter(user=user).first()
    if party is None:
        party = Party(kind=PartyKind.NATURAL, applicant_type=ApplicantType.NATURAL, user=user)
        party.set_phone(user.phone or "")
    if party.registry_verified:
        raise RuleBroken("您的身份信息已核验，如需变更请携带证件到窗口办理。")
    if len(name.strip()) < 2:
        raise RuleBroken("请填写证件上的姓名，至少2个字。", field="name")
    number = check_number(id_type, id_number, today=timezone.localdate(at))
    party.name, party.id_type, party.address = name.strip(), id_type, address.strip()
    party.set_id_number(number)
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError:
        raise RuleBroken(
            "该证件号码已被其他账号登记。如确为本人，请携带证件到窗口核验。", field="id_number"
        ) from None
    User.objects.filter(pk=user.pk).update(name=party.name)
    audit.record("people.party.identity_declared", subject=party, actor=user, at=at, number=party.masked_id)
    return party


@transaction.atomic
def authorise(
    user: User,
    party: Party,
    *,
    role: str = AuthorisationRole.AGENT,
    starts_on: date,
    ends_on: date | None = None,
    verified: bool = False,
    by: User | None,
    at: datetime,
) -> Authorisation:
    """Ask that the user may act for the party, or, ``verified``, let them at once.

    ``verified`` needs the party's legal representative, a clerk who has seen the papers,
    or the system. Raises RuleBroken when an authorisation already stands.
    """
    if party.is_natural and party.user_id == user.pk:
        raise RuleBroken("本人办理无需授权。")
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("截止日期不能早于起始日期。", field="ends_on")
    if verified:
        _require_voucher(party, by, at)
    authorisation = Authorisation(
        user=user, party=party, role=role, starts_on=starts_on, ends_on=ends_on, requested_at=at
    )
    if verified:
        authorisation.verified_at, authorisation.verified_by = at, by
        authorisation.awaits_notice = True
    try:
        with transaction.atomic():
            authorisation.save()
    except IntegrityError:
        standing = Authorisation.objects.get(user=user, party=party, withdrawn_at=None)
        word = "正在核验中" if standing.verified_at is None else "已有授权"
        raise RuleBroken(f"“{party.name}”{word}，无需重复申请。", field="id_number") from None
    _record(authorisation, "authorised" if verified else "authorisation_requested", by=by, at=at)
    return authorisation


@transaction.atomic
def ask_to_act_for(user: User, *, role: str, at: datetime, **organisation: Any) -> Authorisation:
    """Put the organisation on file if it is not, and ask that the user may act for it."""
    party = add_party(by=user, at=at, **organisation)
    return authorise(user, party, role=role, starts_on=timezone.localdate(at), by=user, at=at)


@transaction.atomic
def verify_authorisation(authorisation: Authorisation, *, by: User | None, at: datetime) -> Authorisation:
    """Confirm a request: by the party's legal representative, or by a clerk who saw the papers."""
    authorisation = _locked(authorisation)
    if authorisation.withdrawn_at is not None:
        raise RuleBroken("该授权申请已撤回。")
    if authorisation.verified_at is not None:
        raise RuleBroken("该授权已核验，无需重复操作。")
    if by is not None and by.pk == authorisation.user_id:
        raise RuleBroken("不能核验自己的授权申请。")
    _require_voucher(authorisation.party, by, at)
    authorisation.verified_at, authorisation.verified_by = at, by
    authorisation.awaits_notice = True
    authorisation.save(update_fields=["verified_at", "verified_by", "awaits_notice"])
    _record(authorisation, "authorisation_verified", by=by, at=at)
    return authorisation


@transaction.atomic
def withdraw_authorisation(
    authorisation: Authorisation, *, reason: str = "", by: User | None, at: datetime
) -> Authorisation:
    """End it at once: by the user themselves, the legal representative or a clerk."""
    authorisation = _locked(authorisation)
    if authorisation.withdrawn_at is not None:
        raise RuleBroken("该授权已撤回，无需重复操作。")
    if by is not None and by.pk != authorisation.user_id:
        _require_voucher(authorisation.party, by, at)
    authorisation.withdrawn_at, authorisation.withdrawn_reason = at, reason.strip()
    authorisation.awaits_notice = True
    authorisation.save(update_fields=["withdrawn_at", "withdrawn_reason", "awaits_notice"])
    _record(authorisation, "authorisation_withdrawn", by=by, at=at, reason=authorisation.withdrawn_reason)
    return authorisation


def mark_told(authorisations: list[Authorisation]) -> None:
    """Those concerned have their notices: nothing is left to tell until the next change."""
    for authorisation in authorisations:
        authorisation.awaits_notice = False
    Authorisation.objects.bulk_update(authorisations, ["awaits_notice"])


@transaction.atomic
def unmask(subject: Party | User, field: str, reason: str, *, by: User, at: datetime) -> str:
    """The plain value, for a stated reason that goes on record before it is shown."""
    require(by, "people.unmask_party", "您没有查看完整个人信息的权限。")
    if field not in UNMASKABLE[subject._meta.model_name or ""]:
        raise RuleBroken("该信息不可查看。", field="field")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(
            f"请写明查看原因，至少{MIN_REASON}个字。",
            field="reason",
            basis="《中华人民共和国个人信息保护法》第六条",
        )
    audit.record(
        f"people.{subject._meta.model_name}.unmasked",
        subject=subject,
        actor=by,
        at=at,
        field=field,
        reason=reason.strip(),
    )
    return getattr(subject, field) or ""


def _locked(authorisation: Authorisation) -> Authorisation:
    rows = Authorisation.objects.select_for_update(of=("self",)).select_related("party", "user")
    return rows.get(pk=authorisation.pk)


def _require_voucher(party: Party, by: User | None, at: datetime) -> None:
    """The system, a clerk, or the one who speaks for the party."""
    if by is None or by.has_perm("people.verify_authorisation"):
        return
    speaks = Authorisation.objects.in_force(timezone.localdate(at)).filter(
        user=by, party=party, role=AuthorisationRole.LEGAL_REPRESENTATIVE
    )
    if party.user_id != by.pk and not speaks.exists():
        raise RuleBroken("只有该单位的法定代表人或窗口工作人员可以核验、撤回授权。")


def _record(authorisation: Authorisation, verb: str, *, by: User | None, at: datetime, **facts: Any) -> None:
    audit.record(
        f"people.party.{verb}",
        subject=authorisation.party,
        actor=by,
        at=at,
        authorisation=authorisation.pk,
        user=str(authorisation.user),
        role=authorisation.role,
        **facts,
    )
