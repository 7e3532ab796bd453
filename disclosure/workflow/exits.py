"""What the look from outside found: a task for each exit that still shows what was withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import Document, DocumentState, ExitCheck
from disclosure.workflow import duties
from portal.audit import workflow as audit
from portal.notices import workflow as notices


@dataclass(frozen=True)
class Found:
    """An exit that was not closed: its name, the address looked at, and what was seen there."""

    exit: str
    address: str
    note: str = ""


@transaction.atomic
def record(document: Document, *, found: list[Found], at: datetime) -> Document:
    """Open a check for each exit found open, close those that are closed by now, tell the office of new ones.

    Nothing is written of a document that is public again.
    """
    document = Document.objects.locked(document)
    if document.state != DocumentState.WITHDRAWN:
        return document
    still = {each.exit: each for each in found}
    known = {check.exit: check for check in document.exit_checks.filter(closed_at=None)}
    for name, check in known.items():
        if name in still:
            check.seen_at, check.note = at, still[name].note
            check.save(update_fields=["seen_at", "note"])
        else:
            check.closed_at = at
            check.save(update_fields=["closed_at"])
    new = [each for name, each in still.items() if name not in known]
    ExitCheck.objects.bulk_create(
        ExitCheck(
            document=document, exit=each.exit, address=each.address[:300], note=each.note[:200], opened_at=at,
            seen_at=at,
        )
        for each in new
    )  # fmt: skip
    was_clear = document.exits_clear_at
    document.exits_checked_at = at
    document.exits_clear_at = None if found else (was_clear or at)
    document.save(update_fields=["exits_checked_at", "exits_clear_at"])
    closed = sorted(set(known) - set(still))
    if new or closed or (not found and was_clear is None):
        audit.record(
            "disclosure.document.exits_checked", subject=document, actor=None, at=at,
            open=sorted(still), opened=sorted(each.exit for each in new), closed=closed,
        )  # fmt: skip
    if new:
        people = {person.pk: person for person in duties.office_people(localdate(at))}
        if document.withdrawn_by:
            people[document.withdrawn_by.pk] = document.withdrawn_by
        for person in people.values():
            notices.queue(
                "document_exit_open", to=person, at=at, key=f"{document.pk}:{at:%Y%m%d%H%M%S}",
                subject=document, index_no=document.index_no,
                exits="、".join(each.exit for each in new)[:200],
            )  # fmt: skip
    return document
