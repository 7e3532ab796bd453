"""What kinds of paper are issued, and which words each needs. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

PERMANENT = 0
_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")


class PaperKind(models.TextChoices):
    RECEIPT = "receipt", "收件凭证"
    SUPPLEMENT_NOTICE = "supplement_notice", "一次性补正告知书"
    ACCEPTANCE = "acceptance", "受理通知书"
    NOT_ACCEPTED = "not_accepted", "不予受理决定书"
    GRANT = "grant", "准予行政许可决定书"
    REFUSAL = "refusal", "不予行政许可决定书"
    REVERSAL_NOTICE = "reversal_notice", "行政许可陈述申辩告知书"
    REVERSAL = "reversal", "行政许可撤回、撤销、注销决定书"
    DELIVERY = "delivery", "送达回证"
    CERTIFICATE = "certificate", "许可证件"
    FOI_RECEIPT = "foi_receipt", "政府信息公开申请登记回执"
    FOI_CORRECTION = "foi_correction", "政府信息公开申请补正告知书"
    FOI_EXTENSION = "foi_extension", "政府信息公开延期答复告知书"
    FOI_REASONS = "foi_reasons", "政府信息公开申请说明理由通知书"
    FOI_DELAY = "foi_delay", "政府信息公开延迟答复告知书"
    FOI_CONSULT = "foi_consult", "政府信息公开第三方意见征询书"
    FOI_THIRD_PARTY = "foi_third_party", "政府信息公开第三方意见告知书"
    FOI_FEE = "foi_fee", "政府信息公开信息处理费收费通知"
    FOI_DISCLOSURE = "foi_disclosure", "政府信息公开告知书"
    FOI_DENIAL = "foi_denial", "政府信息不予公开告知书"
    FOI_NOT_HELD = "foi_not_held", "政府信息无法提供告知书"
    FOI_NOT_OURS = "foi_not_ours", "非本机关负责公开告知书"
    FOI_NOT_PROCESSED = "foi_not_processed", "政府信息公开申请不予处理告知书"
    FOI_REPEATED = "foi_repeated", "政府信息公开重复申请告知书"
    FOI_WITHDRAWAL = "foi_withdrawal", "政府信息公开申请撤回确认书"


@dataclass(frozen=True)
class PaperForm:
    """The words a kind of paper carries.

    ``word`` stands in the number (示建许〔2026〕7号); ``needs`` and ``may`` are the keys of its data;
    ``is_public`` papers can be found by their number alone (行政许可法 第四十条: the public may
    inspect what was granted), others only with the code printed on them. ``retention_years`` is
    the time the archive keeps it, PERMANENT for ever (国家档案局令第10号; loaded as a default).
    """

    word: str
    needs: frozenset[str]
    may: frozenset[str] = frozenset()
    is_public: bool = False
    retention_years: int = 30


_ALWAYS = frozenset({"applicant", "applicant_kind", "item"})
_CASE = _ALWAYS | {"case_number"}
_REQUEST = _ALWAYS | {"request_number", "received_on"}  # 政府信息公开条例, request for information
_REPLY = _REQUEST | {"reasons", "remedies"}
_OPTIONAL = frozenset({"applicant_code", "agent", "contact", "contact_phone", "basis"})

# What a row holds when nothing else is said.
_ROWS: dict[str, dict[str, Any]] = {
    "materials": {"form": "电子件", "copies": 1},
    "missing": {"reason": ""},
    "documents": {"number": "", "copies": 1},
    "lines": {},
}
_PARAGRAPHS = frozenset({"reasons", "content", "withheld", "law", "route"})
_DAYS = frozenset(
    [
        "received_on",
        "accepted_on",
        "promised_on",
        "statutory_on",
        "due_on",
        "valid_from",
        "valid_until",
        "delivered_on",
        "withdrawn_on",
        "granted_on",
        "effective_on",
    ]
)

FORMS: dict[str, PaperForm] = {
    PaperKind.RECEIPT: PaperForm(
        "收", _CASE | {"received_on", "materials"}, _OPTIONAL | {"query_code", "next_step", "situation"}
    ),
    PaperKind.SUPPLEMENT_NOTICE: PaperForm(
        "补", _CASE | {"received_on", "missing", "due_on"}, _OPTIONAL | {"due_days"}
    ),
    PaperKind.ACCEPTANCE: PaperForm(
        "受",
        _CASE | {"received_on", "accepted_on", "promised_on"},
        _OPTIONAL | {"promise", "statutory_on", "statute"},
    ),
    PaperKind.NOT_ACCEPTED: PaperForm(
        "不受", _CASE | {"received_on", "reasons"}, _OPTIONAL | {"competent_authority"}
    ),
    PaperKind.GRANT: PaperForm(
        "许",
        _CASE | {"accepted_on", "content"},
        _OPTIONAL | {"certificate_name", "certificate_number", "valid_from", "valid_until"},
        is_public=True,
        retention_years=PERMANENT,
    ),
    PaperKind.REFUSAL: PaperForm("不许", _CASE | {"accepted_on", "reasons"}, _OPTIONAL),
    PaperKind.REVERSAL_NOTICE: PaperForm(
        "撤告",
        _CASE | {"granted_on", "grant_number", "act", "reasons", "basis", "due_on"},
        _OPTIONAL | {"certificate_number", "due_days"},
    ),
    PaperKind.REVERSAL: PaperForm(
        "撤",
        _CASE | {"granted_on", "grant_number", "act", "reasons", "basis", "effective_on"},
        _OPTIONAL | {"certificate_name", "certificate_number", "heard", "consequence"},
        is_public=True,
        retention_years=PERMANENT,
    ),
    PaperKind.DELIVERY: PaperForm(
        "达", _CASE | {"documents", "method"}, _OPTIONAL | {"recipient", "place", "delivered_on"}
    ),
    PaperKind.CERTIFICATE: PaperForm(
        "证",
        _ALWAYS | {"lines"},
        _OPTIONAL | {"case_number", "valid_from", "valid_until", "note", "decision_number"},
        is_public=True,
        retention_years=PERMANENT,
    ),
    PaperKind.FOI_RECEIPT: PaperForm(
        "公收", _REQUEST | {"channel", "way"}, _OPTIONAL | {"query_code", "due_on", "materials"}
    ),
    PaperKind.FOI_CORRECTION: PaperForm("公补", _REQUEST | {"missing", "due_on"}, _OPTIONAL | {"due_days"}),
    PaperKind.FOI_EXTENSION: PaperForm("公延", _REQUEST | {"reasons", "days", "due_on"}, _OPTIONAL),
    PaperKind.FOI_REASONS: PaperForm("公由", _REQUEST | {"content", "due_on"}, _OPTIONAL | {"due_days"}),
    PaperKind.FOI_DELAY: PaperForm("公迟", _REQUEST | {"reasons", "days", "due_on"}, _OPTIONAL),
    PaperKind.FOI_CONSULT: PaperForm("公询", _REQUEST | {"content", "days"}, _OPTIONAL),
    PaperKind.FOI_THIRD_PARTY: PaperForm("公三", _REQUEST | {"content", "reasons"}, _OPTIONAL | {"remedies"}),
    PaperKind.FOI_FEE: PaperForm(
        "公费", _REQUEST | {"method", "standard", "quantity", "amount", "pay_way", "due_on"}, _OPTIONAL
    ),
    PaperKind.FOI_DISCLOSURE: PaperForm(
        "公告", _REQUEST | {"content", "remedies"}, _OPTIONAL | {"withheld", "reasons", "materials"}
    ),
    PaperKind.FOI_DENIAL: PaperForm("公不", _REPLY, _OPTIONAL | {"law", "route"}),
    PaperKind.FOI_NOT_HELD: PaperForm("公无", _REPLY, _OPTIONAL | {"finding"}),
    PaperKind.FOI_NOT_OURS: PaperForm("公移", _REPLY | {"agency"}, _OPTIONAL),
    PaperKind.FOI_NOT_PROCESSED: PaperForm("公止", _REPLY, _OPTIONAL | {"route", "finding"}),
    PaperKind.FOI_REPEATED: PaperForm("公重", _REPLY | {"earlier"}, _OPTIONAL),
    PaperKind.FOI_WITHDRAWAL: PaperForm("公撤", _REQUEST | {"withdrawn_on"}, _OPTIONAL),
}


def check_data(kind: str, data: Mapping[str, Any]) -> None:
    """Refuse data that is not exactly what the kind's template prints.

    Raises ValueError naming the missing and the unknown keys, or saying that the data holds an
    unmasked identity number or mobile number: what is issued is kept for decades and may be shown.
    """
    form = FORMS[kind]
    missing = form.needs - data.keys()
    unknown = data.keys() - form.needs - form.may
    if missing or unknown:
        raise ValueError(f"{kind}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    if data["applicant_kind"] not in {"natural", "enterprise", "other"}:
        raise ValueError(f"{kind}: applicant_kind is {data['applicant_kind']!r}")
    for text in _texts(data):
        if _ID_NUMBER.search(text) or _MOBILE.search(text):
            raise ValueError(f"{kind}: a personal number must be masked before it is printed")


def arrange(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data in the one shape the templates print; plain text is accepted where rows are.

    A material, a missing item or a document may be a sentence ("营业执照：未盖章" gives name and
    reason), a line of a certificate a pair, reasons and content one text with a line each.
    Raises ValueError for a shape that means nothing, and for a date that is none.
    """
    shaped = dict(data)
    for key, value in shaped.items():
        if key in _ROWS:
            shaped[key] = [_row(key, one) for one in value]
        elif key in _PARAGRAPHS:
            lines = value.splitlines() if isinstance(value, str) else value
            shaped[key] = [line.strip() for line in lines if line.strip()]
            if not shaped[key]:
                raise ValueError(f"{kind}: {key} says nothing")
        elif key in _DAYS:
            shaped[key] = date.fromisoformat(value).isoformat()
    if isinstance(shaped.get("due_days"), int):
        shaped["due_days"] = f"{shaped['due_days']}个工作日"
    if kind == PaperKind.CERTIFICATE:
        # The holder has a line of its own at the top.
        shaped["lines"] = [one for one in shaped["lines"] if one["value"] != shaped["applicant"]]
    return shaped


def _row(key: str, one: Any) -> dict[str, Any]:
    if key == "lines":
        label, value = (one["label"], one["value"]) if isinstance(one, Mapping) else one
        return {"label": label, "value": value}
    if isinstance(one, Mapping):
        return {**_ROWS[key], **one}
    if key == "missing":
        name, _, reason = str(one).partition("：")
        return {"name": name, "reason": reason}
    return {**_ROWS[key], "name": str(one)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return []
