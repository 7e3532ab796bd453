"""Table 3 and the fees, counted from the requests for information."""

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from disclosure.models import AnnualReport, FeeNotice, InformationRequest
from disclosure.models.requests import RequestQuerySet
from disclosure.report import cells
from disclosure.report.cells import Figures

_PARTIES = {party.key for party in cells.PARTIES}


def requests_of(report: AnnualReport) -> RequestQuerySet:
    """Received by the end of the year, and not ended before it began: each stands somewhere in table 3."""
    first, last = report.period
    found = InformationRequest.objects.filter(received_on__lte=last).filter(
        Q(replied_on=None) | Q(replied_on__gte=first)
    )
    return found if report.is_government else found.filter(department=report.department_id)


def count_requests(report: AnnualReport) -> Figures:
    """Table 3 in one grouping query: by applicant and by how the request ended in the year."""
    first, last = report.period
    result = Case(When(replied_on__lte=last, then=F("reply")), default=Value(""), output_field=CharField())
    lines = (
        requests_of(report)
        .annotate(result=result)
        .values_list("applicant_type", "result")
        .annotate(n_new=Count("pk", filter=Q(received_on__gte=first)), n_all=Count("pk"))
        .order_by()
    )
    rows = [row.key for row in cells.request_rows(report.year)]
    table = {(row, party): 0 for row in rows for party in _PARTIES}
    for party, ended_as, new, every in lines:
        table["new", party] += new
        table["carried_in", party] += every - new
        if ended_as:
            table[_row(ended_as, report.year), party] += every
            table["total", party] += every
        else:
            table["carried_out", party] += every
    figures: Figures = {f"t3.{row}.{party}": number for (row, party), number in table.items()}
    return figures | {f"t3.{row}.total": sum(table[row, party] for party in _PARTIES) for row in rows}


def _row(reply: str, year: int) -> str:
    """The row of a result; before 2021 all of （六）其他处理 was one."""
    return "oth" if year < cells.FORM_OF_2021 and reply.startswith("oth") else reply


def requests_behind(report: AnnualReport, row: str, column: str) -> RequestQuerySet:
    """The requests a cell of table 3 counts."""
    first, last = report.period
    found = requests_of(report)
    if column in _PARTIES:
        found = found.filter(applicant_type=column)
    if row == "new":
        return found.filter(received_on__gte=first)
    if row == "carried_in":
        return found.filter(received_on__lt=first)
    if row == "carried_out":
        return found.filter(Q(replied_on=None) | Q(replied_on__gt=last))
    found = found.filter(replied_on__lte=last)
    if row == "total":
        return found
    return found.filter(reply__startswith="oth") if row == "oth" else found.filter(reply=row)


def fees_of(report: AnnualReport) -> "QuerySet[FeeNotice]":
    """信息处理费 paid in the year (国办函〔2020〕109号)."""
    paid = FeeNotice.objects.filter(paid_on__range=report.period)
    return paid if report.is_government else paid.filter(request__department=report.department_id)


def count_fees(report: AnnualReport) -> Figures:
    sums = fees_of(report).aggregate(cases=Count("pk"), yuan=Sum("amount", default=0))
    return {"fees.cases": sums["cases"], "fees.yuan": sums["yuan"]}


def charged_behind(report: AnnualReport) -> RequestQuerySet:
    """The requests whose fee was paid in the year: what the two figures of 信息处理费 count."""
    return InformationRequest.objects.filter(pk__in=fees_of(report).values("request"))
