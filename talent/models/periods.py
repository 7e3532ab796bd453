"""Days as PostgreSQL sees them."""

from typing import Any

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db.models import Func


class Days(Func):
    """The range of days from one date column to another, both included; no end is endless."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, begins: Any, ends: Any) -> None:
        super().__init__(begins, ends, RangeBoundary(inclusive_lower=True, inclusive_upper=True))
