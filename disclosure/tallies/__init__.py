"""The figures of an annual report, counted from the rows: one grouping query for each table.

Each count has its rows: the functions named ``…_behind`` give those a cell counts.
"""

from disclosure.models import AnnualReport
from disclosure.report import cells
from disclosure.report.cells import Figures, count
from disclosure.tallies.documents import count_documents, documents_behind
from disclosure.tallies.requests import charged_behind, count_fees, count_requests, requests_behind
from disclosure.tallies.stated import count_stated, stated_behind

__all__ = ["charged_behind", "count_report", "documents_behind", "requests_behind", "stated_behind"]


def count_report(report: AnnualReport, *, licences: int) -> Figures:
    """Every cell of the year's form. ``licences``: the decisions on licences, which others keep."""
    figures: Figures = dict.fromkeys(cells.names(report.year), 0)
    figures |= count_documents(report) | count_requests(report) | count_fees(report)
    figures["t2.licences.decisions"] = licences
    for address, stated in count_stated(report).items():
        figures[address] = count(figures.get(address)) + count(stated)
    for group in cells.T4_GROUPS:
        figures[f"t4.{group.key}.total"] = sum(
            count(figures[f"t4.{group.key}.{outcome.key}"]) for outcome in cells.OUTCOMES
        )
    return figures
