"""Every change of a calendar or of a clock. Nothing else writes to either."""

from portal.workdays.workflow.calendar import (
    as_rows,
    calendar_after,
    discard,
    foresee,
    load_shipped,
    publish,
    register,
    schedule_of,
)
from portal.workdays.workflow.clocks import close, explain, extend, hand_over, pause, restart, resume, start
from portal.workdays.workflow.redating import Preview, preview, redate, tell_moved
from portal.workdays.workflow.starting import Beginning, start_all
from portal.workdays.workflow.telling import MISSED, WARNED, tell_once
from portal.workdays.workflow.watching import recompute_all, warn_of_missing_year

__all__ = [
    "MISSED",
    "WARNED",
    "Beginning",
    "Preview",
    "as_rows",
    "calendar_after",
    "close",
    "discard",
    "explain",
    "extend",
    "foresee",
    "hand_over",
    "load_shipped",
    "pause",
    "preview",
    "publish",
    "recompute_all",
    "redate",
    "register",
    "restart",
    "resume",
    "schedule_of",
    "start",
    "start_all",
    "tell_moved",
    "tell_once",
    "warn_of_missing_year",
]
