from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_templates(sender: AppConfig, using: str, plan: Any = None, **kwargs: Any) -> None:
    """The words belong to the version of the code: migrating brings them up to date."""
    from django.db import connections

    from portal.notices.loading import sync_templates
    from portal.notices.models import Template

    if using == "default" and Template._meta.db_table in connections[using].introspection.table_names():
        sync_templates()


class NoticesConfig(AppConfig):
    name = "portal.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        post_migrate.connect(load_templates, sender=self)
