"""Annual reports of the demo city: last year's and the one before published, and one taken in from elsewhere."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from disclosure.models import AnnualReport
from disclosure.models.reports import due_on
from disclosure.report import checks
from disclosure.report.cells import count
from disclosure.workflow import report_sources, reports
from portal.people.models import Department
from portal.site import annual_reports
from portal.site.demo.accounts import read
from portal.workdays.models import current_calendar


def load_annual_reports() -> int:
    """The reports of the years written down, published in time; how many were new."""
    if AnnualReport.objects.exists():
        return 0
    rows = read("annual_reports")
    added = 0
    for years_ago in (2, 1):
        year = timezone.localdate().year - years_ago
        for row in rows:
            department = Department.objects.get(code=row["department"])
            at = _in_time(year, is_government=department.code == settings.DISCLOSURE_OFFICE)
            for cell, numbers in row.get("stated", {}).items():
                report_sources.state_figure(
                    department,
                    year,
                    cell,
                    Decimal(str(numbers[years_ago - 1])),
                    source=row["source"],
                    by=None,
                    at=at,
                )
            added += _publish(department, year, row["problems"], at)
    return added + _put_right(rows[0]["department"], timezone.localdate().year - 2)


def _put_right(code: str, year: int) -> int:
    """A second edition of one report, two months after the first, for two penalties left out."""
    first = AnnualReport.objects.published().at(year, code).first()
    if first is None or first.published_at is None:
        return 0
    at, cell = first.published_at + timedelta(days=60), "t2.penalties.decisions"
    second = reports.reissue(first, reason="行政处罚决定漏报2件，经与执法台账核对更正", by=None, at=at)
    number = int(count(second.standing[cell])) + 2
    reports.correct(second, cell, str(number), reason="与执法台账核对，漏报2件", by=None, at=at)
    reports.publish(reports.check(second, explanation=first.explanation, by=None, at=at), by=None, at=at)
    return 1


def _in_time(year: int, *, is_government: bool) -> datetime:
    """Ten working days before the deadline, at ten."""
    last = due_on(year, is_government=is_government)
    day = current_calendar().subtract(last + timedelta(days=1), 10)
    return timezone.make_aware(datetime.combine(day, time(10)))


def _publish(department: Department, year: int, problems: str, at: datetime) -> int:
    is_government = department.code == settings.DISCLOSURE_OFFICE
    report = reports.open_report(department, year, by=None, at=at, is_government=is_government)
    report = annual_reports.recount(report, by=None, at=at)
    reports.write(report, {"problems": problems}, by=None, at=at)
    carried = any(one.id == "B1" for one in checks.errors(reports.findings(report)))
    explanation = "上年度报告发布后，有申请经核对调整了答复机关。" if carried else ""
    report = reports.check(report, explanation=explanation, by=None, at=at)
    reports.publish(report, by=None, at=at)
    return 1
