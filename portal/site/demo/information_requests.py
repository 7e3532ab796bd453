"""Requests for information of the demo city: one in every state by the workflows, two years by the seed."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from disclosure.models import InformationRequest, RequestReply
from disclosure.replies import Reply
from disclosure.workflow import requests as workflow
from disclosure.workflow.requests import letters
from disclosure.workflow.requests.running import known
from portal.people.models import ApplicantType, Department, IdType, Party, PostRole, User
from portal.site.demo.accounts import read
from portal.site.demo.applications import moment, picture
from portal.site.seeding.requests import seed_requests

OFFICE = "zjj"
LETTERS = 12
PAST = 60  # invented requests of each of the two years


def load_requests() -> int:
    """All of them, when there is no request yet; how many were made."""
    if InformationRequest.objects.exists():
        return 0
    now = timezone.now()
    department = Department.objects.get(code=OFFICE)
    year = timezone.localdate(now).year
    for each in (year - 1, year):
        seed_requests(PAST, each, departments=[department], at=now, neglects=False)
    _give_letters(department)
    rows = sorted(read("information_requests"), key=lambda row: -row["begun"])
    for number, row in enumerate(rows):
        _lead(row, number, department)
    return 2 * PAST + len(rows)


def _give_letters(department: Department) -> None:
    """Real letters for the newest of the seed's replies; the others say on their pages that they have none."""
    answered = RequestReply.objects.filter(request__department=department, earlier=None).exclude(
        kind=Reply.REPEATED
    )
    newest = answered.select_related("request__department", "request__reply_clock", "signed_by")
    for words in newest.order_by("-request__replied_on", "pk")[:LETTERS]:
        request, at = words.request, known(words.request.replied_at)
        words.paper = letters.issue_reply(request, words, files=[], by=known(words.signed_by), at=at)
        words.save(update_fields=["paper"])


def _lead(row: dict[str, Any], number: int, department: Department) -> None:
    staff = {post.role: post.user for post in department.posts.select_related("user").order_by("-pk")}
    at = moment(row["begun"], 0, number)
    asked, user = _asked(row, number)
    proof = picture("身份证明", row["who"])
    if row.get("channel"):
        workflow.register(
            asked, department=department, channel=row["channel"], handed_in=timezone.localdate(at), form_key=uuid4(),
            identity_files=[proof], by=staff[PostRole.CLERK], at=at,
        )  # fmt: skip
        return
    request = workflow.submit(
        asked, department=department, form_key=uuid4(), identity_files=[proof], by=user, at=at
    )
    for step in row.get("road", []):
        request = _walk(request, dict(step), row["begun"], number, staff)


def _asked(row: dict[str, Any], number: int) -> tuple[workflow.Asked, User | None]:
    common = {"title": row["title"], "description": row.get("description", ""), "way": "web"}
    user = User.objects.signing_in_with(row["who"]).first()
    if user:
        party = Party.objects.get(user=user)
        person: dict[str, Any] = {
            "applicant_type": party.applicant_type, "name": party.name, "id_type": party.id_type,
            "id_number": party.id_number, "party": party, "phone": row["who"],
        }  # fmt: skip
        return workflow.Asked(**person, **common), user
    kind = row.get("applicant_type", ApplicantType.NATURAL)
    natural = kind == ApplicantType.NATURAL
    return workflow.Asked(
        applicant_type=kind, name=row["who"], id_type=IdType.PASSPORT if natural else IdType.USCC,
        id_number=f"DEMO{number:05d}" if natural else ORGANISATIONS[row["who"]], phone=f"1390000{1000 + number}", **common,
    ), None  # fmt: skip


# Credit codes of nobody: well-formed, in the invented region 990100.
ORGANISATIONS = {
    "示范市建设科学研究院": "52990100MJ00000012",
    "示范市宏远房地产开发有限公司": "91990100MA0000002K",
    "示范市民法律师事务所": "31990100MD0000001W",
    "宏远社区服务中心": "52990100MJ00000025",
}


def _walk(
    request: InformationRequest, step: dict[str, Any], begun: int, number: int, staff: dict[str, User]
) -> InformationRequest:
    at: datetime = moment(begun, step.pop("after"), number)
    deed = step.pop("do")
    publish = step.pop("publish", "")
    by = staff[PostRole.HEAD if deed in ("extend", "set_delay", "return_reply") else PostRole.HANDLER]
    if deed in ("draft", "reply"):
        request = workflow.draft_reply(
            request, kind=step.pop("kind"), words=workflow.Words(**step), by=by, at=at
        )
    if deed == "draft":
        return request
    if deed == "reply":
        workflow.submit_reply(request, by=by, at=at)
        request = workflow.sign_reply(request, opinion="同意签发。", by=staff[PostRole.APPROVER], at=at)
        if publish:
            workflow.publish_reply(request, title=publish, text=step["content"], by=by, at=at)
        return request
    if deed in ("receive_correction", "receive_reasons", "withdraw"):
        return getattr(workflow, deed)(request, **step, by=None, at=at)
    if deed == "expire_correction":
        return workflow.expire_correction(request, at=at)
    if deed == "consult":
        step["delivered_on"] = timezone.localdate(at)
    return getattr(workflow, deed)(request, **step, by=by, at=at)
