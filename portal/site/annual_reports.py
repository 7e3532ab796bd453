"""What an annual report takes from the approvals: 行政许可·本年处理决定数量."""

from datetime import datetime

from approvals.models import Case
from approvals.models.cases import CaseQuerySet
from approvals.models.codes import AFTER_DECISION, ItemType
from disclosure.models import AnnualReport
from disclosure.workflow import reports
from portal.people.models import User


def decided_cases(report: AnnualReport) -> CaseQuerySet:
    """Cases of licences decided in the report's year, granted or refused, whatever became of them since."""
    found = Case.objects.filter(
        status__in=AFTER_DECISION, decided_at__year=report.year, version__item_type=ItemType.LICENCE
    )
    return found if report.is_government else found.filter(department=report.department_id)


def recount(report: AnnualReport, *, by: User | None, at: datetime) -> AnnualReport:
    """Count a report from everything the house knows."""
    return reports.recount(report, licences=decided_cases(report).count(), by=by, at=at)
