"""Documents taken over in bulk: the table they came in, how far it is read, what was wrong in it."""

from django.db import models
from django.db.models import F, Q

from portal.papers.batches import Batch, BatchState, Fault


class ImportBatch(Batch):
    """One table of documents, with the archive of their files."""

    files = models.CharField("附件存储位置", max_length=200, blank=True)

    class Meta:
        verbose_name = "批量导入"
        verbose_name_plural = "批量导入"
        constraints = [
            models.CheckConstraint(
                name="batch_reads_no_further_than_its_rows", condition=Q(position__lte=F("rows"))
            ),
        ]


class BatchFault(Fault):
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="faults", verbose_name="批次")

    class Meta:
        verbose_name = "导入问题"
        verbose_name_plural = "导入问题"
        indexes = [models.Index(fields=["batch", "row"], name="batch_fault_by_row")]


__all__ = ["BatchFault", "BatchState", "ImportBatch"]
