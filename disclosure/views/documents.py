"""One document: its page, what remains of it when it is withdrawn, its files."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from disclosure import readership
from disclosure.catalogue import marks, sharing
from disclosure.catalogue.bundles import bundle
from disclosure.catalogue.relations import relations
from disclosure.catalogue.shelf import Parts, shelf
from disclosure.catalogue.tombstones import tombstone
from disclosure.models import Column, Document, DocumentFile
from disclosure.models.codes import FROZEN_VERSIONS, Method, Validity
from disclosure.views.columns import public
from portal.papers import workflow as papers
from portal.papers.throttle import allowed

BUNDLES_A_MINUTE = 30


@require_GET
def document(request: HttpRequest, key: UUID) -> HttpResponse:
    """The text with its header; 410 and the reason once it was public and is no longer."""
    at = timezone.now()
    found = marks.of_document(key, at)
    if found is None:
        return _gone(request, key)
    name = ("document", str(key))
    parts = shelf.find(name, found.mark)
    if parts is None:
        parts = _set(key, at)
        if parts is None:  # taken down since the question above
            return _gone(request, key)
        shelf.keep(name, found.mark, parts)
    if readership.is_person(request.headers.get("User-Agent", "")):
        readership.count(found.document_id, localdate(at))
    return render(request, "disclosure/document.html", parts)


def _set(key: UUID, at: datetime) -> Parts | None:
    """The parts of the page that are the same for every reader."""
    found = (
        Document.objects.visible_to(None, at)
        .select_related("current", "publisher", "column__parent")
        .prefetch_related("joint_publishers")
        .filter(key=key)
        .first()
    )
    if found is None or found.current is None:
        return None
    related, validity = relations(found, at), found.validity_on(localdate(at))
    version, column, publishers = found.current, found.column, "、".join(found.publisher_names())
    canonical = settings.PUBLIC_URL + reverse("disclosure:document", args=[key])
    context = {
        "document": found,
        "version": version,
        "publishers": publishers,
        "files": list(_files(found)),
        "methods": "、".join(str(Method(each).label) for each in version.methods),
        "validity": validity,
        "tone": "ok" if validity == Validity.IN_FORCE.label else "warn",
        "ended": _ended(validity),
        "ended_by": [each for each in related if each.ends],
        "related": [each for each in related if not each.ends],
        "history": list(
            found.versions.filter(status__in=FROZEN_VERSIONS)
            .order_by("number")
            .values("number", "published_at")
        ),
        "canonical": canonical,
    }
    head = {
        "column": column.name,
        "type": column.get_type_display(),
        "title": version.title,
        "at": found.published_at,
        "source": publishers,
        "keywords": version.keywords,
        "description": version.summary,
        "author": version.editor,
        "url": canonical,
    }
    phone = found.publisher.phone or settings.SITE["phone"]
    foot = {"office": publishers, "phone": phone, "updated": version.published_at}
    return {
        "title": f"{version.title} - {column.name}",
        "meta": render_to_string("components/meta_article.html", head),
        "canonical": canonical,
        "feed": _feed(column),
        "crumbs": render_to_string("disclosure/document_crumbs.html", context),
        "inside": render_to_string("disclosure/document_inside.html", context),
        "foot": render_to_string("components/page_foot.html", foot),
    }


def _feed(column: Column) -> str:
    if not column.is_active:
        return ""
    href = reverse("disclosure:column_feed", args=[column.slug])
    return format_html(
        '<link rel="alternate" type="application/atom+xml" title="{}" href="{}">\n', column.name, href
    )


def _gone(request: HttpRequest, key: UUID) -> HttpResponse:
    """A tombstone tells when and why, not what; what was never public was never here."""
    found = tombstone(timezone.now(), key=key)
    if found is None:
        raise Http404
    context = {"reason": found.reason, "withdrawn_on": found.on}
    return render(request, "410.html", context, status=410)


@require_GET
def file(request: HttpRequest, key: UUID, file_key: UUID) -> FileResponse:
    """A file of the version that is public now, under its own key; PDF and pictures open in the browser."""
    found = get_object_or_404(public().select_related("current"), key=key)
    return papers.serve(get_object_or_404(_files(found), key=file_key).attachment, inline=True)


@require_GET
def bundle_of_files(request: HttpRequest, key: UUID) -> HttpResponse | FileResponse:
    """All files of the document in one ZIP."""
    if not allowed(request, "bundle", a_minute=BUNDLES_A_MINUTE):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = "60"
        return response
    found = get_object_or_404(public().select_related("current"), key=key)
    files = list(_files(found))
    if not files or found.current is None:
        raise Http404
    answer = FileResponse(bundle(files), as_attachment=True, filename=f"{found.current.title}.zip")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
def qr(request: HttpRequest, key: UUID) -> HttpResponse:
    """The address of the page as a QR code, to be scanned from a screen or from paper."""
    found = get_object_or_404(public(), key=key)
    address = settings.PUBLIC_URL + reverse("disclosure:document", args=[found.key])
    return HttpResponse(sharing.qr(address), content_type="image/svg+xml")


def _ended(validity: str) -> str:
    """已失效, 已废止 or 已修改; nothing of what is in force or has no validity."""
    return "" if validity in ("", Validity.IN_FORCE.label) else f"已{validity.removeprefix('已')}"


def _files(document: Document) -> "QuerySet[DocumentFile]":
    """Only what stands with the current version as the copy for the public."""
    return (
        DocumentFile.objects.filter(version=document.current)
        .public()
        .in_order()
        .select_related("attachment")
        .defer("text")
    )
