"""Row history below the ORM for what the law makes us keep."""

from typing import Any

import pghistory
from django.db import models
from pghistory.models import Event

# Models whose rows ``verify`` compares with their last recorded version.
STATUTORY: list[type[models.Model]] = []
# Those of them of which no row may exist without a chain of entries.
CHAINED: list[type[models.Model]] = []


class RowVersion(Event):
    """What every history table has in common; numbered far enough for a city."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def statutory(model: type[models.Model] | None = None, *, chained: bool = False) -> Any:
    """Class decorator: record each insert, update and delete of a row by database trigger.

    A bulk update, a console session and psql leave a version like any workflow does; the
    versions themselves can be neither changed nor deleted. With ``chained=True``
    ``audit verify`` also reports rows without any audit entry. Run makemigrations after.
    """

    def decorate(cls: type[models.Model]) -> type[models.Model]:
        tracked = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            append_only=True,
            base_model=RowVersion,
            model_name=f"{cls.__name__}History",
        )(cls)
        STATUTORY.append(tracked)
        if chained:
            CHAINED.append(tracked)
        return tracked

    return decorate if model is None else decorate(model)
