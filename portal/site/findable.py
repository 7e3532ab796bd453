"""What ought to be found, kind by kind: each domain's public things as the index should hold them."""

from collections.abc import Iterator

from django.utils.timezone import localdate

from approvals.models import ItemVersion
from approvals.workflow.items import guide_text
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


def reconcile() -> dict[str, search.Difference]:
    """Mend the index where it differs, kind by kind; a second run finds nothing."""
    return {"guide": search.reconcile("guide", guides())}
