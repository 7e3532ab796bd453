"""政府公报: the issues, one issue with its contents, and its PDF."""

from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from disclosure.models import Document, GazetteIssue, GazetteSection
from disclosure.workflow import gazette
from portal.paging import Order, walk

PAGE = 24


@require_GET
def issues(request: HttpRequest) -> HttpResponse:
    """Every published issue, newest first."""
    found = GazetteIssue.objects.visible_to(request.user, timezone.now()).newest_first()
    walked = walk(found, NEWEST_ISSUE_FIRST, request.GET, size=PAGE)
    return render(request, "disclosure/gazette.html", {"issues": walked.rows, "page": walked.links})


def _place(text: str) -> tuple[int, int] | None:
    parts = text.split("-")
    is_place = len(parts) == 2 and all(
        part.isascii() and part.isdecimal() and len(part) < 5 for part in parts
    )
    return (int(parts[0]), int(parts[1])) if is_place else None


NEWEST_ISSUE_FIRST = Order(
    _place,
    lambda row: f"{row.year}-{row.number}",
    lambda rows, place: rows.filter(Q(year__lt=place[0]) | Q(year=place[0], number__lt=place[1])),
    lambda rows, place: rows.filter(Q(year__gt=place[0]) | Q(year=place[0], number__gt=place[1])),
)


@require_GET
def issue(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The contents of an issue; what was taken down since keeps its place, with date and reason."""
    at = timezone.now()
    found = _issue(request, year, number)
    entries = found.entries.select_related("document__publisher", "version").defer(
        "version__body", "version__text"
    )
    visible = set(
        Document.objects.visible_to(request.user, at)
        .filter(gazette_entries__issue=found)
        .values_list("pk", flat=True)
    )
    sections: dict[str, list[dict[str, Any]]] = {str(label): [] for label in GazetteSection.labels}
    for entry in entries.order_by("position"):
        document = entry.document
        sections[str(entry.get_section_display())].append(
            {
                "entry": entry,
                "document": document,
                "is_visible": document.pk in visible,
                "is_changed": document.current_id != entry.version_id,
                "href": f"/disclosure/documents/{document.key}/",
            }
        )
    context = {
        "issue": found,
        "sections": [(title, rows) for title, rows in sections.items() if rows],
        "has_withdrawn": any(not row["is_visible"] for rows in sections.values() for row in rows),
    }
    return render(request, "disclosure/gazette_issue.html", context)


@require_GET
def file(request: HttpRequest, year: int, number: int) -> FileResponse:
    """The PDF without what may no longer be seen."""
    found = _issue(request, year, number)
    edition = gazette.edition(found, at=timezone.now())
    name = f"{found}公报.pdf"
    response = FileResponse(default_storage.open(edition.file, "rb"), content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _issue(request: HttpRequest, year: int, number: int) -> GazetteIssue:
    known = GazetteIssue.objects.visible_to(request.user, timezone.now())
    return get_object_or_404(known, year=min(year, 9999), number=min(number, 9999))
