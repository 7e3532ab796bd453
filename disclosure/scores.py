"""The month of each department in figures, each a set of rows that a page can open. Reads only.

The points are a rule of the house, not of law: 100, less what was published late, taken down late,
left unchanged at the end of the month, or not mended in time, and a little more for what the sites of
higher organs carried. How often pages are opened is told beside them and moves no point: a rule or a
penalty is not published better because many read it, and a point would be an invitation to open pages.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from disclosure.models import AssessmentFinding, ColumnDay, Document, ReadDay, Repost
from portal.people.models import Department
from portal.workdays.models import Clock, ClockKind

REPOST_POINTS, MOST_REPOST_POINTS = 2, 10
POINTS = {"late": 2, "late_withdrawn": 5, "stale": 5, "blank": 5, "late_findings": 5}
LABELS = {
    "published": "新公开文件",
    "late": "超过期限公开",
    "late_withdrawn": "超过期限撤下",
    "stale": "没有按时更新的栏目",
    "blank": "空白栏目",
    "late_findings": "逾期未整改的测评问题",
    "reposted": "上级网站转载",
    "reads": "页面打开次数",
}
# Figures of this moment, of no month and no points.
LABELS_NOW = {"undated": "没有成文日期的文件"}
OF_DOCUMENTS = ("published", "late", "late_withdrawn", "reads", "undated")  # figures whose rows are documents


@dataclass(frozen=True)
class Month:
    first: date

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def previous(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def label(self) -> str:
        return f"{self.first.year}年{self.first.month}月"

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def read_month(text: str, *, today: date) -> Month:
    """2026-03, or the month of today when it says no month or one to come."""
    try:
        month = Month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return Month(today.replace(day=1))
    return month if date(2000, 1, 1) <= month.first <= today else Month(today.replace(day=1))


@dataclass
class Score:
    department: Department
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        lost = sum(POINTS[name] * self.counts.get(name, 0) for name in POINTS)
        gained = min(MOST_REPOST_POINTS, REPOST_POINTS * self.counts.get("reposted", 0))
        return max(0, 100 - lost) + gained

    @property
    def on_time(self) -> int:
        return self.counts.get("published", 0) - self.counts.get("late", 0)


def rows(name: str, month: Month, on: date) -> QuerySet[Any]:
    """The rows behind a figure; what counts until the month is over is told as of ``on``."""
    asked: dict[str, Callable[[Month, date], QuerySet[Any]]] = {
        "published": _published,
        "late": _late,
        "late_withdrawn": _late_withdrawn,
        "stale": lambda month, on: _column_days(month, on).filter(light="red"),
        "blank": lambda month, on: _column_days(month, on).filter(light="blank"),
        "late_findings": _late_findings,
        "reposted": _reposted,
        "reads": _read,
    }
    return asked[name](month, on)


def undated(at: datetime) -> QuerySet[Document]:
    """What anyone may read at this moment and bears no date of its own."""
    return Document.objects.visible_to(None, at).filter(current__formed_on=None)


def answerable(name: str) -> str:
    """Where a row of the figure names the department it is counted for."""
    if name == "reposted":
        return "document__publisher"
    return "publisher" if name in OF_DOCUMENTS else "department"


def scores(month: Month, on: date) -> list[Score]:
    """Departments that publish or answer for a column, the fewest points first; a question a figure."""
    found: dict[int, Score] = {
        department.pk: Score(department)
        for department in Department.objects.active()
        .filter(Q(disclosure_columns__is_active=True) | Q(documents__published_on__isnull=False))
        .distinct()
    }
    for name in LABELS:
        who = answerable(name)
        if name == "reads":
            counted = _openings(month).values(who := "document__publisher").annotate(n=Sum("count"))
        else:
            counted = rows(name, month, on).order_by().values(who).annotate(n=Count("pk"))
        for row in counted:
            if row[who] in found:
                found[row[who]].counts[name] = row["n"]
    return sorted(found.values(), key=lambda score: (score.points, score.department.pk))


def _published(month: Month, on: date) -> QuerySet[Document]:
    return Document.objects.filter(published_on__range=(month.first, month.last))


def _late(month: Month, on: date) -> QuerySet[Document]:
    """Published after the twenty working days of 《中华人民共和国政府信息公开条例》第二十六条."""
    return _published(month, on).filter(publication_clock__in=_missed(ClockKind.DISCLOSURE))


def _late_withdrawn(month: Month, on: date) -> QuerySet[Document]:
    """Taken down after the three working days of 《中华人民共和国行政处罚法》第四十八条, or not yet."""
    late = Clock.objects.filter(kind=ClockKind.TAKEDOWN, due_on__range=(month.first, month.last))
    return Document.objects.filter(
        takedown_clock__in=late.filter(Q(closed_on__gt=F("due_on")) | Q(closed_on=None, due_on__lt=on))
    )


def _reposted(month: Month, on: date) -> QuerySet[Repost]:
    return Repost.objects.standing().filter(on__range=(month.first, month.last))


def _openings(month: Month) -> QuerySet[ReadDay]:
    return ReadDay.objects.filter(day__range=(month.first, month.last)).order_by()


def _read(month: Month, on: date) -> QuerySet[Document]:
    """Documents opened in the month, with ``openings``."""
    of_document = _openings(month).filter(document=OuterRef("pk")).values("document").annotate(n=Sum("count"))
    return Document.objects.annotate(openings=Subquery(of_document.values("n"))).filter(openings__gt=0)


def _missed(kind: str) -> QuerySet[Clock]:
    return Clock.objects.filter(kind=kind, closed_on__gt=F("due_on"))


def _column_days(month: Month, on: date) -> QuerySet[ColumnDay]:
    """The columns on the last day of the month that was watched."""
    last = ColumnDay.objects.filter(day__range=(month.first, month.last)).aggregate(last=Max("day"))["last"]
    return ColumnDay.objects.filter(day=last) if last else ColumnDay.objects.none()


def _late_findings(month: Month, on: date) -> QuerySet[AssessmentFinding]:
    """Whose date lies in the month and was missed."""
    return AssessmentFinding.objects.filter(
        Q(clock__closed_on__gt=F("clock__due_on"), clock__stopped_on=None)
        | Q(clock__stopped_on__gt=F("clock__due_on"))
        | Q(clock__closed_on=None, clock__stopped_on=None, clock__due_on__lt=on),
        clock__due_on__range=(month.first, month.last),
    )
