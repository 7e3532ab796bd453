from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def add_remedies(sender: AppConfig, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Every kind of reply has its paragraph from the first day; what staff wrote stays."""
    from django.db import connections

    from disclosure.models import Remedy
    from disclosure.workflow.requests import add_missing_remedies

    if using == "default" and Remedy._meta.db_table in connections[using].introspection.table_names():
        add_missing_remedies()


class DisclosureConfig(AppConfig):
    name = "disclosure"
    verbose_name = "政府信息公开"

    def ready(self) -> None:
        post_migrate.connect(add_remedies, sender=self)
