"""People come to an enterprise and go from it with their own word. A person's party is the first lock."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people import identity
from portal.people.crypto import keyed_hash
from portal.people.models import IdType, Party, PartyKind, User
from portal.refusals import RuleBroken
from talent.models import Employment, Enterprise, Invitation, InvitationKind, InvitationState, Person
from talent.staffing import said, would_break
from talent.workflow import entries, origins, staff
from talent.workflow.keeping import require_actable

NOT_FOUND = (
    "没有找到姓名与号码一致、已在本网站注册并填写身份信息的人员。请核对，或者请本人先注册账号并填写身份信息。"
)
MOST_OPEN = 200  # invitations of one enterprise that wait for an answer


def find_party(name: str, number: str) -> Party:
    """The person of that name and identity or mobile number who has an account here.

    Name and number must agree, and every miss is answered alike: nobody learns whose number is on file.
    """
    plain = identity.normalise_phone(number.strip())
    compact = plain.replace(" ", "").replace("-", "").upper()
    whose = (
        Q(phone_hash=keyed_hash("phone", plain))
        | Q(user__phone_hash=keyed_hash("phone", plain))
        | Q(id_hash=keyed_hash("id_number", compact))
    )
    found = (
        Party.objects.filter(whose, kind=PartyKind.NATURAL, name=name.strip(), user__isnull=False)
        .exclude(id_type=IdType.USCC)
        .exclude(id_hash="")
    )
    rows = list(found[:2])
    if len(rows) != 1:
        raise RuleBroken(NOT_FOUND, field="number")
    return rows[0]


@transaction.atomic
def invite(
    enterprise: Enterprise, party: Party, *, position: str, on: date, trade: str = "", is_full_time: bool = True,
    reason: str = "", by: User, at: datetime,
) -> Invitation:  # fmt: skip
    """Ask a person to join; they answer from their own account. Asked twice, the first stands."""
    enterprise = Enterprise.objects.locked(enterprise)
    require_actable(enterprise.party, by, at)
    works_here = Employment.objects.in_force(localdate(at)).filter(enterprise=enterprise, person__party=party)
    if works_here.exists():
        raise RuleBroken(f"{party.name}已经在本企业任职。")
    if enterprise.invitations.waiting().count() >= MOST_OPEN:
        raise RuleBroken(f"等待答复的邀请已有{MOST_OPEN}项，请先撤回不再需要的。")
    values = {"position": position, "trade": trade.strip(), "is_full_time": is_full_time, "on": on}
    row = _open(InvitationKind.JOIN, enterprise, party, reason=reason, by=by, at=at, **values)
    notices.queue(
        "invitation_received", to=party, at=at, key=f"invitation-{row.pk}", subject=row,
        enterprise=enterprise.name, position=row.get_position_display(),
    )  # fmt: skip
    return row


@transaction.atomic
def ask_release(employment: Employment, *, on: date, reason: str, by: User, at: datetime) -> Invitation:
    """Ask a person to confirm that their work here ends on ``on``; nothing ends before they do."""
    employment = Employment.objects.select_related("enterprise__party", "person__party").get(pk=employment.pk)
    enterprise, party = Enterprise.objects.locked(employment.enterprise), employment.person.party
    require_actable(enterprise.party, by, at)
    _require_running(employment, on)
    row = _open(
        InvitationKind.RELEASE, enterprise, party, employment=employment, position=employment.position,
        trade=employment.trade, is_full_time=employment.is_full_time, on=on, reason=reason, by=by, at=at,
    )  # fmt: skip
    notices.queue(
        "release_asked", to=party, at=at, key=f"invitation-{row.pk}", subject=row, enterprise=enterprise.name,
        on=on,
    )  # fmt: skip
    return row


def _open(
    kind: str, enterprise: Enterprise, party: Party, *, by: User, at: datetime, **values: Any
) -> Invitation:
    try:
        with transaction.atomic():
            row = Invitation.objects.create(
                kind=kind, enterprise=enterprise, party=party, made_by=by, made_at=at, **values
            )
    except IntegrityError:
        raise RuleBroken(f"已经向{party.name}发出，正在等待本人确认。") from None
    audit.record(
        "talent.invitation.made", subject=row, actor=by, at=at, kind=str(kind), enterprise=enterprise.pk,
        on=row.on,
    )  # fmt: skip
    return row


def _require_running(employment: Employment, on: date) -> None:
    if employment.archived_at is not None or (employment.valid_to is not None and employment.valid_to <= on):
        raise RuleBroken("这段任职已经结束。")
    if on < employment.valid_from:
        raise RuleBroken("离职日期不能早于入职日期。", field="on")


@transaction.atomic
def accept(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """The person says yes: they work there from the day named, or from today when that has passed.

    The party's row is locked first, so of two enterprises one wins, and the other is told by whom not.
    """
    invitation = _for_person(invitation, by)
    if invitation.state == InvitationState.LAPSED:
        raise RuleBroken(f"您已在其他单位全职任职，{invitation.enterprise}的邀请已经失效；请先办理离职。")
    invitation.move_to(InvitationState.ACCEPTED)
    origin = origins.declared(invitation.enterprise.party, by=by, at=at)
    today = localdate(at)
    if invitation.employment is None:
        person = _person_of(invitation.party, by, at)
        staff.employ(
            person, invitation.enterprise, position=invitation.position, trade=invitation.trade,
            is_full_time=invitation.is_full_time, valid_from=max(invitation.on, today), origin=origin, by=by,
            at=at,
        )  # fmt: skip
        if invitation.is_full_time:
            _lapse_others(invitation, at)
    else:
        staff.end_employment(
            invitation.employment, on=max(invitation.on, invitation.employment.valid_from), origin=origin,
            by=by, at=at,
        )  # fmt: skip
    return _answer(invitation, "accepted", by=by, at=at)


@transaction.atomic
def decline(invitation: Invitation, *, answer: str = "", by: User, at: datetime) -> Invitation:
    invitation = _for_person(invitation, by)
    invitation.move_to(InvitationState.DECLINED)
    invitation.answer = answer.strip()[:200]
    return _answer(invitation, "declined", by=by, at=at)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """The enterprise takes back what was not answered yet."""
    Party.objects.select_for_update(of=("self",)).get(pk=invitation.party_id)
    invitation = Invitation.objects.locked(invitation)
    require_actable(invitation.enterprise.party, by, at)
    invitation.move_to(InvitationState.WITHDRAWN)
    invitation.answered_at = at
    invitation.save(update_fields=["state", "answered_at"])
    audit.record("talent.invitation.withdrawn", subject=invitation, actor=by, at=at)
    return invitation


@transaction.atomic
def leave(employment: Employment, *, on: date, reason: str = "", by: User, at: datetime) -> Employment:
    """A person ends their own work at an enterprise; the enterprise is told, it is not asked.

    The last day still counts: what is lacking from the day after is told before it lacks.
    """
    party = Party.objects.select_for_update(of=("self",)).get(person__employments=employment)
    if party.user_id != by.pk:
        raise RuleBroken("只有本人可以确认自己离职。")
    if on < localdate(at):
        raise RuleBroken("离职日期不能早于今天；以前的日期请由单位办理。", field="on")
    lacks = _lacking_after(employment, on)
    row = staff.end_employment(employment, on=on, origin=origins.declared(party, by=by, at=at), by=by, at=at)
    enterprise = Enterprise.objects.select_related("party").get(pk=row.enterprise_id)
    notices.queue(
        "person_left", to=enterprise.party, at=at, key=f"employment-{row.pk}", subject=enterprise,
        name=party.name, enterprise=enterprise.name, on=on, lacks=lacks,
    )  # fmt: skip
    for asked in Invitation.objects.waiting().filter(employment=row).select_for_update(of=("self",)):
        _close(asked, InvitationState.LAPSED, at)
    return row


def _lacking_after(employment: Employment, on: date) -> str:
    """What the enterprise will lack from the day after, for the message to it."""
    found = would_break(employment.enterprise, on, leaving=employment.person)
    words = "；".join(words for words, _ in said(found))
    return f"此后将{words[:80]}，请在此之前补足" if words else "请核对企业资质要求的人员是否齐备"


def _for_person(invitation: Invitation, by: User) -> Invitation:
    """The invitation under lock, behind the lock of its person's party."""
    party = Party.objects.select_for_update(of=("self",)).get(pk=invitation.party_id)
    if party.user_id != by.pk:
        raise RuleBroken("只有本人可以答复。")
    return Invitation.objects.locked(invitation)


def _person_of(party: Party, by: User, at: datetime) -> Person:
    found = Person.objects.filter(party=party).first()
    if found is None:
        return entries.enter_person(party, origin=origins.declared(party, by=by, at=at), by=by, at=at)
    return found


def _lapse_others(won: Invitation, at: datetime) -> None:
    others = (
        Invitation.objects.waiting()
        .filter(party=won.party, kind=InvitationKind.JOIN, is_full_time=True)
        .exclude(pk=won.pk)
        .select_related("enterprise__party")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for row in others:
        _close(row, InvitationState.LAPSED, at)
        # Whom the person chose instead is theirs to tell.
        notices.queue(
            "invitation_lapsed", to=row.enterprise.party, at=at, key=f"invitation-{row.pk}", subject=row,
            name=won.party.name, enterprise=row.enterprise.name,
        )  # fmt: skip


def _close(row: Invitation, state: InvitationState, at: datetime) -> None:
    row.move_to(state)
    row.answered_at = at
    row.save(update_fields=["state", "answered_at"])
    audit.record(f"talent.invitation.{state.value}", subject=row, actor=None, at=at)


def _answer(invitation: Invitation, verb: str, *, by: User, at: datetime) -> Invitation:
    invitation.answered_at = at
    invitation.save(update_fields=["state", "answered_at", "answer"])
    audit.record(f"talent.invitation.{verb}", subject=invitation, actor=by, at=at)
    notices.queue(
        "invitation_answered", to=invitation.enterprise.party, at=at, key=f"invitation-{invitation.pk}",
        subject=invitation, name=invitation.party.name, what=invitation.get_kind_display(),
        answer=InvitationState(invitation.state).label, enterprise=invitation.enterprise.name,
    )  # fmt: skip
    return invitation
