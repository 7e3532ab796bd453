"""Every change of a notice. Nothing else writes to the outbox."""

from portal.notices.recipients import Recipient
from portal.notices.workflow.answering import (
    ANSWERS,
    answer_follow_up,
    mark_read,
    resend,
    reveal_address,
    revoke_opt_out,
    set_gateway_codes,
)
from portal.notices.workflow.authorisations import tell_authorisations
from portal.notices.workflow.queueing import Errand, queue, queue_all
from portal.notices.workflow.receiving import take_receipt, take_reply
from portal.notices.workflow.sending import drain
from portal.notices.workflow.settling import expire_notices, settle_stuck

__all__ = [
    "ANSWERS",
    "Errand",
    "Recipient",
    "answer_follow_up",
    "drain",
    "expire_notices",
    "mark_read",
    "queue",
    "queue_all",
    "resend",
    "reveal_address",
    "revoke_opt_out",
    "set_gateway_codes",
    "settle_stuck",
    "take_receipt",
    "take_reply",
    "tell_authorisations",
]
