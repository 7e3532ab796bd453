"""Every change of a calendar or of a clock. Nothing else writes to either."""

from portal.workdays.workflow.calendar import as_rows, load_shipped, publish, schedule_of

__all__ = ["as_rows", "load_shipped", "publish", "schedule_of"]
