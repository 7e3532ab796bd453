"""A row of an imported table, read and checked. Pure: what must be looked up is handed in.

The headings are the words of the document page, so that what one system exports another imports.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from disclosure import rich_text, scanning
from disclosure.models.codes import (
    POLICY_GENRES,
    Attribute,
    Audience,
    Genre,
    Method,
    StatutoryItem,
    Topic,
    Validity,
)
from disclosure.numbering import document_number, require_taken_over
from portal.refusals import RuleBroken

REQUIRED = ("标题", "栏目", "发布机构", "发布日期", "主题分类", "法定主动公开内容", "正文")
OPTIONAL = (
    "索引号", "成文日期", "文号", "体裁分类", "内容概述", "关键词", "组配分类", "服务对象", "公开方式", "信息来源", "责任编辑",
    "责任处室", "施行日期", "有效期至", "有效性", "不配解读的理由", "解读", "废止", "附件",
)  # fmt: skip
HEADINGS = REQUIRED + OPTIONAL
LIMITS = {
    "标题": 200, "内容概述": 300, "关键词": 100, "组配分类": 40, "信息来源": 100, "责任编辑": 40, "责任处室": 60,
    "不配解读的理由": 300, "正文": 200_000,
}  # fmt: skip
SCANNED = ("标题", "内容概述", "关键词", "正文")
OPENING = time(9, 0)  # a publication date without a time


@dataclass(frozen=True)
class Known:
    """What a row may name: columns by slug and by name, departments by code and by name.

    A column name that stands twice in the tree leads to None: the row must give its slug.
    """

    columns: Mapping[str, Any]
    departments: Mapping[str, Any]
    today: date
    zone: Any


@dataclass
class Row:
    """One document to be. ``content`` are fields of its version; links are document numbers."""

    number: int
    column: Any = None
    publisher: Any = None
    index_no: str = ""
    published_at: datetime | None = None
    validity: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    interprets: str = ""
    repeals: str = ""
    files: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_policy(self) -> bool:
        return self.content.get("genre") in POLICY_GENRES


def missing_headings(headings: list[str]) -> list[str]:
    return [name for name in REQUIRED if name not in headings]


def read_row(number: int, cells: Mapping[str, str | None], known: Known) -> Row:
    """The row with everything that is wrong with it in ``faults``, each as field and sentence."""
    row = Row(number)
    text = {name: (cells.get(name) or "").replace("\x00", "").strip() for name in HEADINGS}
    row.faults += [(name, f"请填写{name}。") for name in REQUIRED if not text[name]]
    row.faults += [
        (name, f"{name}最多{most}个字，现为{len(text[name])}个字。")
        for name, most in LIMITS.items()
        if len(text[name]) > most
    ]
    row.column = _named(row, "栏目", text["栏目"], known.columns)
    row.publisher = _named(row, "发布机构", text["发布机构"], known.departments)
    row.published_at = _moment(row, text["发布日期"], known)
    row.index_no = _index_no(row, index_no_of(cells), known.today)
    row.interprets, row.repeals = (_doc_no(row, name, text[name]) for name in ("解读", "废止"))
    row.files = [name.strip() for name in text["附件"].replace("；", ";").split(";") if name.strip()]
    formed_on = _day(row, "成文日期", text["成文日期"])
    if formed_on and row.published_at and formed_on > row.published_at.date():
        row.faults.append(("成文日期", "成文日期不能晚于发布日期。"))
    body = rich_text.clean(text["正文"][: LIMITS["正文"]])
    row.validity = _choice(row, "有效性", text["有效性"], Validity)
    row.content = {
        "title": text["标题"],
        "summary": text["内容概述"],
        "body": body,
        "text": rich_text.text_of(body),
        "formed_on": formed_on,
        "doc_no": _doc_no(row, "文号", text["文号"]),
        "topic": _choice(row, "主题分类", text["主题分类"], Topic),
        "genre": _choice(row, "体裁分类", text["体裁分类"], Genre),
        "group": text["组配分类"],
        "audience": _choice(row, "服务对象", text["服务对象"], Audience),
        "methods": [
            method
            for word in text["公开方式"].replace(";", "；").split("；")
            if word.strip() and (method := _choice(row, "公开方式", word.strip(), Method))
        ],
        "keywords": text["关键词"],
        "attribute": Attribute.PROACTIVE,
        "effective_on": _day(row, "施行日期", text["施行日期"]),
        "expires_on": _day(row, "有效期至", text["有效期至"]),
        "statutory_item": _statutory(row, text["法定主动公开内容"]),
        "source": text["信息来源"] or (row.publisher.name if row.publisher else ""),
        "editor": text["责任编辑"],
        "office": text["责任处室"],
        "no_interpretation_reason": text["不配解读的理由"],
    }
    _scan(row, text, known.today)
    return row


def index_no_of(cells: Mapping[str, str | None]) -> str:
    """The index number a row brings, as it is written; empty when it brings none."""
    return (cells.get("索引号") or "").replace("\x00", "").strip().upper()


def _index_no(row: Row, text: str, today: date) -> str:
    if text:
        try:
            require_taken_over(text, today)
        except RuleBroken as refusal:
            row.faults.append(("索引号", str(refusal)))
    return text


def _named(row: Row, heading: str, text: str, known: Mapping[str, Any]) -> Any:
    found = known.get(text)
    if text and found is None:
        why = "有多个同名栏目，请填写网址名" if text in known else "系统中没有"
        row.faults.append((heading, f"{heading}“{text[:40]}”：{why}。"))
    return found


def _choice(row: Row, heading: str, text: str, choices: Any) -> str:
    for value, label in choices.choices:
        if text and text in (value, label):
            return str(value)
    if text:
        row.faults.append((heading, f"{heading}“{text[:40]}”不在规定的分类中。"))
    return ""


def _statutory(row: Row, text: str) -> str:
    code = text.split(" ")[0].replace("－", "-")
    return _choice(row, "法定主动公开内容", code if code in StatutoryItem.values else text, StatutoryItem)


def _doc_no(row: Row, heading: str, text: str) -> str:
    try:
        return document_number(text)
    except RuleBroken as refusal:
        row.faults.append((heading, str(refusal)))
        return ""


def _day(row: Row, heading: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        row.faults.append((heading, f"{heading}“{text[:40]}”不是日期，形如：2026-03-05。"))
        return None


def _moment(row: Row, text: str, known: Known) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        row.faults.append(("发布日期", f"发布日期“{text[:40]}”不是日期，形如：2026-03-05。"))
        return None
    if moment.tzinfo is None:
        if len(text) <= 10:
            moment = datetime.combine(moment.date(), OPENING)
        moment = moment.replace(tzinfo=known.zone)
    moment = moment.astimezone(known.zone)
    if moment.date() > known.today:
        row.faults.append(("发布日期", "发布日期不能晚于今天；待发布的文件请在工作台起草。"))
    if moment.year < 1949:
        row.faults.append(("发布日期", "发布日期早于1949年，请核对。"))
    return moment


def _scan(row: Row, text: Mapping[str, str], today: date) -> None:
    for heading in SCANNED:
        for seen in scanning.scan(text[heading], today=today)[:5]:
            row.faults.append((heading, f"含有疑似个人信息{seen.shown}，请遮盖后重新导入。"))
