"""The addresses gateways report to. They believe nothing that does not prove where it comes from."""

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.notices import workflow
from portal.notices.gateways.signing import is_genuine
from portal.notices.hours import LOCAL
from portal.refusals import RuleBroken

log = logging.getLogger(__name__)
MOST_AT_ONCE = 1000
Report = dict[str, Any]


@csrf_exempt
@require_POST
def aliyun_receipts(request: HttpRequest, token: str) -> JsonResponse:
    return _pushed(request, token, _aliyun_receipt, {"code": 0, "msg": "成功"})


@csrf_exempt
@require_POST
def aliyun_replies(request: HttpRequest, token: str) -> JsonResponse:
    return _pushed(request, token, _aliyun_reply, {"code": 0, "msg": "成功"})


@csrf_exempt
@require_POST
def tencent_receipts(request: HttpRequest, token: str) -> JsonResponse:
    return _pushed(request, token, _tencent_receipt, {"result": 0, "errmsg": "OK"})


@csrf_exempt
@require_POST
def tencent_replies(request: HttpRequest, token: str) -> JsonResponse:
    return _pushed(request, token, _tencent_reply, {"result": 0, "errmsg": "OK"})


@csrf_exempt
@require_POST
def web_receipts(request: HttpRequest) -> JsonResponse:
    """Signed JSON ``{"receipts": [{reference, id, status, code, detail, at}], "replies": [{from, text}]}``."""
    secret = str(settings.SMS_GATEWAY_OPTIONS.get("secret", ""))
    target = request.get_full_path()
    if not is_genuine(secret, "POST", target, request.headers, request.body, now=time.time()):
        return _refused(403, "签名不正确或已过期")
    said = _json(request)
    if not isinstance(said, dict):
        return _refused(400, "请求正文应为JSON对象")
    for key, take in (("receipts", _web_receipt), ("replies", _web_reply)):
        reports = said.get(key, [])
        if fault := _fault(reports):
            return _refused(400, fault)
        _take_each(reports, take)
    return JsonResponse({"taken": True})


def _pushed(
    request: HttpRequest, token: str, take: Callable[[Report, datetime], object], thanks: Report
) -> JsonResponse:
    """Aliyun and Tencent do not sign what they push: the address itself is the secret."""
    right = settings.NOTICE_PUSH_TOKEN
    if not right or not compare_digest(token.encode(), right.encode()):
        return _refused(403, "推送地址不正确")
    reports = _json(request)
    if isinstance(reports, dict):
        reports = [reports]
    if fault := _fault(reports):
        return _refused(400, fault)
    if reports and not _take_each(reports, take):
        return _refused(403, "回执与本系统的通知不符")
    return JsonResponse(thanks)


def _take_each(reports: list[Report], take: Callable[[Report, datetime], object]) -> int:
    """Each on its own: one bad report does not keep back the good ones. How many were taken."""
    taken = 0
    for report in reports:
        try:
            take(report, timezone.now())
        except RuleBroken as refusal:
            log.warning("receipt refused: %s", refusal)
        else:
            taken += 1
    return taken


def _aliyun_receipt(report: Report, at: datetime) -> None:
    workflow.take_receipt(
        gateway="aliyun",
        delivered=_yes(report.get("success")),
        reference=_text(report, "out_id"),
        gateway_id=_text(report, "biz_id"),
        phone=_text(report, "phone_number"),
        code=_text(report, "err_code"),
        detail=_text(report, "err_msg"),
        reported_at=_moment(report.get("report_time")),
        at=at,
    )


def _aliyun_reply(report: Report, at: datetime) -> None:
    workflow.take_reply(phone=_text(report, "phone_number"), text=_text(report, "content"), at=at)


def _tencent_receipt(report: Report, at: datetime) -> None:
    workflow.take_receipt(
        gateway="tencent",
        delivered=report.get("report_status") == "SUCCESS",
        gateway_id=_text(report, "sid"),
        phone=_text(report, "mobile"),
        code=_text(report, "errmsg"),
        detail=_text(report, "description"),
        reported_at=_moment(report.get("user_receive_time")),
        at=at,
    )


def _tencent_reply(report: Report, at: datetime) -> None:
    workflow.take_reply(phone=_text(report, "mobile"), text=_text(report, "text"), at=at)


def _web_receipt(report: Report, at: datetime) -> None:
    status = report.get("status")
    if status not in ("delivered", "failed") or not report.get("reference"):
        raise RuleBroken("回执应有业务编号和结果（delivered或failed）。", field="status")
    workflow.take_receipt(
        gateway="web",
        delivered=status == "delivered",
        reference=_text(report, "reference"),
        gateway_id=_text(report, "id"),
        code=_text(report, "code"),
        detail=_text(report, "detail"),
        reported_at=_moment(report.get("at")),
        at=at,
    )


def _web_reply(report: Report, at: datetime) -> None:
    workflow.take_reply(phone=_text(report, "from"), text=_text(report, "text"), at=at)


def _json(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def _fault(reports: Any) -> str:
    if not isinstance(reports, list) or not all(isinstance(report, dict) for report in reports):
        return "回执应为JSON数组"
    return f"一次至多{MOST_AT_ONCE}条" if len(reports) > MOST_AT_ONCE else ""


def _refused(status: int, why: str) -> JsonResponse:
    return JsonResponse({"detail": why}, status=status)


def _text(report: Report, name: str) -> str:
    """What stands there as one short line without control characters."""
    value = report.get(name)
    plain = "" if value is None else str(value)
    return "".join(sign for sign in plain if sign.isprintable())[:300]


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _moment(value: Any) -> datetime | None:
    """Gateways write local time without a zone; what cannot be read is left out."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
