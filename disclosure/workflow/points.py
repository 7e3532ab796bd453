"""Every change of a reading point and of its daily counts."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import ReadingDay, ReadingPoint
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken

MOST_A_DAY = 100_000
OLDEST = timedelta(days=366)


@transaction.atomic
def keep_point(point: ReadingPoint, *, changed: list[str], by: User | None, at: datetime) -> ReadingPoint:
    """Open a reading point as filled in, or store the fields that were changed of one."""
    require(by, "disclosure.change_readingpoint", "您没有维护查阅点的权限。")
    is_new = point.pk is None
    if not is_new and not changed:
        return point
    point.save(update_fields=None if is_new else changed)
    deed = "disclosure.point.opened" if is_new else "disclosure.point.changed"
    told = {name: str(getattr(point, name)) for name in changed}
    audit.record(deed, subject=point, actor=by, at=at, **told)
    return point


@transaction.atomic
def count_day(
    point: ReadingPoint, *, day: date, visits: int, queries: int, by: User | None, at: datetime
) -> ReadingDay:
    """How many came on a day; entered again, the later entry stands and the audit keeps both.

    Raises RuleBroken for a day to come or more than a year back, and for numbers nobody believes.
    """
    require(by, "disclosure.count_readingpoint", "您没有登记查阅人次的权限。")
    today = localdate(at)
    _require_own(point, by, today)
    if day > today:
        raise RuleBroken("日期不能晚于今天。", field="day")
    if day < today - OLDEST:
        raise RuleBroken("只能登记近一年内的人次。", field="day")
    for name, number in (("visits", visits), ("queries", queries)):
        if not 0 <= number <= MOST_A_DAY:
            raise RuleBroken(f"请填写0到{MOST_A_DAY}之间的整数。", field=name)
    ReadingPoint.objects.select_for_update().get(pk=point.pk)
    former = ReadingDay.objects.filter(point=point, day=day).first()
    row = former or ReadingDay(point=point, day=day)
    before = {"visits": row.visits, "queries": row.queries} if former else None
    row.visits, row.queries, row.entered_by, row.entered_at = visits, queries, by, at
    row.save()
    audit.record(
        "disclosure.point.counted", subject=point, actor=by, at=at, day=day.isoformat(), visits=visits,
        queries=queries, before=before,
    )  # fmt: skip
    return row


def _require_own(point: ReadingPoint, by: User | None, on: date) -> None:
    """The people of the point's own department count its visitors, or the office that keeps them all."""
    if by is None or by.has_perm("disclosure.change_readingpoint"):
        return
    if not by.posts.in_force(on).filter(department=point.department_id).exists():
        raise RuleBroken(f"{point.name}的人次由{point.department.name}登记。")
