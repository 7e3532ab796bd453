"""What the law does by itself when a date passes. Each picks what is not yet done."""

from datetime import datetime

from django.utils.timezone import localdate

from approvals.models import Case, CaseStatus, Reversal
from approvals.workflow import deem_accepted, end_statement_period, expire_supplement
from portal.workdays.models import ClockKind


def deem_accepted_cases(*, at: datetime) -> int:
    """Accept what lay silent past its acceptance date. Returns how many."""
    late = Case.objects.filter(
        status=CaseStatus.SUBMITTED,
        acceptance_clock__due_on__lt=localdate(at),
        acceptance_clock__closed_on=None,
    )
    return sum(deem_accepted(case, at=at).is_deemed_accepted for case in late.order_by("pk"))


def expire_supplements(*, at: datetime) -> int:
    """Deem withdrawn what was not supplemented in time. Returns how many."""
    late = Case.objects.filter(
        status=CaseStatus.SUPPLEMENT,
        current_clock__kind=ClockKind.CASE_SUPPLEMENT,
        current_clock__due_on__lt=localdate(at),
    )
    return sum(expire_supplement(case, at=at).is_deemed_withdrawn for case in late.order_by("pk"))


def end_statement_periods(*, at: datetime) -> int:
    """Close the periods in which a holder could speak and did not; who decides is told. Returns how many."""
    silent = Reversal.objects.open().filter(
        stated_at=None, clock__due_on__lt=localdate(at), clock__closed_on=None
    )
    return sum(end_statement_period(row, at=at) for row in silent.select_related("case").order_by("pk"))
