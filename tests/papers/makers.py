"""Papers and uploads in a known state. No random data; ``at`` is passed in."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.papers import workflow
from portal.papers.models import Paper
from portal.people.models import Department
from tests.people.makers import make_department, make_enterprise

MONDAY = datetime(2026, 9, 14, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FRIDAY = datetime(2026, 9, 18, 16, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

_CASE = {
    "applicant": "示范市第一建筑工程有限公司",
    "applicant_kind": "enterprise",
    "item": "建筑施工企业安全生产许可证核发",
    "case_number": "20260914000017",
}

DATA: dict[str, dict[str, Any]] = {
    "receipt": _CASE
    | {
        "received_on": "2026-09-14",
        "materials": [
            {"name": "建筑施工企业安全生产许可证申请表", "form": "电子件", "copies": 1},
            {"name": "企业法人营业执照", "form": "电子件", "copies": 1},
        ],
    },
    "supplement_notice": _CASE
    | {
        "received_on": "2026-09-14",
        "missing": [{"name": "特种作业人员操作资格证书", "reason": "所附证书已过有效期"}],
        "due_on": "2026-10-12",
    },
    "acceptance": _CASE
    | {"received_on": "2026-09-14", "accepted_on": "2026-09-18", "promised_on": "2026-10-22"},
    "not_accepted": _CASE | {"received_on": "2026-09-14", "reasons": ["申请事项依法不属于本机关职权范围。"]},
    "grant": _CASE | {"accepted_on": "2026-09-18", "content": "准予核发建筑施工企业安全生产许可证。"},
    "refusal": _CASE | {"accepted_on": "2026-09-18", "reasons": ["专职安全生产管理人员数量不符合要求。"]},
    "delivery": _CASE
    | {
        "documents": [{"name": "准予行政许可决定书", "number": "示建许〔2026〕7号", "copies": 1}],
        "method": "窗口领取",
    },
    "certificate": {key: _CASE[key] for key in ("applicant", "applicant_kind", "item")}
    | {"lines": [{"label": "许可范围", "value": "建筑施工"}]},
}


def make_paper(
    kind: str = "acceptance",
    *,
    department: Department | None = None,
    at: datetime = FRIDAY,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> Paper:
    """A paper just issued, its file still due, about an enterprise."""
    return workflow.issue(
        kind,
        subject=make_enterprise(),
        department=department or make_department(),
        data=DATA[kind] | (data or {}),
        by=None,
        at=at,
        **fields,
    )


def make_file(content: bytes, name: str = "材料.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
