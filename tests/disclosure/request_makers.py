"""Requests for information in a known state. No random data; ``at`` is passed in."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from disclosure.models import InformationRequest
from disclosure.workflow import requests as workflow
from portal.people.models import ApplicantType, Department, IdType, PostRole, User
from tests.approvals.makers import make_upload
from tests.people.makers import make_clerk, make_department, valid_id_number, valid_uscc

BEIJING = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2026, 9, 18)


def at(day: date = FRIDAY, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING)


def make_officer(role: str = PostRole.HANDLER, department: Department | None = None) -> User:
    """The one person with this role, made once for each department."""
    department = department or make_department()
    post = department.posts.filter(role=role).order_by("pk").first()
    return post.user if post else make_clerk(role, department)


def asked(serial: int = 1, **fields: Any) -> workflow.Asked:
    """What a citizen of this serial asks; another serial is another person with another phone."""
    values: dict[str, Any] = {
        "applicant_type": ApplicantType.NATURAL,
        "name": "王小明",
        "id_type": IdType.ID_CARD,
        "id_number": valid_id_number(serial),
        "phone": f"138{serial:08d}",
        "title": "湖滨路道路改造工程规划许可文件",
        "way": "web",
    }
    values |= fields
    if values["applicant_type"] != ApplicantType.NATURAL and "id_type" not in fields:
        values |= {"id_type": IdType.USCC, "id_number": valid_uscc(serial)}
    return workflow.Asked(**values)


def make_request(
    day: date = FRIDAY, *, serial: int = 1, department: Department | None = None, by: User | None = None, **fields: Any
) -> InformationRequest:  # fmt: skip
    """Handed in over the web on that day."""
    return workflow.submit(
        asked(serial, **fields), department=department or make_department(), form_key=uuid4(),
        identity_files=[make_upload("身份证.png")], by=by, at=at(day),
    )  # fmt: skip


def words(**fields: str) -> workflow.Words:
    """Everything any kind of reply may need."""
    values = {
        "content": "见所附文件。", "withheld": "第三页的个人信息。", "reasons": "涉及个人隐私。",
        "law": "《中华人民共和国统计法》第二十五条", "route": "请向示范市不动产登记中心查询。",
    }  # fmt: skip
    return workflow.Words(**(values | fields))


def draft(request: InformationRequest, kind: str = "granted", said: workflow.Words | None = None, *, when: datetime | None = None) -> InformationRequest:  # fmt: skip
    """Drafted by the handler of the office, not handed in."""
    officer, when = make_officer(department=request.department), when or timezone.now()
    return workflow.draft_reply(request, kind=kind, words=said or words(), by=officer, at=when)


def make_reply(
    request: InformationRequest, kind: str = "granted", said: workflow.Words | None = None, *,
    files: Sequence[Any] = (), when: datetime | None = None,
) -> InformationRequest:  # fmt: skip
    """Drafted by the handler of the office and signed by its approver."""
    officer, when = make_officer(department=request.department), when or timezone.now()
    if files:
        workflow.enclose(request, list(files), by=officer, at=when)
    draft(request, kind, said, when=when)
    request = workflow.submit_reply(request, by=officer, at=when)
    signer = make_officer(PostRole.APPROVER, request.department)
    return workflow.sign_reply(request, opinion="同意签发。", by=signer, at=when)
