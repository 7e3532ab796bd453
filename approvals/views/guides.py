"""办事指南: the list and the guide."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from approvals.models import ItemVersion
from approvals.models.codes import Audience
from approvals.models.editions import Edition, edition_in_force
from portal.papers import workflow as papers
from portal.papers.models import Attachment

WHOM = {"natural": ("个人办事", [Audience.NATURAL]), "organisation": ("企业和组织办事", [
    Audience.ENTERPRISE, Audience.INSTITUTION, Audience.SOCIAL, Audience.OTHER])}  # fmt: skip

MOST_GUIDES = 512  # kept in each process, about 15 KB each


@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """Every guide in force, by theme; narrowed by whom it serves and by a part of its name."""
    whom, word = request.GET.get("for", ""), request.GET.get("q", "").strip()[:60]
    versions = ItemVersion.objects.current().select_related("item__department")
    if whom in WHOM:
        versions = versions.filter(audiences__overlap=WHOM[whom][1])
    if word:
        versions = versions.filter(name__contains=word)
    themes: dict[str, list[ItemVersion]] = {}
    for version in versions.order_by("theme", "item__code"):
        themes.setdefault(version.theme or "其他事项", []).append(version)
    context = {
        "themes": themes.items(),
        "total": sum(len(group) for group in themes.values()),
        "whom": whom,
        "choices": [(key, label) for key, (label, _) in WHOM.items()],
        "word": word,
    }
    return render(request, "approvals/guides.html", context)


@require_GET
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """One guide, in the order people ask: 能不能办, 要带什么, 多久, 多少钱, 怎么办, 结果, 依据."""
    edition = edition_in_force(code)
    if edition is None:
        raise Http404
    return render(request, "approvals/guide.html", kept(edition))


@lru_cache(maxsize=MOST_GUIDES)
def kept(edition: Edition) -> dict[str, Any]:
    """What the page says, the long part of it already set; the same for every reader of the edition."""
    versions = ItemVersion.objects.current().with_contents()
    versions = versions.prefetch_related("materials__sample", "materials__blank_form").select_related(
        "result_sample"
    )
    version = get_object_or_404(versions, pk=edition.version_id)
    department = version.item.department
    context = {
        "version": version,
        "item": version.item,
        "department": department,
        "conditions": list(version.conditions.all()),
        "materials": list(version.materials.all()),
        "bases": [basis for basis in version.legal_bases.all() if basis.is_certain],
        "bars": _bars(version),
        "process": list(version.stages.all()),
        "apply_url": reverse("approvals:apply", args=[version.item.code]),
    }
    head = {"column": "办事指南", "type": "在线办事", "title": version.name, "at": version.published_at}
    head |= {"source": department.name, "description": version.summary}
    foot = {"office": department.name, "phone": version.consult_phone, "updated": version.published_at}
    return {
        "name": version.name,
        "meta": render_to_string("components/meta_article.html", head),
        "inside": render_to_string("approvals/guide_inside.html", context),
        "foot": render_to_string("components/page_foot.html", foot),
    }


@require_GET
def guide_form(request: HttpRequest, code: str, key: UUID) -> FileResponse:
    """A sample or a blank form of the guide in force; no other upload has an address here."""
    version = get_object_or_404(ItemVersion.objects.current(), item__code=code)
    materials = version.materials.all()
    offered = Attachment.objects.filter(
        Q(pk__in=materials.values("sample"))
        | Q(pk__in=materials.values("blank_form"))
        | Q(pk=version.result_sample_id)
    )
    return papers.serve(get_object_or_404(offered, key=key))


def _bars(version: ItemVersion) -> list[dict[str, Any]]:
    """Promise against statute as two bars; widths in hundredths of the longer, only where units agree."""
    limits = [
        ("承诺时限", version.promise_limit, version.promise_unit, version.promise_words),
        ("法定时限", version.statutory_limit, version.statutory_unit, version.statutory_words),
    ]
    known = [(label, limit, unit, words) for label, limit, unit, words in limits if limit]
    if not known:
        return []
    longest = max(limit for _, limit, _, _ in known)
    drawn = len({unit for _, _, unit, _ in known}) == 1
    return [
        {"label": label, "words": words, "width": max(1, round(limit * 100 / longest)) if drawn else 0}
        for label, limit, unit, words in known
    ]
