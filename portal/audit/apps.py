from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "portal.audit"
    label = "audit"
    verbose_name = "留痕"

    def ready(self) -> None:
        from portal.audit.history import attach_context

        post_migrate.connect(attach_context, sender=self)
