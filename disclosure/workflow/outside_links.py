"""The nightly look at links to other sites: gathered first, asked without a transaction, written one by one."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings

from disclosure.links_in import outside_addresses
from disclosure.models import BrokenLink, Document
from disclosure.outside import Answer
from disclosure.workflow.watching import MOST_DOCUMENTS

MOST_ASKED = 3_000  # addresses a night; where there are more, each night takes those after the last one's
MOST_SECONDS = 3_600.0


def watch_outside_links(
    *, day: date, at: datetime, ask: Callable[[str], Answer], seconds: float = MOST_SECONDS
) -> tuple[int, int]:
    """Ask other sites for what public documents link to: how many were asked, how many are not there.

    Each address is asked once a night whatever number of documents link to it. One that answers again,
    or that no public document links to any more, is closed.
    """
    linking = _linking(at)
    open_rows: dict[tuple[int, str], BrokenLink] = {
        (row.document_id, row.address): row
        for row in BrokenLink.objects.filter(closed_on=None, is_outside=True)
    }
    for (document, address), row in open_rows.items():
        if document not in linking.get(address, ()):
            row.closed_on = day
            row.save(update_fields=["closed_on"])
    asked = broken = 0
    until = time.monotonic() + seconds
    for address in _tonight(list(linking), day):
        if time.monotonic() > until:
            break
        answer = ask(address)
        if not answer.is_known:  # what was found before stands until the site may be asked again
            continue
        asked += 1
        broken += answer.is_broken
        for document in linking[address]:
            _keep(open_rows.get((document, address)), document, address, answer, day)
    return asked, broken


def _linking(at: datetime) -> dict[str, list[int]]:
    """Addresses of other sites, and the documents that link to them."""
    found: dict[str, list[int]] = defaultdict(list)
    visible = Document.objects.visible_to(None, at).filter(current__body__contains="href=").newest_first()
    for pk, body in visible.values_list("pk", "current__body")[:MOST_DOCUMENTS].iterator(chunk_size=500):
        for address in outside_addresses(body, settings.PUBLIC_URL):
            if len(address) <= 500:
                found[address].append(pk)
    return found


def _tonight(addresses: list[str], day: date) -> Iterable[str]:
    """Tonight's share, one of each site in turn, so that no site is asked in a row."""
    addresses.sort()
    if len(addresses) > MOST_ASKED:
        first = day.toordinal() * MOST_ASKED % len(addresses)
        addresses = (addresses[first:] + addresses[:first])[:MOST_ASKED]
    turns: dict[str, int] = defaultdict(int)
    placed = []
    for address in addresses:
        host = urlsplit(address).netloc
        placed.append((turns[host], address))
        turns[host] += 1
    return [address for _, address in sorted(placed)]


def _keep(row: BrokenLink | None, document: int, address: str, answer: Answer, day: date) -> None:
    if not answer.is_broken:
        if row is not None and row.closed_on is None:
            row.closed_on = day
            row.save(update_fields=["closed_on"])
        return
    row = row or BrokenLink(document_id=document, address=address, is_outside=True, first_seen_on=day)
    row.status, row.words, row.last_seen_on = answer.status, answer.words, day
    row.save()
