"""承诺兑现: what was promised and what was kept, counted from the clocks of decided cases.

A case counts in the twelve months in which its promise clock was closed by a decision. Days used
are working days from the day after acceptance to the decision, pauses by law left out.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from approvals.models import Case
from approvals.models.codes import AFTER_DECISION
from portal.workdays.deadlines import Move
from portal.workdays.models import current_calendar
from portal.workdays.models.clocks import ClockSegment, Unit

SPAN = timedelta(days=365)
LATE = Q(promise_clock__closed_on__gt=F("promise_clock__due_on")) & (
    Q(promise_clock__stopped_on=None) | Q(promise_clock__stopped_on__gt=F("promise_clock__due_on"))
)
BY_WORKING_DAYS = Q(promise_clock__unit=Unit.WORKING)


@dataclass
class Kept:
    """How one item, or all of them, kept the promise. Sums; the properties are what is shown."""

    item_id: int = 0
    code: str = ""
    name: str = ""
    department: str = ""
    decided: int = 0
    late: int = 0
    counted: int = 0
    used: int = 0
    promised: int = 0
    allowed: int = 0

    def add(self, other: "Kept") -> None:
        self.decided += other.decided
        self.late += other.late
        self.counted += other.counted
        self.used += other.used
        self.promised += other.promised
        self.allowed += other.allowed

    @property
    def on_time_rate(self) -> str:
        """Cut, never rounded up: one late case in ten thousand is not 100 %."""
        return f"{(self.decided - self.late) * 1000 // self.decided / 10:g}%" if self.decided else ""

    @property
    def mean_used(self) -> str:
        return self._mean(self.used)

    @property
    def mean_promised(self) -> str:
        return self._mean(self.promised)

    @property
    def mean_allowed(self) -> str:
        return self._mean(self.allowed)

    def _mean(self, days: int) -> str:
        return f"{days / self.counted:.1f}" if self.counted else ""


def decided(on: date) -> "QuerySet[Case]":
    """Cases decided in the twelve months up to ``on``, both ends included."""
    return Case.objects.filter(
        status__in=AFTER_DECISION,
        promise_clock__closed_on__gt=on - SPAN,
        promise_clock__closed_on__lte=on,
    )


def by_item(on: date) -> list[Kept]:
    """One row for each item with a decided case, the busiest first. Two queries, whatever the number of cases."""
    calendar = current_calendar()
    extended = _extensions(on)
    found: dict[int, Kept] = {}
    rows = decided(on).values(
        "item_id", "item__code", "item__name", "department__name", "promise_clock__closed_on"
    )
    for row in rows.annotate(
        cases=Count("pk"),
        late=Count("pk", filter=LATE),
        counted=Count("pk", filter=BY_WORKING_DAYS),
        limits=Sum("promise_clock__limit", filter=BY_WORKING_DAYS, default=0),
        due=Sum("promise_clock__due_ordinal", filter=BY_WORKING_DAYS, default=0),
        allowed=Sum("statutory_clock__limit", filter=BY_WORKING_DAYS, default=0),
    ).order_by():
        item = row["item_id"]
        kept = found.setdefault(
            item, Kept(item, row["item__code"], row["item__name"], row["department__name"])
        )
        closed = calendar.ordinal(row["promise_clock__closed_on"] or on) * row["counted"]
        kept.add(
            Kept(
                decided=row["cases"],
                late=row["late"],
                counted=row["counted"],
                used=closed - row["due"] + row["limits"],
                promised=row["limits"],
                allowed=row["allowed"],
            )
        )
    for item, days in extended.items():
        found[item].used += days
    return sorted(found.values(), key=lambda kept: (-kept.decided, kept.code))


def _extensions(on: date) -> dict[int, int]:
    """Days by which promises were extended; they moved the due date, not the day of the decision."""
    days: dict[int, int] = defaultdict(int)
    extended = (
        ClockSegment.objects.filter(move=Move.EXTEND, clock__unit=Unit.WORKING)
        .filter(clock__in=decided(on).values("promise_clock"))
        .values_list("clock_id", "days")
    )
    by_clock: dict[int, int] = defaultdict(int)
    for clock, more in extended:
        by_clock[clock] += more
    owners = Case.objects.filter(promise_clock__in=by_clock).values_list("promise_clock_id", "item_id")
    for clock, item in owners:
        days[item] += by_clock[clock or 0]
    return days


def total(items: list[Kept]) -> Kept:
    whole = Kept()
    for kept in items:
        whole.add(kept)
    return whole
