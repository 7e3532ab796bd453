"""Telling those concerned that an authorisation was granted, verified or withdrawn."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from portal.notices.recipients import Recipient
from portal.notices.workflow.queueing import Errand, queue_all
from portal.people import workflow as people
from portal.people.models import Authorisation, AuthorisationRole, Party, User

BATCH = 100


@transaction.atomic
def tell_authorisations(*, at: datetime) -> int:
    """Queue the notices of one batch; how many authorisations they are about.

    The rows are held until the notices are, so two sweeps never tell the same change, and the
    business key keeps a change from being told twice.
    """
    rows = list(
        Authorisation.objects.to_tell()
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("user", "party__user")
        .order_by("pk")[:BATCH]
    )
    for code, errands in _errands(rows, at).items():
        queue_all(code, errands, at=at)
    people.mark_told(rows)
    return len(rows)


def _errands(rows: list[Authorisation], at: datetime) -> dict[str, list[Errand]]:
    found: dict[str, list[Errand]] = {}
    for row in rows:
        code, values = _words(row)
        errand = Errand(to=row.user, key=f"{row.pk}", subject=row, values=values)
        found.setdefault(code, []).append(errand)
        if row.verified_at is None:  # it never had effect for the party
            continue
        for contact in _contacts(row, at):
            about = {"person": str(row.user), "on": values["on"]}
            found.setdefault(f"{code}_party", []).append(replace(errand, to=contact, values=about))
    return found


def _words(row: Authorisation) -> tuple[str, dict[str, object]]:
    party = row.party.name
    if row.withdrawn_at is None:
        assert row.verified_at is not None  # noqa: S101
        return "authorisation_granted", {"party": party, "on": max(row.starts_on, localdate(row.verified_at))}
    what = "代办申请" if row.verified_at is None else "代办授权"
    return "authorisation_withdrawn", {"party": party, "what": what, "on": localdate(row.withdrawn_at)}


def _contacts(row: Authorisation, at: datetime) -> list[Party | Recipient | User]:
    """The party itself: its own account, its own mobile number, or who speaks for it."""
    if row.party.user_id is not None:
        return [row.party]
    phone = Recipient(name=row.party.name, phone=row.party.phone)
    if phone.is_reachable:
        return [phone]
    speaks = Authorisation.objects.in_force(localdate(at)).filter(
        party=row.party, role=AuthorisationRole.LEGAL_REPRESENTATIVE
    )
    return [grant.user for grant in speaks.exclude(user=row.user).select_related("user").order_by("pk")]
