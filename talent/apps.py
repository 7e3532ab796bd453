from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_catalogue(sender: AppConfig, using: str, plan: Any = None, **kwargs: Any) -> None:
    """The catalogue of credit belongs to the version of the code: migrating brings it up to date."""
    from django.db import connections

    from talent.models import CreditItem
    from talent.workflow import load_credit_items

    if using == "default" and CreditItem._meta.db_table in connections[using].introspection.table_names():
        load_credit_items()


class TalentConfig(AppConfig):
    name = "talent"
    verbose_name = "企业库与人才库"

    def ready(self) -> None:
        post_migrate.connect(load_catalogue, sender=self)
