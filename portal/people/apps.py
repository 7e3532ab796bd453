from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "portal.people"
    label = "people"
    verbose_name = "人员与机构"

    def ready(self) -> None:
        from portal.people import checks, receivers  # noqa: F401
