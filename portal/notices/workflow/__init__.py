"""Every change of a notice. Nothing else writes to the outbox."""

from portal.notices.recipients import Recipient
from portal.notices.workflow.queueing import Errand, queue, queue_all

__all__ = ["Errand", "Recipient", "queue", "queue_all"]
