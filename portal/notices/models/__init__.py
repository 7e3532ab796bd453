"""What must be told, to whom, on which channel, and what became of it."""

from portal.notices.models.follow_ups import FollowUp, FollowUpQuerySet, FollowUpWay
from portal.notices.models.notices import (
    FINISHED,
    Channel,
    Notice,
    NoticeQuerySet,
    NoticeState,
)
from portal.notices.models.receipts import Receipt, ReceiptSource
from portal.notices.models.restraints import Halt, OptOut
from portal.notices.models.templates import Template, TemplateKind, UnknownTemplate

__all__ = [
    "FINISHED",
    "Channel",
    "FollowUp",
    "FollowUpQuerySet",
    "FollowUpWay",
    "Halt",
    "Notice",
    "NoticeQuerySet",
    "NoticeState",
    "OptOut",
    "Receipt",
    "ReceiptSource",
    "Template",
    "TemplateKind",
    "UnknownTemplate",
]
