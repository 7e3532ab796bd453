"""Cases of the demo city in every state, each led there by the workflows on past working days."""

import io
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any

import pylopdf_fonts_zh_cn
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from approvals import workflow
from approvals.models import Case, Draft, ItemVersion
from portal.notices import workflow as notices
from portal.people.models import Party, PostRole, User
from portal.site.demo.accounts import read
from portal.workdays.models import current_calendar

FONT = next(iter(pylopdf_fonts_zh_cn.__path__)) + "/NotoSansSC-Regular.otf"
# What a label most likely asks for; the first word found in it decides.
SAMPLES = {
    "信用代码": "91990100MA0000001G", "身份号码": "990101199003070015", "姓名": "刘志远", "负责人": "刘志远",
    "工程名称": "示范市第三中学教学楼", "项目名称": "滨河花园二期", "推广名称": "滨河花园", "单位名称": "示范市第一建筑工程有限公司",
    "企业": "示范市第一建筑工程有限公司", "道路": "示东区东风路", "字号": "老街面馆", "银行": "示范银行建设路支行",
    "编号": "9901202600017", "证号": "9901202600017", "文号": "示建审〔2025〕12号", "代码": "2601-990100-47-01-100001",
    "楼栋": "1号楼、2号楼", "专业": "土木工程", "层数": "6/1", "职务": "项目经理", "区域": "示范市主城区",
    "学历": "本科", "供应单位": "示范市燃气集团有限公司",
}  # fmt: skip
LONG = "根据工程实际需要和有关规定提出，具体情况见所附材料。"


def load_cases() -> int:
    """All of them, when there is no case yet; how many were made."""
    if Case.objects.exists():
        return 0
    rows = sorted(read("applications"), key=lambda row: -row["begun"])
    for number, row in enumerate(rows):
        lead(row, number)
    workflow.reveal_seeds(at=timezone.now())
    return len(rows)


def moment(begun: int, after: int, number: int) -> datetime:
    """In the morning, ``begun`` working days ago and ``after`` later; never later than now."""
    calendar, today = current_calendar(), timezone.localdate()
    day = calendar.subtract(today, begun) if begun else today
    day = calendar.add(day, after) if after else day
    when = timezone.make_aware(datetime.combine(day, time(9, 30))) + timedelta(
        minutes=7 * number + 11 * after
    )
    return min(when, timezone.now())


def lead(row: dict[str, Any], number: int) -> Case:
    """Apply as the row says and walk its road."""
    at = moment(row["begun"], 0, number)
    workflow.commit_seed(timezone.localdate(at), at=at - timedelta(days=1))
    user, party = applicant(row["applicant"], timezone.localdate(at))
    draft = apply(row, user, party, at)
    case = workflow.submit(draft, by=user, at=at)
    notices.drain(at=at)
    for verb, after, *words in row["road"]:
        when = moment(row["begun"], after, number)
        case = DEEDS[verb](case, when, *words)
        notices.drain(at=when)
    return case


def applicant(name: str, on: date) -> tuple[User, Party]:
    if name.isdigit():
        user = User.objects.signing_in_with(name).get()
        return user, Party.objects.get(user=user)
    party = Party.objects.get(name=name)
    return party.authorisations.in_force(on).order_by("pk")[0].user, party


def apply(row: dict[str, Any], user: User, party: Party, at: datetime) -> Draft:
    version = ItemVersion.objects.get(item__code=row["item"], is_current=True)
    situation = str(row.get("situation") or getattr(version.situations.first(), "code", ""))
    draft = workflow.begin_draft(version, party=party, situation=situation, by=user, at=at)
    for number, page in enumerate(version.form_pages, start=1):
        answers = {spec["code"]: answer(spec, party, at) for spec in page["fields"]}
        draft = workflow.save_step(draft, page=number, answers=answers, by=user, at=at)
    for material in draft.asked_materials():
        if material.is_required:
            file = picture(material.name, party.name)
            workflow.add_material(draft, material=material.code, file=file, by=user, at=at)
    draft.refresh_from_db()
    return draft


def answer(spec: dict[str, Any], party: Party, at: datetime) -> Any:
    """Something the field takes and a person could have written."""
    if spec.get("prefill") and (known := getattr(party, spec["prefill"])):
        return known
    kind, label, today = spec["type"], spec["label"], timezone.localdate(at)
    if kind in ("choice", "choices"):
        choice = spec["choices"][0]
        first = str(choice[0] if isinstance(choice, list) else choice)
        return [first] if kind == "choices" else first
    if kind == "boolean":
        return "no" if any(word in label for word in ("是否发生", "其他", "重点", "影响", "临时")) else "yes"
    if kind == "date":
        ahead = not spec.get("past") and (
            spec.get("future") or any(w in label for w in ("至", "到期", "竣工", "完工", "结束"))
        )
        return (today + timedelta(days=240 if ahead else -300)).isoformat()
    if kind in ("number", "integer", "money", "area", "year"):
        wanted = {"year": 2026, "area": 5200, "money": 3200}.get(kind, 36)
        low, high = spec.get("min", 0), spec.get("max", 10**9)
        return str(min(max(wanted, low), high))
    if kind in ("phone", "mobile"):
        return "13900000008"
    if kind in ("id_number", "uscc", "postcode", "email"):
        return {"id_number": "990101199003070015", "uscc": "91990100MA0000001G", "postcode": "990100"}.get(
            kind, "lianxi@example.cn"
        )
    if kind == "address":
        return "示范市示东区东风路88号"
    if kind == "textarea":
        return LONG
    sample = next((value for word, value in SAMPLES.items() if word in label), "见所附材料")
    return sample[: spec.get("max_length", 200)]


def picture(name: str, holder: str) -> SimpleUploadedFile:
    """A page that says what it stands for."""
    page = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((24, 24, 596, 853), outline="#1f3a68", width=3)
    big, small = ImageFont.truetype(FONT, 30), ImageFont.truetype(FONT, 20)
    lines = [name[start : start + 17] for start in range(0, len(name), 17)]
    for number, line in enumerate(lines[:4]):
        pen.text((60, 90 + 48 * number), line, font=big, fill="#1a1a1a")
    pen.text((60, 330), f"当事人：{holder[:20]}", font=small, fill="#333333")
    pen.text((60, 780), "演示材料，不是真实证件", font=small, fill="#8a1f11")
    file = io.BytesIO()
    page.save(file, "PNG")
    code = zlib.crc32(f"{name}{holder}".encode())
    return SimpleUploadedFile(f"{name[:40]}-{code:08x}.png", file.getvalue(), content_type="image/png")


def staff(case: Case, role: str) -> User:
    post = case.department.posts.filter(role=role).exclude(user__in=[case.handler_id]).order_by("pk").first()
    if post is None:
        raise LookupError(f"the demo city has no {role} in {case.department}")
    return post.user


def clerk(case: Case) -> User:
    return staff(case, PostRole.CLERK)


def supplement(case: Case, at: datetime) -> Case:
    user, material = case.applicant_user, case.asked_materials()[0]
    if user is None:
        raise LookupError("a demo case has an applicant with an account")
    file = picture(f"补充：{material.name}", case.party_name)
    workflow.add_supplement_file(case, material=material.code, file=file, by=user, at=at)
    return workflow.receive_supplement(case, by=user, at=at)


def handle(case: Case, at: datetime) -> Case:
    opinion = "经核对申请表和所附材料，内容真实完整，符合规定条件，建议准予。"
    return workflow.pass_on(case, opinion=opinion, by=case.handler or clerk(case), at=at)


def review(case: Case, at: datetime) -> Case:
    opinion = "承办意见事实清楚、依据准确，同意报批。"
    return workflow.pass_on(case, opinion=opinion, by=staff(case, PostRole.REVIEWER), at=at)


def back(case: Case, at: datetime, reason: str) -> Case:
    return workflow.send_back(case, reason=reason, by=staff(case, PostRole.REVIEWER), at=at)


def grant(case: Case, at: datetime) -> Case:
    opinion = "同意准予许可，依法制证送达。"
    return workflow.decide_grant(case, opinion=opinion, by=staff(case, PostRole.APPROVER), at=at)


def refuse(case: Case, at: datetime, reasons: str, basis: str) -> Case:
    return workflow.decide_refuse(
        case,
        opinion="不符合法定条件，不予许可。",
        reasons=reasons,
        basis=basis,
        by=staff(case, PostRole.APPROVER),
        at=at,
    )


def withdraw(case: Case, at: datetime, reason: str) -> Case:
    user = case.applicant_user
    return workflow.withdraw(case, reason=reason, by=user, at=at) if user else case


DEEDS: dict[str, Any] = {
    "accept": lambda case, at: workflow.accept(case, by=clerk(case), at=at),
    "ask": lambda case, at, missing: workflow.ask_supplement(case, missing=missing, by=clerk(case), at=at),
    "supplement": supplement,
    "reject": lambda case, at, why: workflow.refuse_acceptance(case, reasons=why, by=clerk(case), at=at),
    "handle": handle,
    "review": review,
    "back": back,
    "grant": grant,
    "refuse": refuse,
    "deliver": lambda case, at: workflow.deliver(case, how="网上下载电子证照", by=clerk(case), at=at),
    "close": lambda case, at: workflow.close(case, by=clerk(case), at=at),
    "withdraw": withdraw,
    "deem": lambda case, at: workflow.deem_accepted(case, at=at),
    "expire": lambda case, at: workflow.expire_supplement(case, at=at),
}
