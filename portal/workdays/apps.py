from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils import timezone


class WorkdaysConfig(AppConfig):
    name = "portal.workdays"
    label = "workdays"
    verbose_name = "工作日与时限"

    def ready(self) -> None:
        post_migrate.connect(_load_schedules, sender=self, dispatch_uid="workdays.schedules")


def _load_schedules(*, using: str, **_: Any) -> None:
    """Reference data follows the tables, also after a flush; nothing to do on the way back to zero."""
    from portal.workdays import workflow
    from portal.workdays.models import CalendarDay

    if CalendarDay._meta.db_table in connections[using].introspection.table_names():
        workflow.load_shipped(at=timezone.now())
