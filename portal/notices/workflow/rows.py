"""Claims and answers as single statements: a batch costs what a notice costs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from portal.notices import numbering
from portal.notices.gateways import Inquiry, Message
from portal.notices.models import NoticeState, Template
from portal.people.crypto import decrypt

_COLUMNS = "n.id, n.channel, n.template_id, n.recipient_hash, n.urgent, n.attempts, n.expires_at, n.state"
_MORE = 'n.claimed_at, n.gateway_id, n.address, n.text, n."values"'

# Urgent first, then by due date; the quiet hours hold back text messages that are not urgent.
_CLAIM = f"""
WITH due AS (
    SELECT id FROM notices_notice
    WHERE state = 'waiting' AND act_at <= %(at)s AND expires_at > %(at)s
      AND channel <> ALL(%(held)s) AND (urgent OR channel <> 'sms' OR NOT %(quiet)s)
    ORDER BY urgent DESC, act_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notices_notice n
SET state = 'sending', attempts = n.attempts + 1, claimed_at = %(at)s, act_at = %(lease)s
FROM due WHERE n.id = due.id RETURNING {_COLUMNS}, {_MORE}
"""  # noqa: S608 (constant text)

# Taking a silent row to ask after it moves its date, so that two settlers do not ask the same.
_CLAIM_SILENT = f"""
WITH silent AS (
    SELECT id FROM notices_notice
    WHERE state IN ('sending', 'sent') AND act_at <= %(at)s
    ORDER BY act_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notices_notice n SET act_at = %(lease)s
FROM silent WHERE n.id = silent.id RETURNING {_COLUMNS}, {_MORE}
"""  # noqa: S608 (constant text)

# The number of the attempt is the fence: what a later claim or a receipt has moved on stays moved.
_RECORD = """
UPDATE notices_notice n
SET state = r.state, act_at = r.act_at, sent_at = coalesce(r.sent_at, n.sent_at), finished_at = r.finished_at,
    gateway = r.gateway, gateway_id = coalesce(nullif(r.gateway_id, ''), n.gateway_id),
    code = r.code, detail = r.detail,
    text = CASE WHEN r.wipe THEN '' ELSE n.text END, "values" = CASE WHEN r.wipe THEN '' ELSE n."values" END
FROM jsonb_to_recordset(%(results)s::jsonb) AS r(
    pk bigint, attempts int, was text, state text, act_at timestamptz, sent_at timestamptz,
    finished_at timestamptz, gateway text, gateway_id text, code text, detail text, wipe boolean)
WHERE n.id = r.pk AND n.attempts = r.attempts AND n.state = r.was
RETURNING n.id, n.state
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row this process alone may act on until its lease runs out."""

    pk: int
    channel: str
    template_id: int
    recipient_hash: str
    urgent: bool
    attempts: int
    expires_at: datetime
    state: str
    claimed_at: datetime
    gateway_id: str
    sealed_address: str
    sealed_text: str
    sealed_values: str

    def message(self, template: Template, *, by_template: bool) -> Message:
        """Opened only as far as the gateway needs: the words, or the template's code and values."""
        reference, address = numbering.reference(self.pk), decrypt(self.sealed_address, "notice_address")
        if not by_template:
            return Message(reference, address, decrypt(self.sealed_text, "notice_text"), template.title)
        values = decrypt(self.sealed_values, "notice_text")
        return Message(
            reference,
            address,
            "",
            template.title,
            {"aliyun": template.aliyun_code, "tencent": template.tencent_code},
            json.loads(values) if values else {},
        )

    def inquiry(self, at: datetime) -> Inquiry:
        address = decrypt(self.sealed_address, "notice_address")
        return Inquiry(numbering.reference(self.pk), address, self.gateway_id, self.claimed_at, at)


class Result(NamedTuple):
    """Where a claimed row goes. ``wipe`` takes away the text of a code that has done its work."""

    pk: int
    attempts: int
    was: str
    state: str
    act_at: datetime | None
    gateway: str
    gateway_id: str = ""
    code: str = ""
    detail: str = ""
    sent_at: datetime | None = None
    finished_at: datetime | None = None
    wipe: bool = False


def lease_end(at: datetime) -> datetime:
    return at + timedelta(seconds=settings.NOTICE_LEASE)


def claim_due(limit: int, at: datetime, *, quiet: bool, held: Iterable[str]) -> list[Claim]:
    values = {"at": at, "lease": lease_end(at), "limit": limit, "quiet": quiet, "held": list(held)}
    return _claims(_CLAIM, values)


def claim_silent(limit: int, at: datetime) -> list[Claim]:
    return _claims(_CLAIM_SILENT, {"at": at, "lease": lease_end(at), "limit": limit})


def record(results: list[Result]) -> dict[int, str]:
    """Write the results; answers which rows took theirs, with their new state."""
    if not results:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD, {"results": json.dumps([result._asdict() for result in results], default=_plain)}
        )
        return {pk: NoticeState(state) for pk, state in cursor.fetchall()}


def _claims(statement: str, values: dict[str, Any]) -> list[Claim]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sorted((Claim(*row) for row in cursor.fetchall()), key=lambda c: (not c.urgent, c.pk))


def _plain(value: datetime) -> str:
    return value.isoformat()
