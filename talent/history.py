"""The record as it stood: read from the row versions that triggers keep."""

from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils import timezone


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def as_it_stood(model: type[models.Model], day: date, **wanted: Any) -> "models.QuerySet[Any]":
    """The versions of a statutory model's rows in force at the end of a day, one a row.

    ``wanted`` filters by columns as they were then. A row removed by then is not among them.
    """
    versions = model._meta.get_field("row_versions").related_model
    last = (
        versions._default_manager.filter(pgh_created_at__lte=end_of(day))  # type: ignore[union-attr]
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
        .values("pgh_id")
    )
    return (
        versions._default_manager.filter(pgh_id__in=last, **wanted)  # type: ignore[union-attr]
        .exclude(pgh_label="delete")
        .order_by("pgh_obj_id")
    )


def versions_of(row: models.Model) -> "models.QuerySet[Any]":
    """All versions of one row, oldest first."""
    return row.row_versions.order_by("pgh_id")  # type: ignore[attr-defined]
