"""What keeps an item version from being published: every fault, each a sentence.

Rests on GB/T 39046-2020 table 4, 国办发 service-guide practice (八公开) and 行政许可法.
"""

import re
from dataclasses import dataclass

from approvals.deadlines import UNIFIED_WORKDAYS
from approvals.forms.schema import all_fields, rule_faults, schema_faults
from approvals.models import CaseType, ItemVersion, StageKind, Unit
from approvals.numbering import IMPLEMENTATION
from talent import checks
from talent.workflow.writing import effect_faults

# 八公开: what every guide must show, with where it stands.
EIGHT = {
    "name": "事项名称",
    "legal_bases": "设定依据",
    "conditions": "申请条件",
    "materials": "申报材料",
    "procedure": "办理程序",
    "promise": "承诺时限",
    "fees": "收费标准和依据",
    "result_name": "办理结果",
}
# What an inspection calls a key element of a guide beyond these (国办秘函〔2019〕19号).
KEY_ELEMENTS = {
    "place": "办理地点",
    "hours": "办理时间",
    "consult_phone": "咨询电话",
    "complaint_phone": "监督电话",
}
CERTIFICATE = re.compile(
    r"[\u4e00-\u9fa5]{0,12}?(?:营业执照|(?:[\u4e00-\u9fa5]{2,8})(?:许可证|资质证书|资格证书|注册证书|执业证书|合格证书|合格证|权属证书|权证|审查意见书))"
)
_LEAD = re.compile(
    r"^.*?(?:取得|持有|具有|依法|有效的?|办理|获得|领取|提交|考核|本人|申请人|企业|单位)+(?:了|的)?"
)


@dataclass(frozen=True)
class Fault:
    """``element`` is the field or relation it belongs to."""

    element: str
    message: str
    basis: str = ""

    def __str__(self) -> str:
        return self.message


def certificates_named_in(text: str) -> list[str]:
    """Names of certificates a condition mentions, without the words that lead up to them."""
    found = []
    for match in CERTIFICATE.finditer(text):
        name = _LEAD.sub("", match[0]) or match[0]
        found.append(name)
    return list(dict.fromkeys(found))


def faults(version: ItemVersion) -> list[Fault]:
    """All faults of a version, in the order of the guide; empty when it may be published."""
    return [
        *_completeness(version),
        *_limits(version),
        *_conditions(version),
        *_materials(version),
        *_form(version),
        *_write_back(version),
        *_codes(version),
    ]


def _completeness(version: ItemVersion) -> list[Fault]:
    empty = {
        "name": not version.name,
        "legal_bases": not version.legal_bases.exists(),
        "conditions": not version.conditions.exists(),
        "materials": not version.materials.exists(),
        "procedure": not version.procedure.strip(),
        "promise": version.promise_limit is None,
        "fees": version.has_fee and not version.fees.exists(),
        "result_name": not version.result_name,
    }
    found = [Fault(key, f"八公开不全：缺少{EIGHT[key]}。") for key, is_empty in empty.items() if is_empty]
    found += [
        Fault(key, f"办事指南要素不全：缺少{label}。")
        for key, label in KEY_ELEMENTS.items()
        if not getattr(version, key)
    ]
    if not version.has_fee and version.fees.exists():
        found.append(Fault("fees", "标明不收费，却列有收费项目。", "《中华人民共和国行政许可法》第五十八条"))
    for fee in version.fees.all():
        if not fee.basis or not fee.standard:
            found.append(Fault("fees", f"收费项目“{fee.name}”没有写明标准和依据。"))
    if version.visits and not version.visit_reason:
        found.append(Fault("visit_reason", "须到办事现场，却没有写明必须现场办理的原因。"))
    if not version.is_online and not version.place:
        found.append(Fault("place", "不能网上办理，却没有办理地点。"))
    return found


def _limits(version: ItemVersion) -> list[Fault]:
    found = []
    statutory, promise = version.statutory_limit, version.promise_limit
    if statutory is None and not version.statutory_note:
        found.append(Fault("statutory_limit", "没有法定办结时限；法律未规定的，请在说明中写明。"))
    if statutory is not None and not version.statutory_basis:
        found.append(Fault("statutory_basis", "法定办结时限没有写明依据。"))
    if promise is not None and statutory is not None:
        longest = statutory * 7 // 5 if version.statutory_unit == Unit.WORKING else statutory
        shortest = promise * 7 // 5 if version.promise_unit == Unit.WORKING else promise
        same = version.promise_unit == version.statutory_unit
        if promise > statutory if same else shortest > longest:
            found.append(
                Fault(
                    "promise_limit", f"承诺时限{version.promise_words}长于法定时限{version.statutory_words}。"
                )
            )
    if version.case_type == CaseType.INSTANT and promise is not None and promise > 1:
        found.append(
            Fault("promise_limit", f"即办件的承诺时限应为当日或者1个工作日，现为{version.promise_words}。")
        )
    if version.case_type == CaseType.PROMISED and promise == 0:
        found.append(Fault("promise_limit", "承诺件的承诺时限不能为0；当场办结的应为即办件。"))
    if statutory is not None and statutory > UNIFIED_WORKDAYS and not version.statutory_note:
        found.append(
            Fault(
                "statutory_limit",
                f"法定时限超过{UNIFIED_WORKDAYS}个工作日，请在说明中写明法律的特别规定。",
                "《中华人民共和国行政许可法》第四十二条",
            )
        )
    return found + _stages(version)


def _stages(version: ItemVersion) -> list[Fault]:
    stages = list(version.stages.all())
    kinds = [stage.kind for stage in stages]
    found = []
    if not stages or kinds[0] != StageKind.HANDLE:
        found.append(Fault("stages", "办理环节应当从承办开始。"))
    if not stages or kinds[-1] != StageKind.APPROVE:
        found.append(Fault("stages", "办理环节应当以批准结束。"))
    order = [StageKind.HANDLE, StageKind.REVIEW, StageKind.APPROVE]
    if kinds != [kind for kind in order if kind in kinds]:
        found.append(Fault("stages", "办理环节应当依次为承办、审核、批准，每个环节一次。"))
    if version.case_type == CaseType.PROMISED and StageKind.REVIEW not in kinds:
        found.append(Fault("stages", "承诺件应当有审核环节。"))
    if any(stage.unit != version.promise_unit for stage in stages):
        found.append(Fault("stages", "各环节时限的单位应当与承诺时限一致。"))
    elif version.promise_limit:
        total = sum(stage.limit for stage in stages)
        if total > version.promise_limit:
            found.append(Fault("stages", f"各环节时限之和为{total}天，超过承诺时限{version.promise_words}。"))
    return found


def _conditions(version: ItemVersion) -> list[Fault]:
    materials = {material.code: material.name for material in version.materials.all()}
    codes, situations = _form_codes(version), _situations(version)
    found = []
    for condition in version.conditions.all():
        short = condition.text if len(condition.text) <= 20 else condition.text[:20] + "…"
        where = f"条件“{short}”"
        for rule in (condition.when, condition.check_rule):
            found += [Fault("conditions", text) for text in rule_faults(rule, where, codes, situations)]
        unknown = [code for code in condition.evidence if code not in materials]
        found += [Fault("conditions", f"{where}的证明材料“{code}”不在材料清单中。") for code in unknown]
        if condition.registry_rule:
            found += [
                Fault("conditions", text) for text in checks.faults(condition.registry_rule, where, codes)
            ]
        if condition.check_rule and not condition.cure:
            found.append(Fault("conditions", f"{where}可以自动核验，却没有写明不符合时怎么办。"))
        if condition.evidence:
            continue
        for name in certificates_named_in(condition.text):
            if name == version.result_name or any(
                name in other or other in name for other in materials.values()
            ):
                continue
            found.append(Fault("conditions", f"{where}提到“{name}”，材料清单中却没有。"))
    return found


def _materials(version: ItemVersion) -> list[Fault]:
    codes, situations = _form_codes(version), _situations(version)
    found = []
    names = [material.name for material in version.materials.all()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(Fault("materials", f"材料“{name}”列了不止一次。"))
    for material in version.materials.all():
        where = f"材料“{material.name}”"
        found += [Fault("materials", text) for text in rule_faults(material.when, where, codes, situations)]
        if not material.issuer:
            found.append(Fault("materials", f"{where}没有写明出具机构（申请人自备的也请写明）。"))
        if material.when and not material.when_text:
            found.append(Fault("materials", f"{where}只在部分情形需要，却没有写明何时需要。"))
        if material.form == "paper" and not (material.originals or material.copies):
            found.append(Fault("materials", f"{where}须交纸质，却没有写明原件或者复印件份数。"))
    return found


def _write_back(version: ItemVersion) -> list[Fault]:
    if not version.write_back:
        return []
    return [Fault("write_back", text) for text in effect_faults(version.write_back, _form_codes(version))]


def _form(version: ItemVersion) -> list[Fault]:
    if not version.is_online:
        return []
    return [Fault("form_schema", text) for text in schema_faults(version.form_schema, _situations(version))]


def _codes(version: ItemVersion) -> list[Fault]:
    if IMPLEMENTATION.fullmatch(version.item.implementation_code):
        return []
    return [
        Fault(
            "item",
            f"实施编码{version.item.implementation_code}不是18位信用代码、1位层级和12位基本编码。",
            "GB/T 39046-2020",
        )
    ]


def _form_codes(version: ItemVersion) -> set[str]:
    return {str(field.get("code")) for field in all_fields(version.form_schema or {})}


def _situations(version: ItemVersion) -> set[str]:
    return {situation.code for situation in version.situations.all()}
