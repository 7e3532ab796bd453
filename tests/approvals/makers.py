"""Items, drafts and cases in a known state. No random data; ``at`` is passed in."""

import struct
import zlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import workflow
from approvals.models import (
    Case,
    CaseStatus,
    Condition,
    Draft,
    Fee,
    ItemVersion,
    LegalBasis,
    Material,
    ServiceItem,
    Situation,
    Stage,
)
from disclosure.models import Act, Article
from portal.people.models import Department, Party, PostRole, User
from tests.people.makers import make_clerk, make_department, make_party, make_user, valid_uscc

BEIJING = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2026, 3, 6)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, day) for day in (9, 10, 11, 12))

SCHEMA: dict[str, Any] = {
    "pages": [
        {
            "title": "工程基本情况",
            "fields": [
                {"code": "project_name", "label": "工程名称", "type": "text", "max_length": 60},
                {"code": "area", "label": "建筑面积", "type": "area", "min": 1},
                {
                    "code": "kind",
                    "label": "工程类别",
                    "type": "choice",
                    "choices": [["house", "房屋建筑"], ["municipal", "市政工程"]],
                },
            ],
        },
        {
            "title": "联系人",
            "fields": [
                {"code": "contact", "label": "联系人", "type": "text", "prefill": "name"},
                {"code": "contact_phone", "label": "联系电话", "type": "phone", "prefill": "phone"},
            ],
        },
    ]
}
ANSWERS = {
    "project_name": "示范小学教学楼",
    "area": "5200",
    "kind": "house",
    "contact": "王小明",
    "contact_phone": "13900000001",
}


def at(day: date = FRIDAY, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)


def png(shade: int = 200) -> bytes:
    """A real one-pixel picture; another shade is another file."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" + bytes([shade % 256, shade // 256 % 256, 90]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def make_upload(name: str = "材料.png", shade: int = 200) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(shade), content_type="image/png")


def make_article(number: str = "第七条", *, title: str = "中华人民共和国建筑法") -> Article:
    act, _ = Act.objects.get_or_create(title=title, doc_no="", defaults={"level": "law"})
    return Article.objects.get_or_create(act=act, number=number, defaults={"text": "申请领取施工许可证。"})[0]


def make_draft_version(
    code: str = "construction-permit", department: Department | None = None, **fields: Any
) -> ItemVersion:
    """A complete, consistent version that is not published yet."""
    department = department or make_department(uscc=valid_uscc(900))
    serial = ServiceItem.objects.count() + 1
    basic = f"0101{700 + serial:05d}000"
    item = ServiceItem.objects.create(
        code=code,
        name="建筑工程施工许可证核发",
        department=department,
        basic_code=basic,
        implementation_code=f"{department.uscc or valid_uscc(900)}3{basic}",
    )
    workflow.grant_item(item)
    values: dict[str, Any] = {
        "name": "建筑工程施工许可证核发",
        "summary": "新开工的房屋建筑和市政工程，开工前申请",
        "procedure": "提交申请—受理—承办—审核—批准—送达",
        "statutory_limit": 7,
        "statutory_basis": "《中华人民共和国建筑法》第八条",
        "promise_limit": 5,
        "supplement_limit": 10,
        "result_name": "建筑工程施工许可证",
        "place": "示范市政务服务中心二楼",
        "hours": "工作日9:00—17:30",
        "consult_phone": "0990-6543210",
        "complaint_phone": "0990-12345",
        "form_schema": SCHEMA,
    }
    version = ItemVersion.objects.create(item=item, number=1, **(values | fields))
    Situation.objects.create(version=version, order=1, code="first", name="首次申请")
    Situation.objects.create(version=version, order=2, code="change", name="变更")
    Condition.objects.create(
        version=version,
        order=1,
        code="area",
        text="建筑面积在300平方米以上",
        check_rule={"field": "area", "gte": 300},
        cure="300平方米以下的工程不需要办理施工许可证。",
    )
    Condition.objects.create(version=version, order=2, code="funds", text="建设资金已经落实")
    Material.objects.create(
        version=version, order=1, code="land", name="建设用地批准手续", issuer="自然资源主管部门"
    )
    Material.objects.create(
        version=version,
        order=2,
        code="change_reason",
        name="变更说明",
        issuer="申请人自备",
        when={"situation": ["change"]},
        when_text="申请变更的",
    )
    Material.objects.create(
        version=version, order=3, code="contract", name="施工合同", issuer="申请人自备", is_required=False
    )
    for order, (kind, limit) in enumerate((("handle", 2), ("review", 2), ("approve", 1)), start=1):
        Stage.objects.create(
            version=version, order=order, kind=kind, limit=limit, opinion_template="经审查，符合条件，同意。"
        )
    LegalBasis.objects.create(version=version, order=1, article=make_article())
    return version


def make_item(
    code: str = "construction-permit", department: Department | None = None, **fields: Any
) -> ItemVersion:
    """A published, current version; made once for each code."""
    found = ItemVersion.objects.filter(item__code=code, is_current=True).first()
    if found:
        return found
    version = make_draft_version(code, department, **fields)
    return workflow.publish(version, by=None, at=at(date(2026, 1, 5)))


def make_fee(version: ItemVersion) -> Fee:
    return Fee.objects.create(
        version=version, name="工本费", standard="每证10元", basis="价费字〔1992〕240号"
    )


def make_staff(department: Department | None = None) -> dict[str, User]:
    """One person for each role, by role; made once for each department."""
    department = department or make_department(uscc=valid_uscc(900))
    found = {}
    for role in PostRole.values:
        post = department.posts.filter(role=role).order_by("pk").first()
        found[role] = post.user if post else make_clerk(role, department)
    return found


def make_applicant() -> tuple[User, Party]:
    user = User.objects.filter(username="applicant").first() or make_user("applicant", name="王小明")
    return user, Party.objects.filter(user=user).first() or make_party(user)


def make_draft(
    version: ItemVersion | None = None,
    *,
    user: User | None = None,
    party: Party | None = None,
    situation: str = "first",
    complete: bool = True,
    when: datetime | None = None,
    shade: int = 200,
) -> Draft:
    """A draft of the applicant's; complete unless told otherwise."""
    version, when = version or make_item(), when or at()
    if user is None:
        user, own = make_applicant()
        party = party or own
    draft = workflow.begin_draft(
        version, party=party or user.own_party, situation=situation, by=user, at=when
    )
    if not complete:
        return draft
    for number, page in enumerate(version.form_pages, start=1):
        codes = [field["code"] for field in page["fields"]]
        answers = {code: ANSWERS[code] for code in codes if code in ANSWERS}
        draft = workflow.save_step(draft, page=number, answers=answers, by=user, at=when)
    for material in draft.asked_materials():
        if material.is_required:
            workflow.add_material(
                draft,
                material=material.code,
                file=make_upload(f"{material.name}.png", shade),
                by=user,
                at=when,
            )
    draft.refresh_from_db()
    return draft


def make_case(
    status: str = CaseStatus.SUBMITTED,
    *,
    version: ItemVersion | None = None,
    received_on: date = FRIDAY,
    user: User | None = None,
    party: Party | None = None,
    stage: str = "handle",
) -> Case:
    """A case in that state, by the same road a real one takes.

    ``stage`` is where an accepted case stands: handle, review or approve. Each deed is done on
    the day of receipt.
    """
    version = version or make_item()
    make_staff(version.item.department)
    when = at(received_on)
    draft = make_draft(version, user=user, party=party, when=when)
    case = workflow.submit(draft, by=draft.user, at=when)
    return bring_to(case, status, stage=stage, when=when)


def bring_to(case: Case, status: str, *, stage: str = "handle", when: datetime | None = None) -> Case:
    """Lead a submitted case on to a state."""
    when = when or case.submitted_at
    staff = make_staff(case.department)
    if status == CaseStatus.SUBMITTED:
        return case
    if status == CaseStatus.WITHDRAWN:
        return workflow.withdraw(case, reason="不再需要", by=case.applicant_user, at=when)
    if status == CaseStatus.SUPPLEMENT:
        return workflow.ask_supplement(case, missing=["施工合同缺少签字页"], by=staff["clerk"], at=when)
    if status == CaseStatus.NOT_ACCEPTED:
        return workflow.refuse_acceptance(case, reasons="不属于本机关职权范围。", by=staff["clerk"], at=when)
    case = workflow.accept(case, by=staff["clerk"], at=when)
    if status == CaseStatus.ACCEPTED and stage == "handle":
        return case
    case = workflow.pass_on(case, opinion="材料齐全，建议准予。", by=case.handler, at=when)
    if status == CaseStatus.ACCEPTED and stage == "review":
        return case
    case = workflow.pass_on(case, opinion="复核无误，建议准予。", by=staff["reviewer"], at=when)
    if status == CaseStatus.ACCEPTED:
        return case
    if status == CaseStatus.REFUSED:
        return workflow.decide_refuse(
            case, opinion="不符合法定条件。", reasons="资金尚未落实。", basis="《中华人民共和国建筑法》第八条",
            by=staff["approver"], at=when,
        )  # fmt: skip
    case = workflow.decide_grant(case, opinion="同意准予许可。", by=staff["approver"], at=when)
    if status == CaseStatus.GRANTED:
        return case
    case = workflow.deliver(case, how="窗口领取", receiver="王小明", by=staff["clerk"], at=when)
    return case if status == CaseStatus.DELIVERED else workflow.close(case, by=staff["clerk"], at=when)


def make_overdue_case() -> Case:
    """Accepted so long ago that the promise is broken by the time of ``FRIDAY``."""
    return make_case(CaseStatus.ACCEPTED, received_on=date(2026, 1, 7))
