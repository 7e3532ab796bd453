"""回避: who stays out of what concerns a party, declared and ended."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from approvals.models import Case, ConflictOfInterest
from approvals.workflow.duties import checked_text
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.models import Party, PostRole, User, UserKind
from portal.refusals import RuleBroken

BASIS = "《中华人民共和国公务员法》第七十六条"
MOST_REASON = 300


@transaction.atomic
def declare_conflict(
    user: User,
    party: Party,
    *,
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    at: datetime,
) -> ConflictOfInterest:
    """The person is drawn and takes up nothing of the party's, both days included.

    By the person, or by the head of a department they hold a post in; the other of the two is
    told. Raises RuleBroken when the same conflict is on record for a part of that time.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    reason = checked_text(reason, field="reason", what="回避事由", most=MOST_REASON)
    if user.kind != UserKind.STAFF:
        raise RuleBroken("只为工作人员登记回避。", field="user")
    _require_concerned(user, by, localdate(at))
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("截止日期不能早于起始日期。", field="ends_on")
    standing = ConflictOfInterest.objects.filter(user=user, party=party).exclude(ends_on__lt=starts_on)
    if ends_on is not None:
        standing = standing.filter(starts_on__lte=ends_on)
    if earlier := standing.order_by("starts_on").first():
        raise RuleBroken(f"{earlier}已经登记，自{earlier.starts_on}起，无需重复登记。", field="party")
    conflict = ConflictOfInterest.objects.create(
        user=user, party=party, reason=reason, starts_on=starts_on, ends_on=ends_on, declared_by=by, declared_at=at
    )  # fmt: skip
    audit.record(
        "approvals.conflict.declared",
        subject=conflict,
        actor=by,
        at=at,
        user=user.pk,
        name=str(user),
        party=party.pk,
        reason=reason,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else None,
    )
    _tell(conflict, "登记", by=by, at=at)
    return conflict


@transaction.atomic
def end_conflict(
    conflict: ConflictOfInterest, *, ends_on: date, reason: str, by: User | None, at: datetime
) -> ConflictOfInterest:
    """Set its last day, today at the earliest: the days it has worked cannot be taken back.

    What the head put on record only a head ends. Raises RuleBroken when it has ended already.
    """
    conflict = (
        ConflictOfInterest.objects.select_for_update(of=("self",)).select_related("user").get(pk=conflict.pk)
    )
    today = localdate(at)
    reason = checked_text(reason, field="reason", what="解除原因", most=MOST_REASON)
    _require_concerned(conflict.user, by, today)
    own_word = conflict.declared_by_id == conflict.user_id
    if by is not None and by.pk == conflict.user_id and not own_word:
        raise RuleBroken("本项回避由负责人登记，须由负责人解除。")
    if conflict.ends_on is not None and conflict.ends_on < today:
        raise RuleBroken(f"本项回避已于{conflict.ends_on}截止。")
    if ends_on < max(today, conflict.starts_on):
        raise RuleBroken("最后一天不能早于今天，也不能早于起始日期。", field="ends_on")
    conflict.ends_on, conflict.end_reason = ends_on, reason
    conflict.save(update_fields=["ends_on", "end_reason"])
    audit.record(
        "approvals.conflict.ended",
        subject=conflict,
        actor=by,
        at=at,
        user=conflict.user_id,
        party=conflict.party_id,
        reason=reason,
        ends_on=ends_on.isoformat(),
    )
    _tell(conflict, "解除", by=by, at=at)
    return conflict


def cases_to_transfer(conflict: ConflictOfInterest) -> list[str]:
    """Numbers of the party's open cases in this person's hands: somebody else has to take them."""
    cases = Case.objects.open().filter(party=conflict.party_id, handler=conflict.user_id)
    return list(cases.order_by("number").values_list("number", flat=True))


def _require_concerned(user: User, by: User | None, on: date) -> None:
    if by is None or by.pk == user.pk:
        return
    if not User.objects.headed_by(by, on).filter(pk=user.pk).exists():
        raise RuleBroken("只有本人或者其部门负责人可以登记、解除回避。", field="user", basis=BASIS)


def _tell(conflict: ConflictOfInterest, deed: str, *, by: User | None, at: datetime) -> None:
    on = localdate(at)
    offices = conflict.user.departments(on)
    heads = User.objects.filter(
        pk__in=[
            post.user_id
            for office in offices
            for post in office.posts.in_force(on).filter(role=PostRole.HEAD)
        ]
    )
    told = {person.pk: person for person in [conflict.user, *heads]}
    for person in told.values():
        if by is None or person.pk != by.pk:
            notices.queue(
                "conflict_declared" if deed == "登记" else "conflict_ended",
                to=person,
                at=at,
                key=f"{conflict.pk}:{at:%Y%m%d%H%M%S}",
                subject=conflict,
                person=str(conflict.user),
                party=conflict.party.name,
                on=conflict.starts_on if deed == "登记" else conflict.ends_on,
            )
