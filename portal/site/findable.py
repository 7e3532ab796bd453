"""What ought to be found, kind by kind: each domain's public things as the index should hold them."""

from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone
from django.utils.timezone import localdate

from approvals.models import ItemVersion, ServiceItem
from approvals.workflow.items import guide_text
from disclosure.models import Act, Column, Document
from disclosure.workflow import finding, library
from portal.search import workflow as search
from talent.workflow import finding as registries

A_READING = 500


def guides() -> Iterator[search.Wanted]:
    """Every current version of an item in use."""
    for version in ItemVersion.objects.current().with_contents().iterator(chunk_size=A_READING):
        yield _guide(version)


def guide(code: str) -> search.Wanted | None:
    item = ServiceItem.objects.select_for_update().filter(code=code).first()
    version = ItemVersion.objects.current().with_contents().filter(item=item).first() if item else None
    return _guide(version) if version else None


def _guide(version: ItemVersion) -> search.Wanted:
    return search.Wanted(
        obj_id=version.item.code,
        title=version.name,
        body=guide_text(version),
        url=f"/guides/{version.item.code}/",
        on=localdate(version.published_at),
        department_id=version.item.department_id,
    )


def acts() -> Iterator[search.Wanted]:
    """Every act and article compared with its original."""
    for act in Act.objects.public().prefetch_related("articles").order_by("pk").iterator(chunk_size=200):
        yield from library.findable(act)


def act(obj_id: str) -> search.Wanted | None:
    """An act or one of its articles; the key of either begins with the act's."""
    key = obj_id.partition("-")[0]
    found = Act.objects.public().filter(pk=key).select_for_update().first() if key.isdecimal() else None
    rows = library.findable(found) if found else []
    return next((row for row in rows if row.obj_id == obj_id), None)


def documents() -> Iterator[search.Wanted]:
    """Every document anyone may see."""
    ways = finding.column_ways()
    for document in finding.to_be_found(timezone.now()).order_by("pk").iterator(chunk_size=A_READING):
        yield finding.findable(document, ways)


def document(key: str) -> search.Wanted | None:
    try:
        UUID(key)
    except ValueError:  # a row that nothing of ours was ever known by
        return None
    found = Document.objects.filter(key=key).select_for_update().first()
    seen = finding.to_be_found(timezone.now()).filter(pk=found.pk).first() if found else None
    return finding.findable(seen, finding.column_ways()) if seen else None


def enterprises() -> Iterator[search.Wanted]:
    """Every enterprise on the register."""
    return registries.enterprises(localdate())


def enterprise(uscc: str) -> search.Wanted | None:
    return next(registries.enterprises(localdate(), uscc=uscc), None)


def people() -> Iterator[search.Wanted]:
    """Everyone with a registration or certificate, under a masked name."""
    return registries.people(localdate())


def person(key: str) -> search.Wanted | None:
    try:
        return next(registries.people(localdate(), key=UUID(key)), None)
    except ValueError:  # a row that nothing of ours was ever known by
        return None


SOURCES = (
    search.Source("guide", guides, guide),
    search.Source(library.KIND, acts, act),
    search.Source(finding.KIND, documents, document),
    search.Source(registries.ENTERPRISE, enterprises, enterprise),
    search.Source(registries.PERSON, people, person),
)


def reconcile() -> dict[str, search.Difference]:
    """Mend the index where it differs, kind by kind; a second run finds nothing."""
    finding.name_columns(Column.objects.all())
    return {source.kind: search.reconcile(source) for source in SOURCES}
