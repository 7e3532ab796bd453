"""The supervisor's numbers. Each one is a count of cases that the page can open."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from approvals.models import Case, ServiceItem
from approvals.models.cases import CaseQuerySet
from approvals.models.codes import OPEN
from portal.people.models import Department, PostRole, User
from portal.workdays.calendar import WorkCalendar
from portal.workdays.models import ClockKind, ClockSegment, Light, Unit, current_calendar, light_rule

LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.PAUSED)


@dataclass(frozen=True)
class Period:
    """Days from ``since`` to ``until``, both included, with the words for the page."""

    code: str
    label: str
    since: date
    until: date


def periods(on: date) -> list[Period]:
    """What a supervisor compares: this month, last month, the last 30 days, this year."""
    month = on.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    return [
        Period("month", "本月", month, on),
        Period("last_month", "上月", before, month - timedelta(days=1)),
        Period("30days", "近30天", on - timedelta(days=29), on),
        Period("year", "今年", on.replace(month=1, day=1), on),
    ]


def seen_by(user: User, on: date) -> CaseQuerySet:
    """Cases whose numbers this person watches: a supervisor all, a head their departments'."""
    posts = user.posts.in_force(on)
    if posts.filter(role=PostRole.SUPERVISOR).exists():
        return Case.objects.all()
    led = posts.filter(role=PostRole.HEAD).values("department")
    return Case.objects.filter(department__in=led)


@dataclass
class Row:
    """One line of the table of lights: a department with its items below it, or an item."""

    key: str
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, LIGHTS), 0))
    below: list["Row"] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def add(self, counts: dict[str, int]) -> None:
        for light, count in counts.items():
            self.counts[light] += count


def lights(cases: CaseQuerySet, on: date) -> list[Row]:
    """Open cases by department and item, by light; one query, whatever the size."""
    cases = cases.filter(status__in=OPEN)
    counts = {str(light): Count("pk", filter=light_rule(light, on)) for light in LIGHTS}
    rows: dict[int, Row] = {}
    grouped = (
        cases.values("department_id", "item__code", "item__name").annotate(**counts).order_by("item__name")
    )
    names = dict(Department.objects.values_list("pk", "name"))
    for group in map(dict[str, Any], grouped):
        found = {light: group[light] for light in counts}
        department = rows.setdefault(
            group["department_id"], Row(str(group["department_id"]), names[group["department_id"]])
        )
        department.add(found)
        item = Row(group["item__code"], group["item__name"])
        item.add(found)
        department.below.append(item)
    return sorted(
        rows.values(), key=lambda row: (-row.counts[Light.RED], -row.counts[Light.YELLOW], row.name)
    )


@dataclass
class Pace:
    """How decided cases went, in the working days of their promise; ``None`` where nothing is decided."""

    decided: int = 0
    on_time: int = 0
    used: int = 0
    promised: int = 0
    statutory: int = 0

    @property
    def rate(self) -> float | None:
        """Share decided on or before the promised day, in per cent."""
        return round(self.on_time * 100 / self.decided, 1) if self.decided else None

    @property
    def mean_used(self) -> float | None:
        return self._mean(self.used)

    @property
    def mean_promised(self) -> float | None:
        return self._mean(self.promised)

    @property
    def mean_statutory(self) -> float | None:
        return self._mean(self.statutory)

    @property
    def late(self) -> int:
        return self.decided - self.on_time

    def _mean(self, days: int) -> float | None:
        return round(days / self.decided, 1) if self.decided else None


def decided_in(cases: CaseQuerySet, period: Period) -> CaseQuerySet:
    """Cases decided in the period, granted or refused, by the promise clock they closed."""
    return cases.filter(
        promise_clock__kind=ClockKind.CASE_PROMISE,  # as it says there: closed ones have an index of their own
        promise_clock__closed_on__gte=period.since,
        promise_clock__closed_on__lte=period.until,
        decided_at__isnull=False,
    )


def late(cases: CaseQuerySet) -> CaseQuerySet:
    """Decided after the promised day."""
    return cases.filter(promise_clock__closed_on__gt=F("promise_clock__due_on"))


def pace(cases: CaseQuerySet, period: Period) -> tuple[Pace, dict[tuple[int, str], Pace]]:
    """The pace over all, and by (department, item code). Equal courses are counted in SQL."""
    extended = (
        ClockSegment.objects.filter(clock=OuterRef("promise_clock"), move=ClockSegment.Move.EXTEND)
        .values("clock")
        .annotate(days=Sum("days"))
        .values("days")
    )
    courses = (
        decided_in(cases, period)
        .annotate(extended=Coalesce(Subquery(extended), 0))
        .values(
            "department_id", "item__code", "extended", unit=F("promise_clock__unit"),
            started_on=F("promise_clock__started_on"), closed_on=F("promise_clock__closed_on"),
            due_on=F("promise_clock__due_on"), due_ordinal=F("promise_clock__due_ordinal"),
            promised=F("promise_clock__limit"), statutory=F("statutory_clock__limit"),
        )
        .annotate(number=Count("pk"))
        .order_by()
    )  # fmt: skip
    whole, parts, calendar = Pace(), dict[tuple[int, str], Pace](), current_calendar()
    for course in map(dict[str, Any], courses):
        used = days_used(course, calendar)
        part = parts.setdefault((course["department_id"], course["item__code"]), Pace())
        for each in (whole, part):
            _count(each, course, used)
    return whole, parts


def _count(pace: Pace, course: dict[str, Any], used: int) -> None:
    number = course["number"]
    pace.decided += number
    pace.on_time += number if course["closed_on"] <= course["due_on"] else 0
    pace.used += number * used
    pace.promised += number * course["promised"]
    pace.statutory += number * (course["statutory"] or course["promised"])


def days_used(course: dict[str, Any], calendar: WorkCalendar) -> int:
    """Days of the clock's own unit from start to close, without those it stood still."""
    if course["unit"] == Unit.WORKING:
        start, end = calendar.ordinal(course["started_on"]), calendar.ordinal(course["closed_on"])
    else:
        start, end = course["started_on"].toordinal(), course["closed_on"].toordinal()
    stood_still = course["due_ordinal"] - start - course["promised"] - course["extended"]
    return max(0, end - start - max(0, stood_still))


def overdue(cases: CaseQuerySet, on: date) -> CaseQuerySet:
    """Open and past the date that matters now, the longest overdue first."""
    return cases.filter(status__in=OPEN).in_light(Light.RED, on).order_by("current_clock__due_on", "pk")


def by_item(parts: dict[tuple[int, str], Pace]) -> list[dict[str, Any]]:
    """Each part with its names, the least punctual first."""
    departments = dict(Department.objects.filter(pk__in={key[0] for key in parts}).values_list("pk", "name"))
    items = dict(ServiceItem.objects.filter(code__in={key[1] for key in parts}).values_list("code", "name"))
    found = [
        {
            "department": d,
            "department_name": departments[d],
            "item": code,
            "item_name": items[code],
            "pace": part,
        }
        for (d, code), part in parts.items()
    ]
    return sorted(found, key=lambda row: (row["pace"].rate, -row["pace"].decided))
