"""The hourly sweep of dates: a run that finds everything told, against one that has to tell it."""

import time

from django.utils import timezone

from approvals.reminders import remind_due_clocks
from portal.notices.models import Notice
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.workdays.models import Clock

SWEEP = Row(
    "sweep", "期限提醒的每小时扫描", "the same sweep, looking at every yellow and red clock",
    "remind_due_clocks() when everything was told in the hour before", Sense.FASTER, 10,
)  # fmt: skip


def sweep(places: Places, size: Size) -> Pair:
    at = timezone.now()

    def everything() -> float:
        Clock.objects.update(warned_for=None, missed_for=None)
        began = time.perf_counter()
        remind_due_clocks(at=at)
        return time.perf_counter() - began

    def check() -> str:
        Clock.objects.update(warned_for=None, missed_for=None)
        first = remind_due_clocks(at=at)
        notices = Notice.objects.count()
        assert remind_due_clocks(at=at) == 0, "told of again"  # noqa: S101
        assert Notice.objects.count() == notices  # noqa: S101
        return f"{first:,} clocks near or past their date, each told of once"

    return Pair(reference=everything, candidate=lambda: remind_due_clocks(at=at), check=check)


ROWS = ((SWEEP, sweep),)
