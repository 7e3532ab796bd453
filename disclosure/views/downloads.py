"""A whole list as CSV or JSON, written while it is read."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from disclosure.catalogue import narrowing, pages
from disclosure.models import Column
from disclosure.models.codes import StatutoryItem, Topic, Validity
from disclosure.models.documents import DocumentQuerySet
from disclosure.views.columns import public
from portal.papers.throttle import allowed

DOWNLOADS_A_MINUTE = 30
HEADINGS = {
    "index_no": "索引号",
    "title": "标题",
    "doc_no": "文号",
    "publisher": "发布机构",
    "formed_on": "成文日期",
    "published_on": "发布日期",
    "topic": "主题分类",
    "statutory_item": "法定主动公开内容",
    "validity": "时效",
    "column": "栏目",
    "summary": "内容概述",
    "url": "网址",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def documents_csv(request: HttpRequest) -> HttpResponseBase:
    return _csv(request, public(), "政府信息公开目录")


@require_GET
def documents_json(request: HttpRequest) -> HttpResponseBase:
    return _json(request, public(), "政府信息公开目录")


@require_GET
def column_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    here = get_object_or_404(Column.objects.active(), slug=slug)
    return _csv(request, public().under(here), here.name)


@require_GET
def column_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    here = get_object_or_404(Column.objects.active(), slug=slug)
    return _json(request, public().under(here), here.name)


def _csv(request: HttpRequest, documents: DocumentQuerySet, title: str) -> HttpResponseBase:
    refused = _refused(request)
    if refused:
        return refused
    asked = narrowing.read(request.GET)
    if asked.refusal:
        return HttpResponse(asked.refusal, status=422, content_type="text/plain; charset=utf-8")
    lines = _lines(_told(pages.whole(asked.narrowing.of(documents))))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return _as_file(answer, f"{title}.csv")


def _json(request: HttpRequest, documents: DocumentQuerySet, title: str) -> HttpResponseBase:
    refused = _refused(request)
    if refused:
        return refused
    asked = narrowing.read(request.GET)
    if asked.refusal:
        return HttpResponse(asked.refusal, status=422, content_type="text/plain; charset=utf-8")
    parts = _members(title, _told(pages.whole(asked.narrowing.of(documents))))
    return _as_file(StreamingHttpResponse(parts, content_type="application/json"), "")


def _refused(request: HttpRequest) -> HttpResponse | None:
    if allowed(request, "list", a_minute=DOWNLOADS_A_MINUTE):
        return None
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def _as_file(answer: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    if name:
        answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "no-cache"
    return answer


def _told(rows: Iterable[pages.Row]) -> Iterator[dict[str, Any]]:
    """Each row in words, under the names of HEADINGS."""
    for row in rows:
        yield {
            "index_no": row["index_no"],
            "title": row["title"],
            "doc_no": row["doc_no"],
            "publisher": row["publisher_name"],
            "formed_on": row["formed_on"],
            "published_on": row["published_on"],
            "topic": Topic(row["topic"]).label if row["topic"] else "",
            "statutory_item": StatutoryItem(row["item"]).label if row["item"] else "",
            "validity": Validity(row["validity"]).label if row["validity"] else "",
            "column": row["column_name"],
            "summary": row["summary"],
            "url": settings.PUBLIC_URL + reverse("disclosure:document", args=[row["key"]]),
        }


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """With the mark by which spreadsheets know UTF-8; no cell can be taken for a formula."""
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer)
    writer.writerow(HEADINGS.values())
    for row in rows:
        writer.writerow(_safe(row[name]) for name in HEADINGS)
        if buffer.tell() > 64_000:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _safe(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _members(title: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f'{{"title": {json.dumps(title, ensure_ascii=False)}, "documents": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False, default=str)
    yield "\n]}\n"
