"""法规标准库: the list, one act with its articles, and the list as a file."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime, time
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate, make_aware
from django.views.decorators.http import require_GET

from disclosure.models import Act, ActFile, ActStatus, Level
from disclosure.models.library import ActQuerySet
from portal.paging import Order, walk
from portal.papers import workflow as papers

PAGE = 30
COUNTED = 1000
BIGGEST = 10**18
COLUMNS = (
    ("title", "名称"), ("level", "效力级别"), ("doc_no", "文号"), ("issuer", "制定机关"), ("issued_on", "公布日期"),
    ("effective_on", "施行日期"), ("amended_on", "最近修改日期"), ("status", "时效"), ("url", "本站地址"),
)  # fmt: skip


@require_GET
def laws(request: HttpRequest) -> HttpResponse:
    """Acts and standards, newest first; narrowed by a part of the title or number, level, status and issuer."""
    acts, asked = _asked(request)
    query = {key: value for key, value in asked.items() if value}
    walked = walk(acts.newest_first(), NEWEST_ACT_FIRST, request.GET, size=PAGE, query=query)
    count = acts.order_by()[: COUNTED + 1].count()
    context = {
        "acts": [(act, act.status_on(localdate())) for act in walked.rows],
        "asked": asked,
        "narrowed": bool(query),
        "count": min(count, COUNTED),
        "capped": count > COUNTED,
        "levels": Level.choices,
        "statuses": ActStatus.choices,
        "issuers": _issuers(),
        "page": walked.links,
        "query": urlencode(query),
    }
    return render(request, "disclosure/laws.html", context)


@require_GET
def law(request: HttpRequest, pk: int) -> HttpResponse:
    """One act: what it is, its articles, and what came before and after it."""
    act = get_object_or_404(Act.objects.public(), pk=pk)
    context = {
        "act": act,
        "status": act.status_on(localdate()),
        "issued_at": make_aware(datetime.combine(act.issued_on, time())) if act.issued_on else None,
        "files": list(act.files.select_related("attachment").order_by("pk")),
        "articles": sorted(act.articles.public(), key=lambda article: article.place),
        "earlier": act.precedents.filter(earlier__is_certain=True).select_related("earlier").order_by("on"),
        "later": act.successions.filter(later__is_certain=True).select_related("later").order_by("on"),
    }
    return render(request, "disclosure/law.html", context)


@require_GET
def law_file(request: HttpRequest, pk: int, key: UUID) -> FileResponse:
    """A file of a public act; PDF and pictures open in the browser."""
    found = ActFile.objects.filter(act__in=Act.objects.public(), act=pk).select_related("attachment")
    return papers.serve(get_object_or_404(found, key=key).attachment, inline=True)


@require_GET
def laws_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list as a spreadsheet reads it: with a byte order mark, and no cell that acts as a formula."""
    acts, _ = _asked(request)
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([label for _, label in COLUMNS])
        for row in _rows(request, acts):
            yield writer.writerow([_inert(row[name]) for name, _ in COLUMNS])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="laws.csv"'
    return response


@require_GET
def laws_json(request: HttpRequest) -> StreamingHttpResponse:
    """The list as a JSON array, a row a line."""
    acts, _ = _asked(request)

    def lines() -> Iterator[str]:
        opening = "[\n"
        for row in _rows(request, acts):
            yield opening + json.dumps(row, ensure_ascii=False)
            opening = ",\n"
        yield "[]" if opening == "[\n" else "\n]"

    return StreamingHttpResponse(lines(), content_type="application/json; charset=utf-8")


class _Echo:
    """What csv writes, handed back instead of kept."""

    def write(self, line: str) -> str:
        return line


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _rows(request: HttpRequest, acts: ActQuerySet) -> Iterator[dict[str, str]]:
    on = localdate()
    for act in acts.newest_first().iterator(chunk_size=500):
        days = {name: getattr(act, name) for name in ("issued_on", "effective_on", "amended_on")}
        yield {
            "title": act.title,
            "level": str(act.get_level_display()),
            "doc_no": act.doc_no,
            "issuer": act.issuer,
            **{name: day.isoformat() if day else "" for name, day in days.items()},
            "status": str(act.status_on(on).label),
            "url": request.build_absolute_uri(act.address),
        }


def _asked(request: HttpRequest) -> tuple[ActQuerySet, dict[str, str]]:
    """The public acts the address asks for, and what it asks; what makes no sense is not asked."""
    asked = {
        key: request.GET.get(key, "").replace("\x00", "").strip()
        for key in ("q", "level", "status", "issuer")
    }
    asked["q"] = asked["q"][:60]
    asked["level"] = asked["level"] if asked["level"] in Level.values else ""
    asked["status"] = asked["status"] if asked["status"] in ActStatus.values else ""
    asked["issuer"] = asked["issuer"][:200]
    acts = Act.objects.public()
    if asked["q"]:
        acts = acts.filter(Q(title__contains=asked["q"]) | Q(doc_no__contains=asked["q"]))
    if asked["level"]:
        acts = acts.filter(level=asked["level"])
    if asked["status"]:
        acts = acts.in_status(asked["status"], localdate())
    if asked["issuer"]:
        acts = acts.filter(issuer=asked["issuer"])
    return acts, asked


def _issuers() -> list[str]:
    """Who issued most first."""
    counted = Act.objects.public().exclude(issuer="").values("issuer").annotate(n=Count("pk"))
    return [row["issuer"] for row in counted.order_by("-n", "issuer")[:100]]


def _act(text: str) -> Act | None:
    """The act a page lies beside; an address that names none begins anew."""
    known = text.isascii() and text.isdecimal() and int(text[:20]) < BIGGEST
    return Act.objects.public().filter(pk=int(text)).first() if known else None


def _older(acts: ActQuerySet, than: Act) -> ActQuerySet:
    if than.issued_on is None:
        return acts.filter(issued_on=None, pk__lt=than.pk)
    return acts.filter(
        Q(issued_on__lt=than.issued_on) | Q(issued_on=than.issued_on, pk__lt=than.pk) | Q(issued_on=None)
    )


def _newer(acts: ActQuerySet, than: Act) -> ActQuerySet:
    if than.issued_on is None:
        return acts.filter(Q(issued_on__isnull=False) | Q(pk__gt=than.pk))
    return acts.filter(Q(issued_on__gt=than.issued_on) | Q(issued_on=than.issued_on, pk__gt=than.pk))


NEWEST_ACT_FIRST = Order(_act, lambda act: str(act.pk), _older, _newer)
