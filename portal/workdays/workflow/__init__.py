"""Every change of a calendar or of a clock. Nothing else writes to either."""

from portal.workdays.workflow.calendar import as_rows, load_shipped, publish, schedule_of
from portal.workdays.workflow.clocks import (
    close,
    explain,
    extend,
    fields_by,
    hand_over,
    pause,
    restart,
    resume,
    start,
)

__all__ = [
    "as_rows",
    "close",
    "explain",
    "extend",
    "fields_by",
    "hand_over",
    "load_shipped",
    "pause",
    "publish",
    "restart",
    "resume",
    "schedule_of",
    "start",
]
