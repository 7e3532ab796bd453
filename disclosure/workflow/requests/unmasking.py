"""Looking at an applicant's whole number: for a stated reason, on record before it is shown."""

from datetime import datetime

from disclosure.models.requests import InformationRequest
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken

SHOWN = ("id_number", "phone", "email", "address")
LEAST_REASON = 4


def unmask(request: InformationRequest, *, field: str, reason: str, by: User, at: datetime) -> str:
    """The plain value. Raises RuleBroken without the right, or without a reason of four characters."""
    require(by, "people.unmask_party", "您没有查看完整个人信息的权限。")
    if field not in SHOWN:
        raise RuleBroken("该信息不可查看。", field="field")
    if len(reason.strip()) < LEAST_REASON:
        raise RuleBroken(
            f"请写明查看原因，至少{LEAST_REASON}个字。",
            field="reason",
            basis="《中华人民共和国个人信息保护法》第六条",
        )
    audit.record(
        "disclosure.request.unmasked", subject=request, actor=by, at=at, field=field, reason=reason.strip()
    )
    return getattr(request, field) or ""
