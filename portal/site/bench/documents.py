"""Search rows to be measured: the texts of ``seed``, without the documents behind them."""

from portal.search.models import SearchRow
from portal.site.seeding import index, rows
from portal.site.seeding.texts import texts

KIND = "bench"
BATCH = 2_000


def fill(total: int) -> None:
    """The index with so many rows of the bench's own kind; the index built afterwards, ANALYZE."""
    had = SearchRow.objects.filter(kind=KIND).count()
    if had > total:
        SearchRow.objects.filter(kind=KIND).delete()
        had = 0
    if had == total:
        return
    choices = rows.INVENTED
    rows.keep_all_labels(
        choices.columns, topic=choices.topics, genre=choices.genres, validity=choices.validities
    )
    with index.set_aside(total - had):
        for first in range(had, total, BATCH):
            rows.copy_wanted(KIND, map(rows.wanted, texts(first, min(first + BATCH, total))))
