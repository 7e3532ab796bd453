from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "talent"
    verbose_name = "企业库与人才库"
