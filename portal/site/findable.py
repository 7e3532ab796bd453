"""What ought to be found, kind by kind: each domain's public things as the index should hold them."""

from collections.abc import Iterator

from django.utils.timezone import localdate

from approvals.models import ItemVersion
from approvals.workflow.items import guide_text
from disclosure.models import Act
from disclosure.workflow import library
from portal.search import workflow as search


def guides() -> Iterator[search.Wanted]:
    """Every current version of an item in use."""
    for version in ItemVersion.objects.current().with_contents():
        yield search.Wanted(
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


def reconcile() -> dict[str, search.Difference]:
    """Mend the index where it differs, kind by kind; a second run finds nothing."""
    return {
        "guide": search.reconcile("guide", guides()),
        library.KIND: search.reconcile(library.KIND, acts()),
    }
