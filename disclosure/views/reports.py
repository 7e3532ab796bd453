"""Annual reports for everyone: the list, the report, its editions and files; all from frozen snapshots."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from disclosure import report_files as files
from disclosure.models import AnnualReport
from disclosure.models.reports import ReportQuerySet, loaded
from disclosure.report import cells, layout, trends
from disclosure.report.wording import PART_TITLES

YEARS_SHOWN = 5
MOST_LISTED = 500


def _public() -> ReportQuerySet:
    """Whoever looks, the public pages show what is public: staff read drafts at their desk."""
    return AnnualReport.objects.visible_to(None, timezone.now()).select_related("department")


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """All published reports in their newest editions, a year a heading, the government's first."""
    found = _public().newest().defer("counted", "figures", "texts", "snapshot")
    rows = list(
        found.order_by("-year", "-is_government", "department__region_code", "department_id")[:MOST_LISTED]
    )
    years: dict[int, list[AnnualReport]] = {}
    for row in rows:
        years.setdefault(row.year, []).append(row)
    return render(
        request,
        "disclosure/reports.html",
        {
            "years": years,
            "updated": max((row.published_at for row in rows if row.published_at), default=None),
        },
    )


@require_GET
def report(request: HttpRequest, year: int, code: str, edition: int | None = None) -> HttpResponse:
    """The newest edition, or the one asked for; one that has been replaced says so first."""
    found = _one(year, code, edition)
    snapshot = found.snapshot or {}
    return render(request, "disclosure/report.html", page(found, snapshot))


@require_GET
def report_file(
    request: HttpRequest, year: int, code: str, form: str, edition: int | None = None
) -> HttpResponse:
    """The report as PDF, XLSX or JSON."""
    found = _one(year, code, edition)
    maker = files.MAKERS.get(form)
    if maker is None:
        raise Http404
    response = HttpResponse(maker.make(found.snapshot or {}), content_type=maker.mime)
    response.headers["Content-Disposition"] = files.disposition(found.title, form)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _one(year: int, code: str, edition: int | None) -> AnnualReport:
    editions = _public().at(year, code).select_related("replaced_by")
    found = editions.filter(edition=edition).first() if edition else editions.order_by("-edition").first()
    if found is None:
        raise Http404
    return found


def page(found: AnnualReport, snapshot: dict[str, Any]) -> dict[str, Any]:
    """What the template prints: the six parts, their tables, the years side by side."""
    figures, year = loaded(snapshot["figures"]), found.year
    marks = layout.Marks(corrected={one["cell"] for one in snapshot["corrections"]})
    before = loaded(snapshot["previous"]) if snapshot["previous"] else None
    following = getattr(found, "replaced_by", None)
    if following is not None and not following.is_published:
        following = None
    return {
        "report": found,
        "following": following,
        "snapshot": snapshot,
        "tables": layout.tables(figures, year, marks),
        "words": {part: [one for one in snapshot["words"] if one["part"] == part] for part in PART_TITLES},
        "titles": PART_TITLES,
        "trends": trends.compare(year, [*_earlier(found, before), (year, figures)]),
        "downloads": [
            (
                maker.label,
                reverse("disclosure:report_edition_file", args=[year, found.code, found.edition, form]),
            )
            for form, maker in files.MAKERS.items()
        ],
    }


def _earlier(found: AnnualReport, before: cells.Figures | None) -> list[tuple[int, cells.Figures]]:
    """Figures of the years before, oldest first: published here, else last year's as the snapshot keeps them."""
    rows = _public().newest().filter(year__lt=found.year, year__gte=found.year - YEARS_SHOWN + 1)
    if found.is_government:
        rows = rows.filter(is_government=True)
    else:
        rows = rows.filter(is_government=False, department=found.department_id)
    years = {
        row.year: loaded((row.snapshot or {})["figures"]) for row in rows.defer("counted", "figures", "texts")
    }
    if before is not None:
        years.setdefault(found.year - 1, before)
    return sorted(years.items())
