"""Telling of dates near or past: each clock once for each date it bears, in transactions of a few hundred."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from portal.workdays.models import Clock, ClockQuerySet

BATCH = 500
WARNED, MISSED = "warned_for", "missed_for"  # columns of a clock: the date it was told of


def tell_once(clocks: ClockQuerySet, mark: str, tell: Callable[[list[Clock]], None]) -> int:
    """Hand ``clocks``, batch by batch, to ``tell`` and mark them as told of their date; how many.

    ``clocks`` must be those not yet told (``unwarned``, ``unmissed``): who is marked leaves them. Rows
    that another run holds are left to it.
    """
    count = 0
    while True:
        with transaction.atomic():
            held = clocks.select_for_update(of=("self",), skip_locked=True)
            rows = list(held.order_by("pk")[:BATCH])
            if not rows:
                return count
            tell(rows)
            Clock.objects.filter(pk__in=[clock.pk for clock in rows]).update(**{mark: F("due_on")})
        count += len(rows)
