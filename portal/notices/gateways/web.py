"""Any gateway that speaks the house's own signed HTTP.

``POST <url>/messages`` ``{reference, to, text, title}``: 200, 201 or 202 ``{"id": …}`` takes the message,
409 says it was taken before; 429 asks for patience; 401, 402 and 403 take nothing from us; any other 4xx
``{"code": …, "detail": …}`` refuses this one; a 5xx leaves it open.
``GET <url>/messages/<reference>``: 200 ``{"id": …, "status": "accepted" | "delivered" | "failed", "code": …}``,
or 404 for a reference never taken. Receipts come to ``/notices/receipts/web/``. All signed: see ``signing``.
"""

import json
import time
from typing import Any

from django.conf import settings

from portal.notices.gateways import Answer, Inquiry, Message, Outcome
from portal.notices.gateways.signing import signed_headers
from portal.notices.gateways.wire import Reply, WebGateway
from portal.notices.segments import signed

STATUSES = {
    "accepted": Outcome.ACCEPTED,
    "delivered": Outcome.DELIVERED,
    "failed": Outcome.REFUSED,
}


class SignedGateway(WebGateway):
    name = "web"

    def __init__(self, url: str, secret: str, **options: Any) -> None:
        super().__init__(url, **options)
        self._secret = secret

    def send(self, message: Message) -> Answer:
        body = {
            "reference": message.reference,
            "to": message.address,
            "text": signed(settings.SMS_SIGNATURE, message.text),
            "title": message.title,
        }
        reply = self._exchange("POST", "/messages", json.dumps(body, ensure_ascii=False).encode())
        if reply.status >= 500:
            return Answer(Outcome.UNKNOWN, str(reply.status))
        said = json.loads(reply.body or b"{}")
        known = {
            "code": str(said.get("code") or reply.status)[:64],
            "detail": str(said.get("detail", ""))[:300],
        }
        if reply.status < 300 or reply.status == 409:
            return Answer(Outcome.ACCEPTED, gateway_id=str(said.get("id", ""))[:128])
        if reply.status == 429:
            return Answer(Outcome.LIMITED, **known)
        if reply.status in (401, 402, 403):
            return Answer(Outcome.STOPPED, **known)
        return Answer(Outcome.REFUSED, **known)

    def ask(self, inquiry: Inquiry) -> Answer:
        reply = self._exchange("GET", f"/messages/{inquiry.reference}", b"")
        if reply.status == 404:
            return Answer(Outcome.NEVER_SEEN)
        if reply.status != 200:
            return Answer(Outcome.UNTOLD, str(reply.status))
        said = json.loads(reply.body)
        return Answer(
            STATUSES[said["status"]],
            str(said.get("code", ""))[:64],
            str(said.get("detail", ""))[:300],
            str(said.get("id", ""))[:128],
        )

    def _exchange(self, method: str, path: str, body: bytes) -> Reply:
        target = self.lines.path + path
        headers = signed_headers(self._secret, method, target, body, now=time.time())
        return self.lines.exchange(method, target, headers, body)
