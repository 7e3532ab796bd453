"""Every change of a 挂靠疑点: raised by the watch, cleared by a supervisor. Nothing else writes to one."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.people.models import Party, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from talent.hanging import Suspicion, suspicions
from talent.models import ClearGround, Enterprise, Flag, Person
from talent.models.flags import FlagQuerySet

SHORTEST_REASON = 5
NAMED = 3  # so many suspicions are named in a refusal


@transaction.atomic
def look(*persons: int, at: datetime) -> int:
    """Raise what is suspicious of these people and not flagged yet; how many. None named is everyone.

    The same rows are flagged once: what was cleared stays cleared.
    """
    found = {each.fingerprint: each for each in suspicions(on=localdate(at), persons=persons or None)}
    known = Flag.objects.filter(fingerprint__in=found).values_list("fingerprint", flat=True)
    new = [found[mark] for mark in sorted(found.keys() - set(known))]
    for each in new:
        _raise(each, at=at)
    return len(new)


def _raise(each: Suspicion, *, at: datetime) -> None:
    former = Flag.objects.filter(kind=each.kind, person_id=each.person_id, cleared_at__isnull=False)
    flag, is_new = Flag.objects.get_or_create(
        fingerprint=each.fingerprint,
        defaults={
            "kind": each.kind, "person_id": each.person_id, "enterprise_id": each.enterprise_id,
            "sentence": each.sentence, "rows": each.rows, "raised_at": at,
            "follows": former.order_by("-pk").first(),
        },
    )  # fmt: skip
    if is_new:
        audit.record(
            "talent.flag.raised", subject=flag, actor=None, at=at, kind=str(flag.get_kind_display()),
            person=flag.person_id, enterprise=flag.enterprise_id, sentence=flag.sentence,
        )  # fmt: skip


@transaction.atomic
def clear(flag: Flag, *, ground: str, reason: str, by: User, at: datetime) -> Flag:
    """Put a suspicion aside for good, with the ground and the reason. Raises RuleBroken for one's own."""
    require(by, "talent.clear_flag", "挂证疑点由监督人员核实后解除。")
    flag = Flag.objects.locked(flag)
    if flag.cleared_at is not None:
        raise RuleBroken("这条疑点已经解除，不能再次处理。")
    if flag.person.party.user_id == by.pk:
        raise RuleBroken("不能解除关于本人的疑点。")
    if ground not in ClearGround.values:
        raise RuleBroken("请选择解除依据。", field="ground")
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleBroken(f"请写明解除理由，至少{SHORTEST_REASON}个字。", field="reason")
    flag.cleared_at, flag.cleared_by, flag.ground, flag.reason = at, by, ground, reason.strip()
    flag.save(update_fields=["cleared_at", "cleared_by", "ground", "reason"])
    audit.record(
        "talent.flag.cleared", subject=flag, actor=by, at=at, ground=str(flag.get_ground_display()),
        reason=flag.reason[:200],
    )  # fmt: skip
    return flag


def open_flags(
    *,
    party: Party | None = None,
    enterprise: Enterprise | None = None,
    persons: Iterable[Person] | None = None,
) -> FlagQuerySet:
    """Suspicions not cleared of a party (enterprise or person), an enterprise, or people."""
    people = list(persons or [])
    if party is not None:
        enterprise = enterprise or Enterprise.objects.filter(party=party).first()
        people += list(Person.objects.filter(party=party))
    found: FlagQuerySet = Flag.objects.open().about(enterprise=enterprise, persons=people or None)
    return found.select_related("person", "enterprise").order_by("pk")


def require_no_open_flags(
    *,
    party: Party | None = None,
    enterprise: Enterprise | None = None,
    persons: Iterable[Person] | None = None,
) -> None:
    """Raises RuleBroken naming what has to be cleared before a decision that rests on these people."""
    found = list(open_flags(party=party, enterprise=enterprise, persons=persons)[: NAMED + 1])
    if found:
        named = "；".join(f"{flag.person.name}{flag.sentence}" for flag in found[:NAMED])
        more = "等" if len(found) > NAMED else ""
        raise RuleBroken(f"有未解除的挂证疑点：{named}{more}。请先由监督人员核实并解除，再作决定。")
