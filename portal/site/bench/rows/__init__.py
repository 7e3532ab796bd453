"""What the bench measures, subject by subject."""

from collections.abc import Callable

from portal.site.bench.measuring import Pair, Row
from portal.site.bench.places import Places
from portal.site.bench.rows import (
    audit,
    catalogue,
    deadlines,
    importing,
    outbox,
    pages,
    peer,
    redating,
    registries,
    search,
    search_growth,
    staffing,
    sweep,
)
from portal.site.bench.sizes import Size

Maker = Callable[[Places, Size], Pair]
# Name of a row → the row and who makes its two sides. In this order.
ROWS: dict[str, tuple[Row, Maker]] = {
    row.name: (row, maker)
    for subject in (
        pages,
        deadlines,
        outbox,
        audit,
        search,
        search_growth,
        sweep,
        redating,
        catalogue,
        staffing,
        registries,
        importing,
        peer,
    )
    for row, maker in subject.ROWS
}

PEER_ROWS = {row.name for row, _ in peer.ROWS}

__all__ = ["PEER_ROWS", "ROWS", "Maker"]
