"""Every change of a notice. Nothing else writes to the outbox."""

from portal.notices.recipients import Recipient
from portal.notices.workflow.answering import answer_follow_up, mark_read, resend, revoke_opt_out
from portal.notices.workflow.queueing import Errand, queue, queue_all
from portal.notices.workflow.receiving import take_receipt, take_reply
from portal.notices.workflow.sending import drain
from portal.notices.workflow.settling import expire_notices, settle_stuck

__all__ = [
    "Errand",
    "Recipient",
    "answer_follow_up",
    "drain",
    "expire_notices",
    "mark_read",
    "queue",
    "queue_all",
    "resend",
    "revoke_opt_out",
    "settle_stuck",
    "take_receipt",
    "take_reply",
]
