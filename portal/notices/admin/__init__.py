"""The staff's view of the outbox: what was told to whom, and who still has to be told."""

from portal.notices.admin.follow_ups import FollowUpAdmin
from portal.notices.admin.notices import NoticeAdmin
from portal.notices.admin.settings import HaltAdmin, OptOutAdmin, TemplateAdmin

__all__ = ["FollowUpAdmin", "HaltAdmin", "NoticeAdmin", "OptOutAdmin", "TemplateAdmin"]
