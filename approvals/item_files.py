"""Items and the law they rest on as YAML, to be read, corrected and carried between cities.

::

    acts:
      - title: 中华人民共和国建筑法
        level: law                 # law regulation judicial department_rule local_regulation local_rule normative
                                   # gb gb_t jgj cjj db group
        doc_no: 主席令第91号
        issuer: 全国人民代表大会常务委员会
        issued_on: 1997-11-01
        effective_on: 1998-03-01
        amended_on: 2019-04-23     # the latest amendment
        replaces: [{title: 某法, doc_no: "", kind: replaces, on: 1998-03-01}]   # or revises; on: when it takes effect
        repealed_on: 2026-01-01    # without another act in its place, with repeal_basis
        articles:
          - {number: 第八条, text: 申请领取施工许可证应当具备的条件……, certain: true}
    items:
      - code: construction-permit
        department: zjj            # the department's code
        basic_code: "000117001000" # 12 digits
        name: 建筑工程施工许可证核发
        ...                        # any other field of ItemVersion by its name
        situations: [{code: first, name: 首次申请, hint: ""}]
        conditions: [{code: area, text: …, when: {}, check: {field: area, gte: 300}, cure: …, evidence: [land]}]
                           # or registry: {check: safety_permit}, see talent.checks
        materials: [{code: land, name: …, required: true, when: {}, when_text: "", form: electronic, issuer: …, originals: 0, copies: 0}]
        stages: [{kind: handle, name: "", limit: 2, unit: working, opinion_template: …}]
        fees: [{name: …, standard: …, basis: …}]
        legal_bases: [{act: 中华人民共和国建筑法, doc_no: "", article: 第八条, certain: true, note: ""}]

A file may also be the bare list of acts, or one bare item. ``certain: false`` (of an act, an article
or a citation) is 待核: kept, shown to staff, never to the public.
"""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

import yaml
from django.db import models

from approvals.forms.schema import in_order
from approvals.models import ItemVersion, ServiceItem
from approvals.yaml_text import read_yaml
from disclosure.models import Act
from disclosure.workflow.law_entries import ACT_KEYS, MORE_KEYS
from portal.refusals import RuleBroken

ITEM_KEYS = ("code", "department", "basic_code", "implementation_code")
NOT_IN_FILES = {
    "id", "item", "number", "state", "is_current", "published_at", "published_by", "retired_at", "result_sample",
}  # fmt: skip
ELEMENTS = ("situations", "conditions", "materials", "stages", "fees", "legal_bases")
# What a file calls a field, where the column's name is longer.
SHORT = {
    "check": "check_rule",
    "registry": "registry_rule",
    "required": "is_required",
    "certain": "is_certain",
}
LONG = {long: short for short, long in SHORT.items()}
LEFT_OUT = {"id", "version", "order", "sample", "blank_form", "article"}


@dataclass
class ItemFile:
    acts: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)


def version_fields() -> dict[str, "models.Field[Any, Any]"]:
    return {f.name: f for f in ItemVersion._meta.concrete_fields if f.name not in NOT_IN_FILES}


def element_fields(element: str) -> dict[str, "models.Field[Any, Any]"]:
    model = getattr(ItemVersion, element).field.model
    return {f.name: f for f in model._meta.concrete_fields if f.name not in LEFT_OUT}


def read(text: str) -> ItemFile:
    """The file's entries with long names. Raises RuleBroken naming the entry and what is wrong with it."""
    try:
        loaded = read_yaml(text) or {}
    except RuleBroken as refusal:
        raise RuleBroken(f"文件{refusal}") from refusal
    if isinstance(loaded, list):
        loaded = {"acts": loaded}
    elif isinstance(loaded, dict) and "code" in loaded:
        loaded = {"items": [loaded]}
    if not isinstance(loaded, dict) or set(loaded) - {"acts", "items"}:
        raise RuleBroken("文件应当只有acts和items两部分。")
    for part in ("acts", "items"):
        rows = loaded.get(part) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise RuleBroken(f"文件的{part}应为列表，每项为键值结构。")
    items = [_item(entry) for entry in loaded.get("items") or []]
    codes = [entry["code"] for entry in items]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        raise RuleBroken(f"事项{code}在文件中出现了不止一次。")
    return ItemFile(acts=[_act(entry) for entry in loaded.get("acts") or []], items=items)


def _act(entry: dict[str, Any]) -> dict[str, Any]:
    title = entry.get("title") or "?"
    renamed = {SHORT.get(key, key): value for key, value in entry.items()}
    unknown = set(renamed) - set(ACT_KEYS) - set(MORE_KEYS)
    if unknown or not entry.get("title"):
        raise RuleBroken(f"法规《{title}》有不认识的内容或者没有名称：{'、'.join(sorted(unknown))}")
    for row in renamed.get("articles") or []:
        if not isinstance(row, dict) or not row.get("number") or set(row) - {"number", "text", "certain"}:
            raise RuleBroken(f"法规《{title}》的条款应为number、text、certain，现为{row}。")
    replaces = renamed.get("replaces") or []
    if not isinstance(replaces, list) or not all(isinstance(row, dict) for row in replaces):
        raise RuleBroken(f"法规《{title}》的replaces应为列表，每项为键值结构。")
    for on in (renamed.get("repealed_on"), *(row.get("on") for row in replaces)):
        if not isinstance(on, date | None):
            raise RuleBroken(f"法规《{title}》的“{on}”不是日期，应写作2026-01-01的样子。")
    return renamed


def _item(entry: dict[str, Any]) -> dict[str, Any]:
    name = entry.get("code") or entry.get("name") or "?"
    for key in ("code", "department", "basic_code", "name"):
        if not entry.get(key):
            raise RuleBroken(f"事项{name}缺少{key}。")
        if not isinstance(entry[key], str | int):
            raise RuleBroken(f"事项{name}的{key}应为文字。")
    unknown = set(entry) - set(version_fields()) - set(ITEM_KEYS) - set(ELEMENTS)
    if unknown:
        raise RuleBroken(f"事项{name}有不认识的内容：{'、'.join(sorted(unknown))}。")
    read_entry = dict(entry)
    for element in ELEMENTS:
        rows = entry.get(element) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise RuleBroken(f"事项{name}的{element}应为列表，每项为键值结构。")
        read_entry[element] = [_element(name, element, row) for row in entry.get(element) or []]
    return read_entry


def _element(item: str, element: str, row: dict[str, Any]) -> dict[str, Any]:
    renamed = {SHORT.get(key, key): value for key, value in row.items()}
    known = set(element_fields(element)) | (
        {"act", "doc_no", "article"} if element == "legal_bases" else set()
    )
    unknown = set(renamed) - known
    if unknown:
        raise RuleBroken(f"事项{item}的{element}有不认识的内容：{'、'.join(sorted(map(str, unknown)))}。")
    for key in ("when", "check_rule", "registry_rule"):
        if not isinstance(renamed.get(key) or {}, dict):
            raise RuleBroken(f"事项{item}的{element}中{key}应为键值结构。")
    if not isinstance(renamed.get("evidence") or [], list):
        raise RuleBroken(f"事项{item}的{element}中evidence应为材料代号的列表。")
    return renamed


def _plain(value: Any) -> Any:
    if isinstance(value, date) or value is None or isinstance(value, bool | int | list | dict):
        return value
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def as_entry(version: ItemVersion) -> dict[str, Any]:
    """A version as its entry in a file; what has the usual value is left out."""
    item: ServiceItem = version.item
    entry: dict[str, Any] = {
        "code": item.code,
        "department": item.department.code,
        "basic_code": item.basic_code,
        "implementation_code": item.implementation_code,
    }
    for name, column in version_fields().items():
        value = getattr(version, name)
        if value != column.get_default():
            entry[name] = in_order(value) if name == "form_schema" else _plain(value)
    for element in ELEMENTS:
        rows = [_row(element, row) for row in getattr(version, element).order_by("order", "pk")]
        if rows:
            entry[element] = rows
    return entry


def _row(element: str, row: models.Model) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in element_fields(element).items():
        value = getattr(row, name)
        if value != column.get_default() or name == "limit":
            found[LONG.get(name, name)] = _plain(value)
    if element == "legal_bases":
        article = row.article  # type: ignore[attr-defined]
        found = {"act": article.act.title, "doc_no": article.act.doc_no, "article": article.number} | found
    return found


def act_entry(act: Act) -> dict[str, Any]:
    columns = {f.name: f for f in Act._meta.concrete_fields if f.name in ACT_KEYS}
    entry = {
        LONG.get(name, name): _plain(getattr(act, name))
        for name, column in columns.items()
        if getattr(act, name) != column.get_default()
    }
    articles = [
        {"number": a.number, "text": a.text, "certain": a.is_certain} for a in act.articles.order_by("pk")
    ]
    return entry | ({"articles": articles} if articles else {})


def write(versions: "models.QuerySet[ItemVersion] | list[ItemVersion]") -> str:
    """YAML of these versions and of every act they cite."""
    acts = Act.objects.filter(
        articles__in=[basis.article_id for v in versions for basis in v.legal_bases.all()]
    )
    loaded = {
        "acts": [act_entry(act) for act in acts.distinct().order_by("pk")],
        "items": [as_entry(version) for version in versions],
    }
    return yaml.safe_dump(loaded, allow_unicode=True, sort_keys=False, width=110)
