"""Atom: the newest documents of a column, or of all."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_GET

from disclosure.catalogue import pages
from disclosure.models import Column
from disclosure.models.documents import DocumentQuerySet
from disclosure.views.columns import public

NEWEST = 50


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    page = reverse("disclosure:documents")
    return _feed(public(), "政府信息公开", page, reverse("disclosure:feed"))


@require_GET
def column_feed(request: HttpRequest, slug: str) -> HttpResponse:
    here = get_object_or_404(Column.objects.active(), slug=slug)
    page = reverse("disclosure:column", args=[slug])
    return _feed(public().under(here), here.name, page, reverse("disclosure:column_feed", args=[slug]))


def _feed(documents: DocumentQuerySet, title: str, page: str, address: str) -> HttpResponse:
    city: dict[str, Any] = settings.SITE
    found = Atom1Feed(
        title=f"{title} - {city['name']}",
        link=settings.PUBLIC_URL + page,
        feed_url=settings.PUBLIC_URL + address,
        description=title,
        language="zh-CN",
        author_name=city["organ"],
        feed_guid=settings.PUBLIC_URL + address,
    )
    for row in pages.rows(documents)[:NEWEST]:
        found.add_item(
            title=row["title"],
            link=settings.PUBLIC_URL + reverse("disclosure:document", args=[row["key"]]),
            description=row["summary"] or row["title"],
            unique_id=f"urn:uuid:{row['key']}",
            pubdate=row["published_at"],
            updateddate=row["changed_at"],
            author_name=row["publisher_name"],
        )
    answer = HttpResponse(found.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
