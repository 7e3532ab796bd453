"""The same answer for feed readers, spreadsheets and programs: capped, written as it is read."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import make_aware
from django.views.decorators.http import require_safe

from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.query import CAP
from portal.search.questions import Question
from portal.search.views.results import label

A_FEED = 50
A_READING = 1_000
FIELDS = {
    "title": "标题", "url": "网址", "date": "日期", "kind": "类别", "column": "栏目", "topic": "主题",
    "genre": "体裁", "validity": "有效性", "index_no": "索引号",
}  # fmt: skip


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Atom: the newest things that answer a question."""
    try:
        question = Question.read(request.GET)
        found = search.find(question.q, question.filters, sort=search.Sort.DATE, limit=A_FEED)
    except RuleBroken as refusal:
        return _refused(refusal)
    atom = Atom1Feed(
        title=f"搜索“{question.q}” - {settings.SITE['name']}",
        link=request.build_absolute_uri(f"/search/?{question.address()}"),
        description="",
        language="zh-CN",
        feed_url=request.build_absolute_uri(),
        author_name=settings.SITE["organ"],
    )
    for hit in found.rows:
        on, address = make_aware(datetime.combine(hit.on, time(0))), request.build_absolute_uri(hit.url)
        atom.add_item(
            title=hit.title,
            link=address,
            description=hit.body[:200],
            unique_id=address,
            pubdate=on,
            updateddate=on,
            categories=[name for name in (label(hit.kind), hit.topic, hit.genre) if name],
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    atom.write(response, "utf-8")
    return response


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """A spreadsheet's file of what was found, up to ten thousand rows."""
    try:
        question, first = _first(request)
    except RuleBroken as refusal:
        return _refused(refusal)
    rows = (list(map(_harmless, line(hit, request).values())) for hit in _all(question, first))
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(FIELDS.values())  # the mark by which Excel knows UTF-8
        yield from map(writer.writerow, rows)

    return _streamed(lines(), "text/csv; charset=utf-8", "search.csv")


@require_safe
def as_json(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """As the file, for programs; the interface at /api/v1/search turns pages."""
    try:
        question, first = _first(request)
    except RuleBroken as refusal:
        return _refused(refusal)

    def parts() -> Iterator[str]:
        yield f'{{"count": {first.count}, "capped": {json.dumps(first.capped)}, "results": ['
        for number, hit in enumerate(_all(question, first)):
            yield (",\n" if number else "\n") + json.dumps(line(hit, request), ensure_ascii=False)
        yield "\n]}\n"

    return _streamed(parts(), "application/json; charset=utf-8", "search.json")


class Echo:
    """Hands each line the writer makes straight on."""

    def write(self, text: str) -> str:
        return text


def line(hit: search.Hit, request: HttpRequest) -> dict[str, Any]:
    """One thing found, as every machine is told of it."""
    return {
        "title": hit.title,
        "url": request.build_absolute_uri(hit.url),
        "date": hit.on.isoformat(),
        "kind": label(hit.kind) or hit.kind,
        "column": hit.column,
        "topic": hit.topic,
        "genre": hit.genre,
        "validity": hit.validity,
        "index_no": hit.index_no,
    }


def _first(request: HttpRequest) -> tuple[Question, search.Found]:
    question = Question.read(request.GET)
    return question, search.find(question.q, question.filters, sort=question.sort, limit=A_READING)


def _all(question: Question, found: search.Found) -> Iterator[search.Hit]:
    """A thousand at a time, up to the cap."""
    yield from found.rows
    for _ in range(CAP // A_READING - 1):
        if not found.after:
            return
        found = search.find(question.q, question.filters, found.after, sort=question.sort, limit=A_READING)
        yield from found.rows


def _harmless(cell: str) -> str:
    """A cell a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _streamed(parts: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    answer: Any = StreamingHttpResponse(parts, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _refused(refusal: RuleBroken) -> HttpResponse:
    return HttpResponse(f"{refusal}\n", status=422, content_type="text/plain; charset=utf-8")
