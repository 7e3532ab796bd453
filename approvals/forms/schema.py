"""What an application form may consist of: pages of typed fields, as data.

::

    pages:
      - title: 工程基本情况
        hint: 与立项文件一致
        fields:
          - {code: project_name, label: 工程名称, type: text, max_length: 100}
          - {code: area, label: 建筑面积, type: area, min: 1, hint: 地上与地下之和}
          - {code: kind, label: 工程类别, type: choice, choices: [[house, 房屋建筑], [municipal, 市政]]}
          - {code: permit_no, label: 规划许可证编号, type: text, required: false, when: {field: kind, eq: house}}

Fields are required unless ``required: false``. ``prefill`` takes a value from the applicant:
name, id_number, phone, address, legal_representative.
"""

import re
from typing import Any

from approvals.applies import JOINS, OPERATORS, fields_in, situations_in

TYPES: dict[str, str] = {
    "text": "文本",
    "textarea": "长文本",
    "number": "数字",
    "integer": "整数",
    "money": "金额（万元）",
    "area": "面积（平方米）",
    "date": "日期",
    "choice": "单选",
    "choices": "多选",
    "boolean": "是否",
    "id_number": "公民身份号码",
    "uscc": "统一社会信用代码",
    "phone": "联系电话",
    "mobile": "手机号码",
    "email": "电子邮箱",
    "address": "地址",
    "postcode": "邮政编码",
    "year": "年份",
}
PREFILLS = ("name", "id_number", "phone", "address", "legal_representative")
KEYS = {
    "code", "label", "type", "required", "hint", "choices", "min", "max", "max_length", "unit",
    "when", "prefill", "past", "future", "decimals",
}  # fmt: skip
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def all_fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every field of every page; none of a schema that cannot be read."""
    if _shape_faults(schema):
        return []
    return [field for page in schema["pages"] for field in page.get("fields") or []]


IN_ORDER = (
    "title", "code", "label", "type", "required", "unit", "choices", "min", "max", "max_length", "decimals",
    "past", "future", "when", "prefill", "hint", "fields",
)  # fmt: skip


def in_order(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with its keys as a person would write them; the database keeps no order."""
    if _shape_faults(schema):
        return schema

    def sort(part: dict[str, Any]) -> dict[str, Any]:
        known = [key for key in IN_ORDER if key in part]
        return {key: part[key] for key in [*known, *(key for key in part if key not in known)]}

    pages = [
        sort(page | {"fields": [sort(field) for field in page.get("fields") or []]})
        for page in schema["pages"]
    ]
    return schema | {"pages": pages}


def rule_faults(rule: Any, where: str, fields: set[str], situations: set[str]) -> list[str]:
    """What is wrong with a ``when`` or ``check``: unknown words, unknown answers, unknown situations."""
    if not isinstance(rule, dict):
        return [f"{where}的规则应为键值结构。"]
    if unreadable := _rule_shape_fault(rule):
        return [f"{where}的规则{unreadable}"]
    known = {"situation", "field", *OPERATORS, *JOINS}
    found = [f"{where}的规则中有不认识的“{key}”。" for key in rule if key not in known]
    found += [f"{where}的规则引用了不存在的填报项“{code}”。" for code in sorted(fields_in(rule) - fields)]
    found += [
        f"{where}的规则引用了不存在的情形“{code}”。" for code in sorted(situations_in(rule) - situations)
    ]
    if "field" in rule and not any(op in rule for op in OPERATORS):
        found.append(f"{where}的规则没有说明比较方式。")
    return found


def _rule_shape_fault(rule: Any) -> str:
    """What keeps a rule, or one inside it, from being read; empty when it can be."""
    if not isinstance(rule, dict):
        return "应为键值结构。"
    situation = rule.get("situation", [])
    if not isinstance(situation, str) and not (
        isinstance(situation, list) and all(isinstance(code, str) for code in situation)
    ):
        return "中situation应为情形代号或者代号的列表。"
    if not isinstance(rule.get("field", ""), str):
        return "中field应为填报项代号。"
    if "in" in rule and not isinstance(rule["in"], list):
        return "中in应为列表。"
    inner = [rule["not"]] if "not" in rule else []
    for join in ("all", "any"):
        if not isinstance(rule.get(join, []), list):
            return f"中{join}应为规则的列表。"
        inner += rule.get(join, [])
    return next((fault for each in inner if (fault := _rule_shape_fault(each))), "")


NUMBERS = ("min", "max", "max_length", "decimals")


def _shape_faults(schema: Any) -> list[str]:
    """What keeps a schema from being read at all."""
    pages = schema.get("pages") if isinstance(schema, dict) else None
    if not pages:
        return ["申请表没有任何页面。"]
    if not isinstance(pages, list) or not all(isinstance(page, dict) for page in pages):
        return ["申请表的pages应为页面的列表，每页有title和fields。"]
    found = []
    for number, page in enumerate(pages, start=1):
        fields = page.get("fields") or []
        if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
            found.append(f"申请表第{number}页的fields应为填报项的列表，每项有code、label和type。")
            continue
        for place, field in enumerate(fields, start=1):
            where = f"申请表第{number}页第{place}项"
            if not isinstance(field.get("choices", []), list):
                found.append(f"{where}的choices应为列表，如 [[house, 房屋建筑], [municipal, 市政]]。")
            elif any(
                isinstance(c, dict) or (isinstance(c, list) and len(c) != 2) for c in field.get("choices", [])
            ):
                found.append(f"{where}的每个选项应为文字，或者一对[代号, 文字]。")
            found += [
                f"{where}的{key}应为数字。"
                for key in NUMBERS
                if key in field and (isinstance(field[key], bool) or not isinstance(field[key], int | float))
            ]
            if not isinstance(field.get("label", ""), str) or not isinstance(field.get("type", ""), str):
                found.append(f"{where}的label和type应为文字。")
    return found


def _field_faults(field: dict[str, Any], where: str, codes: set[str], situations: set[str]) -> list[str]:
    found = []
    if not CODE.fullmatch(str(field.get("code", ""))):
        found.append(f"{where}的代号应为小写字母、数字和下划线。")
    if not field.get("label"):
        found.append(f"{where}没有名称。")
    if field.get("type") not in TYPES:
        found.append(f"{where}的类型“{field.get('type')}”不存在。")
    if field.get("type") in ("choice", "choices") and not field.get("choices"):
        found.append(f"{where}没有选项。")
    if field.get("prefill") and field["prefill"] not in PREFILLS:
        found.append(f"{where}的预填来源“{field['prefill']}”不存在。")
    found += [f"{where}有不认识的属性“{key}”。" for key in field if key not in KEYS]
    return found + rule_faults(field.get("when", {}), where, codes, situations)


def schema_faults(schema: dict[str, Any], situations: set[str]) -> list[str]:
    """Every fault of a form schema, each a sentence; empty when a form can be built from it."""
    if found := _shape_faults(schema):
        return found
    fields = all_fields(schema)
    codes = [str(field.get("code", "")) for field in fields]
    found = [f"申请表中“{code}”出现了不止一次。" for code in sorted({c for c in codes if codes.count(c) > 1})]
    for number, page in enumerate(schema["pages"], start=1):
        if not page.get("title"):
            found.append(f"申请表第{number}页没有标题。")
        if not page.get("fields"):
            found.append(f"申请表第{number}页没有填报项。")
        for field in page.get("fields") or []:
            where = f"申请表“{field.get('label') or field.get('code') or number}”"
            found += _field_faults(field, where, set(codes), situations)
    return found
