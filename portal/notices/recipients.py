"""Who is to be told, and where each can be reached."""

from dataclasses import dataclass, field
from datetime import datetime

from portal.notices.hours import LOCAL
from portal.people.identity import MOBILE, normalise_phone
from portal.people.models import Authorisation, Party, User


@dataclass(frozen=True)
class Recipient:
    """Someone without an account, or with another address than the account's."""

    name: str
    phone: str = ""
    email: str = ""
    user: User | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether a message can get there outside this site."""
        return bool(_mobile(self.phone) or _email(self.email))


@dataclass(frozen=True)
class Reach:
    """The addresses of one person in normal form; empty where there is none."""

    name: str
    mobile: str = ""
    email: str = ""
    user: User | None = None
    party: Party | None = None
    extra_users: list[User] = field(default_factory=list)


def _mobile(number: str | None) -> str:
    """The number if it can take a text message, else empty."""
    plain = normalise_phone(number or "")
    return plain if MOBILE.fullmatch(plain) else ""


def _email(address: str | None) -> str:
    return (address or "").strip().lower()


def reaches(to: User | Party | Recipient, at: datetime) -> list[Reach]:
    """How each person meant by ``to`` can be reached at that moment.

    A party is told at its own mobile number; an organisation without one through those who may
    act for it that day. They also see the message on their own page.
    """
    if isinstance(to, Recipient):
        return [Reach(to.name, _mobile(to.phone), _email(to.email), user=to.user)]
    if isinstance(to, User):
        return [Reach(str(to), _mobile(to.phone), _email(to.email), user=to)]
    own = to.user
    if own is not None:
        mobile = _mobile(to.phone) or _mobile(own.phone)
        return [Reach(to.name, mobile, _email(own.email), user=own, party=to)]
    in_force = Authorisation.objects.in_force(at.astimezone(LOCAL).date()).filter(party=to)
    agents = [grant.user for grant in in_force.select_related("user").order_by("pk")]
    if mobile := _mobile(to.phone):
        email = next((_email(agent.email) for agent in agents if agent.email), "")
        return [Reach(to.name, mobile, email, party=to, extra_users=agents)]
    if not agents:
        return [Reach(to.name, party=to)]
    return [
        Reach(str(agent), _mobile(agent.phone), _email(agent.email), user=agent, party=to) for agent in agents
    ]
