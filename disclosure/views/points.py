"""公开查阅点: where to read on paper and on a screen what is published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from disclosure.models import ReadingPoint


@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """Every open point with its hours, its equipment and how many came this year."""
    year = localdate().year
    rows = ReadingPoint.objects.open().with_year(year).in_order().select_related("department")
    return render(request, "disclosure/points.html", {"points": rows, "year": year})
