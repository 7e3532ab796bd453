"""From a chosen situation to a submitted case."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from approvals.applies import holds
from approvals.deadlines import ACCEPTANCE_BASIS, ACCEPTANCE_WORKDAYS, received_on
from approvals.forms.pages import page_faults
from approvals.models import (
    Case,
    CaseChannel,
    CaseMaterial,
    CaseStatus,
    Condition,
    Draft,
    DraftMaterial,
    ItemStatus,
    ItemVersion,
    Material,
)
from approvals.numbering import case_number, national_number
from approvals.workflow import duties, papers_of
from approvals.workflow.draws import draw_handler
from approvals.workflow.running import clock_label, tell_applicant
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.papers.models import Attachment
from portal.papers.numbering import next_number
from portal.people.crypto import keyed_hash
from portal.people.models import Party, User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, current_calendar
from talent import checks

QUERY_CODE_DIGITS = 8


@dataclass(frozen=True)
class Finding:
    """One condition as the pre-check sees it: ``result`` is met, not_met or cannot_tell."""

    condition: Condition | Material
    result: str
    reason: str
    cure: str = ""


@transaction.atomic
def begin_draft(version: ItemVersion, *, party: Party, situation: str = "", by: User, at: datetime) -> Draft:
    """A new draft under a current version. Raises RuleBroken for a wrong situation or party."""
    on = localdate(at)
    if not version.is_current or version.item.status != ItemStatus.IN_USE:
        raise RuleBroken("该事项目前不接受申请，请查看最新的办事指南。")
    if not Party.objects.actable_by(by, on).filter(pk=party.pk).exists():
        raise RuleBroken(f"您目前没有代{party.name}办理的授权。", field="party")
    if version.applicant_kinds and party.kind not in version.applicant_kinds:
        raise RuleBroken(f"该事项不接受{party.get_kind_display()}的申请，请更换申请人。", field="party")
    chosen = version.situations.filter(code=situation).first()
    if chosen is None and (situation or version.situations.exists()):
        raise RuleBroken("请选择办理情形。", field="situation")
    return Draft.objects.create(
        user=by, party=party, version=version, situation=chosen, begun_at=at, saved_at=at
    )


def _open_draft(draft: Draft, by: User, at: datetime) -> Draft:
    draft = Draft.objects.locked(draft)
    duties.may_apply(by, draft, localdate(at))
    if draft.submitted_case_id:
        raise RuleBroken("这份申请已经提交，不能再修改。如需更正，请在办件页面操作。")
    if draft.discarded_at:
        raise RuleBroken("这份草稿已经放弃，请重新申请。")
    return draft


@transaction.atomic
def save_step(draft: Draft, *, page: int, answers: dict[str, Any], by: User, at: datetime) -> Draft:
    """Keep the cleaned answers of one page (``PageForm.stored()``); other pages stay as they are."""
    draft = _open_draft(draft, by, at)
    codes = {spec["code"] for spec in draft.version.form_pages[page - 1]["fields"]}
    kept = {code: value for code, value in draft.answers.items() if code not in codes}
    draft.answers = kept | {code: value for code, value in answers.items() if code in codes}
    draft.step = max(draft.step, page)
    draft.saved_at = at
    draft.save(update_fields=["answers", "step", "saved_at"])
    return draft


@transaction.atomic
def add_material(
    draft: Draft,
    *,
    material: str,
    file: UploadedFile | None = None,
    reuse: Attachment | None = None,
    by: User,
    at: datetime,
) -> DraftMaterial:
    """Attach an upload, or a file of an earlier case of the same party, to the material with this code."""
    draft = _open_draft(draft, by, at)
    wanted = draft.version.materials.filter(code=material).first()
    if wanted is None:
        raise RuleBroken("没有这项材料，请刷新页面后重试。", field="material")
    if draft.materials.filter(material=wanted).count() >= wanted.max_files:
        raise RuleBroken(f"“{wanted.name}”最多{wanted.max_files}个文件，请先移除一个。", field=material)
    if reuse is not None:
        if not CaseMaterial.objects.filter(case__party=draft.party, attachment=reuse).exists():
            raise RuleBroken("只能使用同一申请人以前提交过的材料。", field=material)
        attachment = reuse
    elif file is not None:
        attachment = papers.store_upload(file, by=by, at=at)
    else:
        raise RuleBroken("请选择文件。", field=material)
    row, _ = DraftMaterial.objects.get_or_create(
        draft=draft, material=wanted, attachment=attachment, defaults={"added_at": at}
    )
    draft.saved_at = at
    draft.save(update_fields=["saved_at"])
    return row


@transaction.atomic
def remove_material(row: DraftMaterial, *, by: User, at: datetime) -> Draft:
    draft = _open_draft(row.draft, by, at)
    DraftMaterial.objects.filter(pk=row.pk, draft=draft).delete()
    return draft


@transaction.atomic
def discard(draft: Draft, *, by: User, at: datetime) -> Draft:
    draft = _open_draft(draft, by, at)
    draft.discarded_at = at
    draft.save(update_fields=["discarded_at"])
    return draft


@transaction.atomic
def carry_over(draft: Draft, *, by: User, at: datetime) -> Draft:
    """Move a draft to the item's current version, keeping what the new one still asks for."""
    draft = _open_draft(draft, by, at)
    version = draft.version.item.current
    if version is None:
        raise RuleBroken("该事项目前不接受申请。")
    files = {row.attachment_id: row.material.code for row in draft.materials.select_related("material")}
    draft.situation = version.situations.filter(code=draft.situation_code).first()
    draft.version, draft.step, draft.saved_at = version, 0, at
    draft.materials.all().delete()
    materials = {material.code: material for material in version.materials.all()}
    DraftMaterial.objects.bulk_create(
        DraftMaterial(draft=draft, material=materials[code], attachment_id=pk, added_at=at)
        for pk, code in files.items()
        if code in materials
    )
    draft.save(update_fields=["version", "situation", "step", "saved_at"])
    return draft


def reusable_files(draft: Draft) -> dict[str, list[CaseMaterial]]:
    """By material code, files the same party handed in with earlier cases, newest first."""
    names = {material.name: material.code for material in draft.asked_materials()}
    earlier = (
        CaseMaterial.objects.filter(case__party=draft.party, material__name__in=names)
        .select_related("material", "attachment", "case")
        .order_by("-added_at")[:200]
    )
    found: dict[str, list[CaseMaterial]] = {}
    for row in earlier:
        seen = found.setdefault(names[row.material.name], [])
        if all(row.attachment_id != other.attachment_id for other in seen):
            seen.append(row)
    return found


def precheck(draft: Draft, *, on: date) -> list[Finding]:
    """Every condition that applies, with reason and cure; then every required material without a file.

    ``on`` is the day the registries are asked about.
    """
    given = set(draft.materials.values_list("material__code", flat=True))
    findings = [
        _finding(condition, draft, given, on)
        for condition in draft.version.conditions.all()
        if condition.applies_to(draft.situation_code, draft.answers)
    ]
    for material in missing_materials(draft):
        cure = f"请上传（{material.comes_from}）。" if material.comes_from else "请上传。"
        findings.append(Finding(material, "not_met", f"必备材料“{material.name}”还没有提交。", cure))
    return findings


def _finding(condition: Condition, draft: Draft, given: set[str], on: date) -> Finding:
    """The registries' facts first: what was typed decides only where they are not asked."""
    if condition.registry_rule:
        verdict = checks.judge(condition.registry_rule, draft.party, draft.answers, on)
        cure = (verdict.cure or condition.cure) if verdict.result != checks.MET else ""
        return Finding(condition, verdict.result, verdict.reason, cure)
    rule = condition.check_rule
    if rule:
        held = holds(rule, draft.situation_code, draft.answers)
        result = {True: "met", False: "not_met", None: "cannot_tell"}[held]
        reason = {
            "met": "根据您填写的内容，符合这项条件。",
            "not_met": "根据您填写的内容，不符合这项条件。",
            "cannot_tell": "相关内容还没有填写，无法判断。",
        }[result]
    elif condition.evidence:
        names = dict(draft.version.materials.values_list("code", "name"))
        lacking = [names.get(code, code) for code in condition.evidence if code not in given]
        result = "not_met" if lacking else "met"
        reason = (
            f"还没有提交{'、'.join(f'“{name}”' for name in lacking)}。" if lacking else "证明材料已提交。"
        )
    else:
        result, reason = "cannot_tell", "这项条件由工作人员在受理时审查。"
    return Finding(condition, result, reason, condition.cure if result != "met" else "")


def missing_materials(draft: Draft) -> list[Material]:
    given = set(draft.materials.values_list("material_id", flat=True))
    return [m for m in draft.asked_materials() if m.is_required and m.pk not in given]


def _refuse_incomplete(draft: Draft) -> None:
    if not draft.version.is_current:
        raise RuleBroken("办事指南已更新，请按新指南核对后再提交。", field="version")
    if draft.version.item.status != ItemStatus.IN_USE:
        raise RuleBroken("该事项目前不接受申请。")
    for page, faults in page_faults(draft).items():
        code, messages = next(iter(faults.items()))
        raise RuleBroken(f"申请表第{page}页尚未填好：{messages[0]}", field=code)
    missing = missing_materials(draft)
    if missing:
        names = "、".join(f"“{material.name}”" for material in missing)
        raise RuleBroken(f"还缺少必备材料：{names}。", field="materials")


@transaction.atomic
def submit(draft: Draft, *, by: User, at: datetime, channel: str = CaseChannel.WEB) -> Case:
    """Make the one case of this draft; asked again, return the same case and change nothing.

    Raises RuleBroken while the form or the required materials are incomplete.
    """
    on = localdate(at)
    draft = Draft.objects.locked(draft)
    duties.may_apply(by, draft, on)
    if draft.submitted_case_id:
        return Case.objects.get(pk=draft.submitted_case_id)
    draft = _open_draft(draft, by, at)
    _refuse_incomplete(draft)
    version, item = draft.version, draft.version.item
    code = "".join(secrets.choice("0123456789") for _ in range(QUERY_CODE_DIGITS))
    day = f"{on:%Y%m%d}"
    case = Case.objects.create(
        number=case_number(on, next_number("case", day)),
        national_no=national_number(item.implementation_code, on, next_number(f"case.{item.code}", day)),
        draft_key=draft.key,
        query_code=code,
        query_code_hash=keyed_hash("query_code", code),
        item=item,
        version=version,
        situation=draft.situation,
        department=item.department,
        party=draft.party,
        party_name=draft.party.name,
        applicant_user=by,
        channel=channel,
        answers=draft.answers,
        status=CaseStatus.SUBMITTED,
        submitted_at=at,
        received_on=received_on(at, version.receipt_closes_at, current_calendar()),
    )
    files = draft.materials.filter(material__in=draft.asked_materials())
    CaseMaterial.objects.bulk_create(
        CaseMaterial(case=case, material_id=row.material_id, attachment_id=row.attachment_id, added_at=at)
        for row in files.order_by("pk")
    )
    draft.submitted_case = case
    draft.saved_at = at
    draft.save(update_fields=["submitted_case", "saved_at"])
    unmet = [finding.condition.code for finding in precheck(draft, on=on) if finding.result == "not_met"]
    audit.record(
        "approvals.case.submitted", subject=case, actor=by, at=at, behalf=draft.party.name,
        number=case.number, version=version.number, received_on=case.received_on, files=files.count(), unmet=unmet,
    )  # fmt: skip
    draw_handler(case, at=at)
    case.acceptance_clock = case.current_clock = clocks.start(
        ClockKind.CASE_ACCEPTANCE, subject=case, on=case.received_on, limit=ACCEPTANCE_WORKDAYS,
        basis=ACCEPTANCE_BASIS, department=case.department, handler=case.handler, party=case.party,
        label=clock_label(case), by=by, at=at,
    )  # fmt: skip
    case.save(update_fields=["handler", "acceptance_clock", "current_clock"])
    papers_of.issue_receipt(case, by=by, at=at)
    tell_applicant("case_submitted", case, at=at, query_code=code, received_on=case.received_on)
    return case
