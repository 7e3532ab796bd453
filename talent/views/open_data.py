"""数据共享和开放目录: what there is, under which condition; and the files anyone may take."""

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from portal.papers.throttle import MINUTE, allowed
from portal.people.models import Department
from talent.sharing import resources, tables
from talent.sharing.open_data import DATASETS, LICENCE, Dataset, schema

FILES_A_MINUTE = 10


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    context = {
        "resources": resources.listed(),
        "office": Department.objects.filter(code=settings.REGISTRY_OFFICE).first(),
        "licence": LICENCE,
        "today": localdate(),
        "kinds": list(resources.Disclosure),
    }
    return render(request, "talent/resources.html", context)


@require_safe
def csv_file(request: HttpRequest, code: str) -> HttpResponseBase:
    dataset = _dataset(code)
    rows = dataset.read(localdate())
    return _file(request, dataset, tables.csv_parts(dataset.headings, rows), "csv", "text/csv; charset=utf-8")


@require_safe
def json_file(request: HttpRequest, code: str) -> HttpResponseBase:
    dataset = _dataset(code)
    about = {
        "title": dataset.title,
        "source": settings.SITE["name"],
        "licence": LICENCE,
        "date": localdate(),
        "schema": _address("open_schema", code),
    }
    parts = tables.json_parts(about, dataset.read(localdate()))
    return _file(request, dataset, parts, "json", "application/json; charset=utf-8")


@require_safe
def schema_file(request: HttpRequest, code: str) -> HttpResponse:
    told = schema(_dataset(code), _address("open_csv", code))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})


def _dataset(code: str) -> Dataset:
    if code not in DATASETS:
        raise Http404
    return DATASETS[code]


def _address(name: str, code: str) -> str:
    return settings.PUBLIC_URL + reverse(f"talent:{name}", args=[code])


def _file(
    request: HttpRequest, dataset: Dataset, parts: Iterable[str], ending: str, kind: str
) -> HttpResponseBase:
    if not allowed(request, "open", a_minute=FILES_A_MINUTE):
        refused = render(request, "429.html", status=429)
        refused["Retry-After"] = str(MINUTE)
        return refused
    answer = StreamingHttpResponse(parts if request.method == "GET" else [], content_type=kind)
    name = f"{dataset.code}-{localdate():%Y%m%d}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Link"] = f'<{_address("open_schema", dataset.code)}>; rel="describedby"'
    answer.headers["Cache-Control"] = "no-cache"
    return answer
