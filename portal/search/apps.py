from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "finding"  # "search" is an address of the admin shell
    verbose_name = "检索"
