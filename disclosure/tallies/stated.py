"""What departments state, since the portal does not count it."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from disclosure.models import AnnualReport, StatedFigure
from disclosure.models.reports import STATED_NAMES
from disclosure.report.cells import Figures


def stated_of(report: AnnualReport) -> "QuerySet[StatedFigure]":
    found = StatedFigure.objects.standing().filter(year=report.year)
    return found if report.is_government else found.filter(department=report.department_id)


def count_stated(report: AnnualReport) -> Figures:
    sums = stated_of(report).values_list("cell").annotate(Sum("amount")).order_by()
    return {address: _whole(amount) for address, amount in sums if address in STATED_NAMES}


def stated_behind(report: AnnualReport, addresses: Iterable[str]) -> "QuerySet[StatedFigure]":
    return stated_of(report).filter(cell__in=list(addresses))


def _whole(amount: Decimal) -> int | Decimal:
    return int(amount) if amount == amount.to_integral_value() else amount.normalize()
