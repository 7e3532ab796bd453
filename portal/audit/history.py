"""Row history below the ORM for what the law makes us keep."""

from typing import Any

import pghistory
import pgtrigger
from django.db import connection, models
from pghistory.models import Event

# Models whose rows ``verify`` compares with their last recorded version.
STATUTORY: list[type[models.Model]] = []
# Those of them of which no row may exist without a chain of entries.
CHAINED: list[type[models.Model]] = []


# The library's own catches an error for each row, as nothing has set these: a savepoint rolled back,
# which goes through every constraint still to be checked, so that a bulk change takes quadratic time.
_ATTACH_CONTEXT = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
DECLARE
    _id UUID := nullif(current_setting('pghistory.context_id', true), '');
    _told JSONB := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF _id IS NULL OR _told IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES (_id, _told, now(), now())
    ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, updated_at = excluded.updated_at
        WHERE pghistory_context.metadata <> excluded.metadata;
    RETURN _id;
END;
$$ LANGUAGE plpgsql
"""


def attach_context(**_: Any) -> None:
    """After every migrate, as the triggers are."""
    with connection.cursor() as cursor:
        cursor.execute(_ATTACH_CONTEXT)


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
            # Of a bulk load, one statement for all rows. An update would have to join old and new rows,
            # by a plan kept from the first, small one: it stays with each row.
            pghistory.InsertEvent(level=pgtrigger.Statement),
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
