"""Aliyun short messages: dysmsapi 2017-05-25, signed by ACS3-HMAC-SHA256."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from portal.notices.gateways import Answer, Inquiry, Message, Outcome
from portal.notices.gateways.wire import WebGateway
from portal.notices.hours import LOCAL

VERSION = "2017-05-25"
ENDPOINT = "https://dysmsapi.aliyuncs.com"
PAGE = 50
KEPT_DAYS = 30  # QuerySendDetails answers for that long

# A message is tried again only where the gateway itself failed, and then asked after first.
OUTCOMES = {
    "OK": Outcome.ACCEPTED,
    "isp.SYSTEM_ERROR": Outcome.UNKNOWN,
    "isv.BUSINESS_LIMIT_CONTROL": Outcome.LIMITED,
    "isv.DAY_LIMIT_CONTROL": Outcome.LIMITED,
    "Throttling": Outcome.NOT_SENT,
    "Throttling.User": Outcome.NOT_SENT,
    "ServiceUnavailable": Outcome.NOT_SENT,
    "isp.RAM_PERMISSION_DENY": Outcome.STOPPED,
    "isv.OUT_OF_SERVICE": Outcome.STOPPED,
    "isv.PRODUCT_UN_SUBSCRIPT": Outcome.STOPPED,
    "isv.PRODUCT_UNSUBSCRIBE": Outcome.STOPPED,
    "isv.ACCOUNT_NOT_EXISTS": Outcome.STOPPED,
    "isv.ACCOUNT_ABNORMAL": Outcome.STOPPED,
    "isv.AMOUNT_NOT_ENOUGH": Outcome.STOPPED,
    "isv.DENY_IP_RANGE": Outcome.STOPPED,
    "isv.SMS_SIGNATURE_ILLEGAL": Outcome.STOPPED,
    "SignatureDoesNotMatch": Outcome.STOPPED,
    "InvalidAccessKeyId.NotFound": Outcome.STOPPED,
    # The message itself is at fault; the rest of the outbox is not.
    "isv.SMS_TEMPLATE_ILLEGAL": Outcome.REFUSED,
    "isv.INVALID_PARAMETERS": Outcome.REFUSED,
    "isv.MOBILE_NUMBER_ILLEGAL": Outcome.REFUSED,
    "isv.MOBILE_COUNT_OVER_LIMIT": Outcome.REFUSED,
    "isv.TEMPLATE_MISSING_PARAMETERS": Outcome.REFUSED,
    "isv.INVALID_JSON_PARAM": Outcome.REFUSED,
    "isv.BLACK_KEY_CONTROL_LIMIT": Outcome.REFUSED,
    "isv.PARAM_LENGTH_LIMIT": Outcome.REFUSED,
    "isv.PARAM_NOT_SUPPORT_URL": Outcome.REFUSED,
}
SEND_STATUSES = {1: Outcome.ACCEPTED, 2: Outcome.REFUSED, 3: Outcome.DELIVERED}


def canonical_query(values: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(values[name], safe='')}" for name in sorted(values))


def authorization(
    key_id: str, key_secret: str, method: str, query: str, headers: Mapping[str, str], body: bytes
) -> str:
    """The Authorization header of ACS3 for these headers (lower-case names) and the path ``/``."""
    names = sorted(name for name in headers if name == "host" or name.startswith("x-acs-"))
    canonical = "\n".join(
        (
            method,
            "/",
            query,
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    mark = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(names)},Signature={mark}"


class AliyunGateway(WebGateway):
    """``SendSms`` and ``QuerySendDetails``. SendSms is not idempotent: OutId finds a message again."""

    name = "aliyun"
    by_template = True

    def __init__(self, key_id: str, key_secret: str, url: str = ENDPOINT, **options: Any) -> None:
        super().__init__(url, **options)
        self._key_id, self._key_secret = key_id, key_secret

    def send(self, message: Message) -> Answer:
        template = message.codes.get(self.name, "")
        if not template:
            return Answer(Outcome.REFUSED, "no_template", "该模板尚未登记阿里云模板编号")
        said = self._call(
            "SendSms",
            {
                "PhoneNumbers": message.address,
                "SignName": settings.SMS_SIGNATURE,
                "TemplateCode": template,
                "TemplateParam": json.dumps(message.values, ensure_ascii=False),
                "OutId": message.reference,
            },
        )
        code = str(said["Code"])
        # An error nobody has heard of may come from any depth of the gateway: ask before judging.
        outcome = OUTCOMES.get(code, Outcome.REFUSED if code.startswith("isv.") else Outcome.UNKNOWN)
        return Answer(
            outcome, code[:64], str(said.get("Message", ""))[:300], str(said.get("BizId", ""))[:128]
        )

    def ask(self, inquiry: Inquiry) -> Answer:
        first, last = inquiry.since.astimezone(LOCAL).date(), inquiry.at.astimezone(LOCAL).date()
        if (last - first).days >= KEPT_DAYS:
            return Answer(Outcome.CANNOT_TELL, "too_old")
        # Asked just after midnight, the message may stand under either day.
        for day in sorted({first, min(last, first + timedelta(days=1))}):
            if answer := self._on_day(inquiry, f"{day:%Y%m%d}"):
                return answer
        return Answer(Outcome.NEVER_SEEN)

    def _on_day(self, inquiry: Inquiry, day: str) -> Answer | None:
        page, seen = 1, 0
        while True:
            said = self._call(
                "QuerySendDetails",
                {
                    "PhoneNumber": inquiry.address,
                    "SendDate": day,
                    "PageSize": str(PAGE),
                    "CurrentPage": str(page),
                },
            )
            if said.get("Code") != "OK":
                return Answer(Outcome.UNTOLD, str(said.get("Code", ""))[:64])
            details = (said.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
            for detail in details:
                if detail.get("OutId") == inquiry.reference:
                    outcome = SEND_STATUSES[int(detail["SendStatus"])]
                    return Answer(outcome, str(detail.get("ErrCode", ""))[:64], gateway_id=inquiry.gateway_id)
            page, seen = page + 1, seen + len(details)
            if not details or seen >= int(said.get("TotalCount") or 0):
                return None

    def _call(self, action: str, values: dict[str, str]) -> dict[str, Any]:
        query = canonical_query(values)
        moment: datetime = timezone.now().astimezone(UTC)
        headers = {
            "host": self.lines.netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        headers["Authorization"] = authorization(self._key_id, self._key_secret, "POST", query, headers, b"")
        reply = self.lines.exchange("POST", f"{self.lines.path}/?{query}", headers, b"")
        said: dict[str, Any] = json.loads(reply.body)
        return said
