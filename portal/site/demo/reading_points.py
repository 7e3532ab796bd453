"""The reading points of the demo city, with a month of visitors."""

from datetime import timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import ReadingPoint
from disclosure.workflow import points
from portal.people.models import Department
from portal.site.demo.accounts import read

DAYS = 30


def load_points() -> int:
    """How many were new."""
    now, added = timezone.now(), 0
    for row in read("points"):
        if ReadingPoint.objects.filter(name=row["name"]).exists():
            continue
        department = Department.objects.get(code=row["department"])
        point = ReadingPoint(**{**row, "department": department})
        points.keep_point(point, changed=list(row), by=None, at=now)
        for back in range(1, DAYS + 1):
            day = localdate(now) - timedelta(days=back)
            if day.weekday() < 5:
                visits = 6 + (back * 7 + point.position * 5) % 19
                points.count_day(point, day=day, visits=visits, queries=visits * 2 // 3, by=None, at=now)
        added += 1
    return added
