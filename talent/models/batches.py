"""Tables taken into the registries."""

from django.db import models
from django.db.models import F, Q

from portal.papers.batches import Batch, Fault
from portal.people.models import Department
from talent.batch_rows import TableKind
from talent.models.origins import Origin


class RegistryBatch(Batch):
    """``origin`` is made when loading begins: every fact of the table names it.

    ``unchanged`` rows said what the registry says already; ``withheld`` are fields that a stronger
    origin holds, so that the table could not change them: each is told among the faults.
    """

    kind = models.CharField("内容", max_length=16, choices=TableKind)
    source = models.CharField("数据来源", max_length=200)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提供部门"
    )
    origin = models.ForeignKey(
        Origin, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源记录"
    )
    unchanged = models.PositiveIntegerField("无变化", default=0)
    withheld = models.PositiveIntegerField("未改动的字段", default=0)

    class Meta:
        verbose_name = "登记数据导入"
        verbose_name_plural = "登记数据导入"
        constraints = [
            models.CheckConstraint(
                name="registry_batch_reads_no_further_than_its_rows", condition=Q(position__lte=F("rows"))
            ),
        ]

    @property
    def stated(self) -> Origin:
        """The origin of all its facts. Raises ValueError before loading began."""
        if self.origin is None:
            raise ValueError("a table states facts from the moment its loading begins")
        return self.origin


class RegistryFault(Fault):
    batch = models.ForeignKey(RegistryBatch, models.CASCADE, related_name="faults", verbose_name="批次")

    class Meta:
        verbose_name = "导入问题"
        verbose_name_plural = "导入问题"
        indexes = [models.Index(fields=["batch", "row"], name="registry_fault_by_row")]
