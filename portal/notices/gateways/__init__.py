"""The doors through which notices leave the house. A gateway carries; it decides nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Outcome(StrEnum):
    """What a gateway's answer means for the notice."""

    DELIVERED = "delivered"  # the person has it
    ACCEPTED = "accepted"  # the gateway has it; a receipt will follow
    REFUSED = "refused"  # it will never take this one
    NOT_SENT = "not_sent"  # certainly not taken this time: trying again is safe
    LIMITED = "limited"  # too many for now
    STOPPED = "stopped"  # it takes nothing from us: balance, account, signature
    UNKNOWN = "unknown"  # it may have been taken: ask before anything else
    UNTRIED = "untried"  # not even begun
    NEVER_SEEN = "never_seen"  # asked: it does not know the reference
    UNTOLD = "untold"  # asked: no answer yet, ask again later
    CANNOT_TELL = "cannot_tell"  # asked: it will never be able to say


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    code: str = ""
    detail: str = ""
    gateway_id: str = ""


@dataclass(frozen=True)
class Message:
    """One notice as a gateway needs it."""

    reference: str
    address: str
    text: str
    title: str = ""
    codes: dict[str, str] = field(default_factory=dict)  # gateway name → its code of the template
    values: dict[str, str] = field(default_factory=dict)  # in the order of the template


@dataclass(frozen=True)
class Inquiry:
    """What became of a message that was sent, or may have been, at ``since``?"""

    reference: str
    address: str
    gateway_id: str
    since: datetime
    at: datetime


class Gateway(Protocol):
    name: str
    by_template: bool  # sends the operator's template with values; else the words themselves

    def send_all(self, messages: Sequence[Message], until: float) -> list[Answer]:
        """One answer a message, in order. Begins none after ``until`` (``time.monotonic()``)."""

    def ask_all(self, inquiries: Sequence[Inquiry]) -> list[Answer]:
        """One answer an inquiry, in order."""


MAIL = "portal.notices.gateways.mail.MailGateway"


def for_channel(channel: str) -> Gateway:
    """The gateway that settings name for the channel, made once a process."""
    if channel == "email":
        return _made(MAIL, "{}")
    return _made(settings.SMS_GATEWAY, json.dumps(settings.SMS_GATEWAY_OPTIONS, sort_keys=True))


@lru_cache(maxsize=8)
def _made(path: str, options: str) -> Gateway:
    known: dict[str, Any] = json.loads(options)
    return import_string(path)(**known)
