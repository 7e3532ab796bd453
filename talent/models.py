"""The registries' first rows: an enterprise and a person each stand for one party."""

from django.db import models

from portal.audit.history import statutory
from portal.people.models import Party


@statutory
class Enterprise(models.Model):
    party = models.OneToOneField(
        Party, on_delete=models.PROTECT, related_name="enterprise", verbose_name="当事人"
    )
    registered_on = models.DateField("入库日期")

    class Meta:
        verbose_name = "企业"
        verbose_name_plural = "企业"

    def __str__(self) -> str:
        return self.party.name


@statutory
class Person(models.Model):
    party = models.OneToOneField(
        Party, on_delete=models.PROTECT, related_name="person", verbose_name="当事人"
    )
    registered_on = models.DateField("入库日期")

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.party.name
