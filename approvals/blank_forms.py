"""The paper form of an item's application: blank, or filled in as a sample."""

from datetime import date
from typing import Any

from approvals.applies import OPERATORS, situations_in
from approvals.forms.fields import UNITS
from approvals.forms.schema import all_fields
from approvals.models import ItemVersion
from portal.days import spoken

APPLICANT = (
    ("申请人名称或者姓名", "name"),
    ("统一社会信用代码或者身份证号码", "id_number"),
    ("法定代表人（自然人不填）", "legal_representative"),
    ("联系人和电话", "contact"),
    ("通信地址", "address"),
)
_TALL = ("textarea",)


def form_words(
    version: ItemVersion, title: str, *, answers: dict[str, Any] | None = None, on: date | None = None
) -> dict[str, Any]:
    """What ``papers.typesetting.typeset_form`` prints for this version.

    With ``answers`` (by field code; the applicant's own under ``applicant``) it is a sample,
    dated ``on``.
    """
    given = answers or {}
    applicant = given.get("applicant", {})
    first = [_row(label, str(applicant.get(key, ""))) for label, key in APPLICANT]
    situations = [(s.code, s.name) for s in version.situations.all()]
    if situations:
        first.append(_row("办理情形") | {"choices": _ticked(situations, given.get("situation"))})
    pages = [{"title": "申请人", "rows": first}]
    names = dict(situations)
    fields = {field["code"]: field for field in all_fields(version.form_schema)}
    for page in version.form_pages:
        rows = [_field_row(field, given.get(field["code"], ""), fields, names) for field in page["fields"]]
        pages.append({"title": page["title"], "rows": rows})
    return {
        "title": title,
        "note": "样本仅供对照填写，所列单位、人员和项目均为虚构。"
        if answers
        else "请用黑色或者蓝黑色墨水笔填写，也可以在网上填报，不用交纸质表格。",
        "item": version.name,
        "department": version.item.department.name,
        "version": str(version.number),
        "sample": answers is not None,
        "signed": str(applicant.get("name", "")),
        "dated": spoken(on) if on else "",
        "pages": pages,
    }


def when_words(rule: dict[str, Any], fields: dict[str, dict[str, Any]], situations: dict[str, str]) -> str:
    """ "变更、延期开工时填写": the rule as a hand filling in the form can follow it."""
    if not rule:
        return ""
    field = fields.get(str(rule.get("field", "")))
    if field and "eq" in rule:
        labels = {str(pair[0]): str(pair[1]) for pair in _choices(field)}
        return f"{field['label']}为{labels.get(str(rule['eq']), rule['eq'])}时填写"
    named = [situations[code] for code in sorted(situations_in(rule)) if code in situations]
    if named and not any(key in rule for key in (*OPERATORS, "not", "any", "all")):
        return f"{'、'.join(name for name in situations.values() if name in named)}时填写"
    return "符合条件时填写"


def _row(label: str, value: str = "", **more: Any) -> dict[str, Any]:
    return {"label": label, "value": value, "note": "", "unit": "", "tall": False, "choices": [], **more}


def _field_row(
    field: dict[str, Any], value: Any, fields: dict[str, dict[str, Any]], situations: dict[str, str]
) -> dict[str, Any]:
    notes = [when_words(field.get("when", {}), fields, situations)]
    notes += ["选填"] if not field.get("required", True) else []
    row = _row(field["label"], note="；".join(note for note in notes if note))
    if field["type"] in ("choice", "choices", "boolean"):
        return row | {"choices": _ticked(_choices(field), value)}
    unit = field.get("unit") or UNITS.get(field["type"], "")
    return row | {"value": str(value), "unit": unit, "tall": field["type"] in _TALL}


def _choices(field: dict[str, Any]) -> list[tuple[str, str]]:
    if field["type"] == "boolean":
        return [("yes", "是"), ("no", "否")]
    given = field.get("choices") or []
    return [(str(c[0]), str(c[1])) if isinstance(c, list | tuple) else (str(c), str(c)) for c in given]


def _ticked(choices: list[tuple[str, str]], value: Any) -> list[dict[str, Any]]:
    chosen = {str(each) for each in value} if isinstance(value, list) else {str(value)}
    return [{"label": label, "on": code in chosen} for code, label in choices]
