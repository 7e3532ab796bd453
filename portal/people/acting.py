"""On whose behalf a signed-in person acts now: themselves, or a party that authorised them."""

from django.http import HttpRequest
from django.utils import timezone

from portal.people.models import Party
from portal.refusals import RuleBroken

SESSION_KEY = "acting_party"


def acting_party(request: HttpRequest) -> Party | None:
    """The party chosen in this session while the authorisation stands, else one's own; None if neither.

    Asked once a request; an authorisation withdrawn a moment ago no longer counts.
    """
    if hasattr(request, "_acting_party"):
        return request._acting_party
    party: Party | None = None
    user = request.user
    if user.is_authenticated and user.is_citizen:
        actable = Party.objects.actable_by(user, timezone.localdate())
        chosen = request.session.get(SESSION_KEY)
        party = (actable.filter(pk=chosen).first() if chosen else None) or actable.filter(user=user).first()
    request._acting_party = party  # type: ignore[attr-defined]
    return party


def act_for(request: HttpRequest, party_id: int) -> Party:
    """Keep the choice in the session. Raises RuleBroken for a party that did not authorise them."""
    user = request.user
    party = None
    if user.is_authenticated and user.is_citizen:
        party = Party.objects.actable_by(user, timezone.localdate()).filter(pk=party_id).first()
    if party is None:
        raise RuleBroken("您没有该主体的有效授权。")
    request.session[SESSION_KEY] = party.pk
    request._acting_party = party  # type: ignore[attr-defined]
    return party
