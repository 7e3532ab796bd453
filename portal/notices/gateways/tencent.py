"""Tencent Cloud short messages: sms 2021-01-11, signed by TC3-HMAC-SHA256."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from portal.notices.gateways import Answer, Inquiry, Message, Outcome
from portal.notices.gateways.wire import WebGateway

VERSION = "2021-01-11"
ENDPOINT = "https://sms.tencentcloudapi.com"
CONTENT_TYPE = "application/json; charset=utf-8"

OUTCOMES = {
    "Ok": Outcome.ACCEPTED,
    "RequestLimitExceeded": Outcome.NOT_SENT,
    "FailedOperation.InsufficientBalanceInSmsPackage": Outcome.STOPPED,
    "FailedOperation.SignatureIncorrectOrUnapproved": Outcome.STOPPED,
    "FailedOperation.ForbidAddMarketingTemplates": Outcome.STOPPED,
}
FAMILIES = {
    "LimitExceeded": Outcome.LIMITED,
    "AuthFailure": Outcome.STOPPED,
    "UnauthorizedOperation": Outcome.STOPPED,
    "InternalError": Outcome.UNKNOWN,
}


def outcome_of(code: str) -> Outcome:
    """By the code, else by its family; what is left is about the message itself."""
    return OUTCOMES.get(code) or FAMILIES.get(code.partition(".")[0], Outcome.REFUSED)


def authorization(
    key_id: str, key_secret: str, service: str, headers: Mapping[str, str], body: bytes, moment: int
) -> str:
    """The Authorization header of TC3 for a POST to ``/`` with these signed headers (lower-case names)."""
    names = sorted(headers)
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names),
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    day = f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{moment}\n{scope}\n{hashed}"
    key = b"TC3" + key_secret.encode()
    for part in (day, service, "tc3_request", to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return (
        f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={';'.join(names)}, Signature={key.hex()}"
    )


class TencentGateway(WebGateway):
    """``SendSms`` and ``PullSmsSendStatusByPhoneNumber``.

    The latter lists reports only, by serial number and (for accounts that had it switched on) by our
    session context. A message it does not list may still be on its way, so it never permits a second
    send: an unknown message waits for its report, or for a person.
    """

    name = "tencent"
    by_template = True

    def __init__(
        self,
        key_id: str,
        key_secret: str,
        app_id: str,
        url: str = ENDPOINT,
        region: str = "ap-guangzhou",
        **options: Any,
    ) -> None:
        super().__init__(url, **options)
        self._key_id, self._key_secret = key_id, key_secret
        self._app_id, self._region = app_id, region

    def send(self, message: Message) -> Answer:
        template = message.codes.get(self.name, "")
        if not template:
            return Answer(Outcome.REFUSED, "no_template", "该模板尚未登记腾讯云模板编号")
        said = self._call(
            "SendSms",
            {
                "PhoneNumberSet": [f"+86{message.address}"],
                "SmsSdkAppId": self._app_id,
                "SignName": settings.SMS_SIGNATURE,
                "TemplateId": template,
                "TemplateParamSet": list(message.values.values()),
                "SessionContext": message.reference,
            },
        )
        status = said.get("Error") or said["SendStatusSet"][0]
        code = str(status["Code"])
        return Answer(
            outcome_of(code),
            code[:64],
            str(status.get("Message", ""))[:300],
            str(status.get("SerialNo", ""))[:128],
        )

    def ask(self, inquiry: Inquiry) -> Answer:
        said = self._call(
            "PullSmsSendStatusByPhoneNumber",
            {
                "BeginTime": int(inquiry.since.timestamp()) - 60,
                "EndTime": int(inquiry.at.timestamp()) + 60,
                "Offset": 0,
                "Limit": 100,
                "PhoneNumber": f"+86{inquiry.address}",
                "SmsSdkAppId": self._app_id,
            },
        )
        if "Error" in said:
            return Answer(Outcome.UNTOLD, str(said["Error"].get("Code", ""))[:64])
        for report in said.get("PullSmsSendStatusSet") or []:
            serial = str(report.get("SerialNo", ""))
            if report.get("SessionContext") == inquiry.reference or (serial and serial == inquiry.gateway_id):
                delivered = report.get("ReportStatus") == "SUCCESS"
                return Answer(
                    Outcome.DELIVERED if delivered else Outcome.REFUSED,
                    str(report.get("ReportStatus", ""))[:64],
                    str(report.get("Description", ""))[:300],
                    serial[:128],
                )
        return Answer(Outcome.UNTOLD)

    def _call(self, action: str, values: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(values, ensure_ascii=False).encode()
        moment = int(time.time())
        signed = {
            "content-type": CONTENT_TYPE,
            "host": self.lines.netloc,
            "x-tc-action": action.lower(),
        }
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Host": self.lines.netloc,
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(moment),
            "X-TC-Region": self._region,
            "Authorization": authorization(self._key_id, self._key_secret, "sms", signed, body, moment),
        }
        reply = self.lines.exchange("POST", f"{self.lines.path}/", headers, body)
        said: dict[str, Any] = json.loads(reply.body)["Response"]
        return said
