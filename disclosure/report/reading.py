"""Reading a published annual report: JSON, XLSX or a web page. Pure.

Published tables hold blanks, slashes and dashes, lack row totals and use wordings of their own. What is
recognised becomes cells; what is not recognised is left blank and said; nothing is refused for its numbers.
"""

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from disclosure.report import cells, grids
from disclosure.report.cells import Figures, Value
from disclosure.report.checks import Finding, Severity
from disclosure.report.grids import Cell, Grid

MAX_BYTES = 20 * 1024 * 1024
_BLANK = {"", "/", "／", "\\", "-", "－", "—", "——", "–", "―", "─", "无", "null", "None"}
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,10})?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
# Stands in a row's label and in no other row's, whatever its numbering and punctuation.
_MARKS = {
    "new": "新收",
    "carried_in": "上年结转",
    "partial": "部分公开",
    "deny1": "国家秘密",
    "deny2": "法律行政法规禁止公开",
    "deny3": "三安全一稳定",
    "deny4": "第三方合法权益",
    "deny5": "内部事务信息",
    "deny6": "过程性信息",
    "deny7": "行政执法案卷",
    "deny8": "行政查询事项",
    "unable1": "不掌握相关政府信息",
    "unable2": "没有现成信息",
    "unable3": "补正后申请内容仍不明确",
    "np1": "信访举报投诉",
    "np2": "重复申请",
    "np3": "公开出版物",
    "np4": "大量反复申请",
    "np5": "重新出具已获取信息",
    "oth1": "逾期不补正",
    "oth2": "逾期未按收费通知",
    "carried_out": "结转下年度",
}


class Unreadable(Exception):
    """``str()`` is the one sentence that says why, in Chinese."""


@dataclass
class Reading:
    """``parts`` is None when the file holds tables only; ``notes`` say what was not recognised."""

    figures: Figures
    year: int | None = None
    title: str = ""
    parts: dict[int, str] | None = None
    notes: list[Finding] = field(default_factory=list)


def read(data: bytes, name: str) -> Reading:
    """What the file says. Its beginning decides what it is, not its name. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("文件是空的。")
    if len(data) > MAX_BYTES:
        raise Unreadable("文件超过20 MB，不像是年度报告。")
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(data)
    text = _decode(data)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return _read_json(text)
    if (
        re.search(r"<\s*(html|body|table|!doctype)\b", text[:20_000], re.IGNORECASE)
        or "<table" in text.lower()
    ):
        return _read_page(text)
    raise Unreadable(f"“{name}”不是JSON、XLSX或网页，读不出年报的表格。")


def number(text: Any) -> Value:
    """A cell as published: None for blank, slash and dash; the text itself when it is no number."""
    if text is None or isinstance(text, bool):
        return None if text is None else str(text)
    if isinstance(text, int):
        return text if abs(text) < 10**15 else str(text)[:40]
    plain = str(text).translate(_HALF_WIDTH).strip().removesuffix("件").removesuffix("万元").strip()
    plain = re.sub(r"\s+", "", plain)
    if plain in _BLANK:
        return None
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return plain[:40]
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return plain[:40]
    return int(value) if value == value.to_integral_value() else value


_HALF_WIDTH = {0xFF10 + digit: ord("0") + digit for digit in range(10)} | {
    0xFF0E: ".", 0xFF0C: ",", 0xFF0D: "-", 0xA0: " ", 0x3000: " ", 0xFEFF: ""
}  # fmt: skip


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("文件不是文字内容（既不是UTF-8也不是GBK编码），读不出年报的表格。")


# --- JSON: the shape of the published data ---


def _read_json(text: str) -> Reading:
    try:
        given = json.loads(text, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        raise Unreadable("JSON格式不完整，读不出内容。") from None
    if not isinstance(given, dict):
        raise Unreadable("JSON最外层应当是一个对象，含有t2、t3、t4。")
    if not any(isinstance(given.get(key), kind) for key, kind in (("t2", dict), ("t3", dict), ("t4", list))):
        raise Unreadable("JSON里没有年报的表格（t2、t3、t4）。")
    year = given.get("year")
    reading = Reading({}, title=str(given.get("source") or given.get("title") or "")[:200])
    reading.year = year if isinstance(year, int) and 2000 <= year <= 2100 else None
    form = reading.year or cells.FORM_OF_2021
    _json_requests(reading, given, form)
    _json_published(reading, given, form)
    outcomes = given.get("t4")
    for address, value in zip(_outcome_cells(), outcomes if isinstance(outcomes, list) else [], strict=False):
        reading.figures[address] = number(value)
    fees = given.get("fees")
    if isinstance(fees, dict):
        reading.figures |= {f"fees.{key}": number(fees.get(key)) for key in ("cases", "yuan")}
    parts = given.get("parts")
    if isinstance(parts, dict):
        reading.parts = {int(key): str(text) for key, text in parts.items() if str(key) in set("123456")}
    return reading


def _json_requests(reading: Reading, given: dict[str, Any], form: int) -> None:
    table = given.get("t3")
    if not isinstance(table, dict):
        reading.notes.append(_missing("表三"))
        return
    labels = given.get("columns")
    known = {column.label: column.key for column in cells.T3_COLUMNS}
    order = [column.key for column in cells.T3_COLUMNS]
    if isinstance(labels, list) and all(isinstance(label, str) and label in known for label in labels):
        order = [known[label] for label in labels]
    for row in cells.request_rows(form):
        values = table.get(row.key)
        if not isinstance(values, list):
            reading.notes.append(_missing(f"表三“{cells.spoken(row)}”行"))
            continue
        for column, value in zip(order, values, strict=False):
            reading.figures[f"t3.{row.key}.{column}"] = number(value)
    for key in table.keys() - {row.key for row in cells.request_rows(form)}:
        reading.notes.append(Finding("R1", Severity.WARNING, "表三", "表样中的行", str(key)[:40]))


def _json_published(reading: Reading, given: dict[str, Any], form: int) -> None:
    table = given.get("t2")
    if not isinstance(table, dict):
        reading.notes.append(_missing("表二"))
        return
    for block in cells.blocks(form):
        for row in block.rows:
            values = table.get(row.label, table.get(f"{row.label}(万元)", table.get(row.key)))
            values = values if isinstance(values, list) else [values]
            for column, value in zip(block.columns, values, strict=False):
                reading.figures[f"t2.{row.key}.{column.key}"] = number(value)


def _missing(where: str) -> Finding:
    return Finding("R1", Severity.WARNING, where, "有数据", "文件里没有")


def _outcome_cells() -> list[str]:
    return [f"t4.{group.key}.{column.key}" for group in cells.T4_GROUPS for column in cells.T4_COLUMNS]


# --- XLSX and web pages: tables found by what their rows are called ---


def _read_workbook(data: bytes) -> Reading:
    try:
        content = grids.of_workbook(data)
    except grids.NotATable:
        raise Unreadable("不是完整的XLSX工作簿，打不开。") from None
    return _read_content(content)


def _read_page(text: str) -> Reading:
    return _read_content(grids.of_page(text))


def _read_content(content: grids.Content) -> Reading:
    reading = Reading({}, parts=_parts(content.lines))
    everything = (
        "\n".join(content.lines)
        + "\n"
        + "\n".join(cell.text for grid in content.grids for row in grid[:3] for cell in row)
    )
    if (found := re.search(r"(20\d\d)年.{0,12}政府信息公开(?:工作)?年度?报", everything)) or (
        found := re.search(r"统计期限[为自从]*(20\d\d)年", everything)
    ):
        reading.year = int(found[1])
    titles = [
        line for line in content.lines if "政府信息公开" in line and "年度报告" in line and len(line) < 60
    ]
    reading.title = titles[0] if titles else ""
    form = reading.year or cells.FORM_OF_2021
    for grid in content.grids:
        _find_published(grid, reading.figures, form)
        _find_requests(grid, reading.figures, form)
        _find_outcomes(grid, reading.figures)
    if not reading.figures:
        raise Unreadable("没有找到年报的表格：认不出“自然人、商业企业”等表头和各行名称。")
    for table, name in (("t2.", "表二"), ("t3.", "表三"), ("t4.", "表四")):
        if not any(address.startswith(table) for address in reading.figures):
            reading.notes.append(_missing(name))
    if any(address.startswith("t3.") for address in reading.figures):
        for row in cells.request_rows(form):
            if not any(f"t3.{row.key}.{column.key}" in reading.figures for column in cells.T3_COLUMNS):
                reading.notes.append(_missing(f"表三“{cells.spoken(row)}”行"))
    return reading


def _find_published(grid: Grid, figures: Figures, form: int) -> None:
    """Table 2: each of its rows begins with its name, and the numbers follow."""
    wanted = {row.label: (row, block) for block in cells.blocks(form) for row in block.rows}
    if "行政规范性文件" in wanted:
        wanted["规范性文件"] = wanted["行政规范性文件"]
    for line in grid:
        distinct = [cell.text.strip() for cell in dict.fromkeys(line)]
        if not distinct or distinct[0] not in wanted:
            continue
        row, block = wanted[distinct[0]]
        values = [number(text) for text in distinct[1 : len(block.columns) + 1]]
        if all(value is None or not isinstance(value, str) for value in values):
            for column, value in zip(block.columns, values, strict=False):
                figures.setdefault(f"t2.{row.key}.{column.key}", value)


def _find_requests(grid: Grid, figures: Figures, form: int) -> None:
    """Table 3: columns by their headings, rows by what stands left of the first of them."""
    places = _party_columns(grid)
    if not places:
        return
    first, known = min(places.values()), {row.key for row in cells.request_rows(form)}
    for line in grid:
        labels = [cell.text for cell in dict.fromkeys(line[:first]) if cell.text.strip()]
        key = _row_of(labels)
        if key not in known or f"t3.{key}.natural" in figures:
            continue
        for column, place in places.items():
            figures[f"t3.{key}.{column}"] = number(line[place].text) if place < len(line) else None


def _party_columns(grid: Grid) -> dict[str, int]:
    """Where each applicant's column stands: below the widest heading row that names them."""
    for line in grid:
        texts = [re.sub(r"\s", "", cell.text) for cell in line]
        if "自然人" in texts and "商业企业" in texts:
            found = {
                column.key: texts.index(column.label) for column in cells.PARTIES if column.label in texts
            }
            if cells.TOTAL.label in texts:
                found[cells.TOTAL.key] = texts.index(cells.TOTAL.label)
            return found
    return {}


def _row_of(labels: list[str]) -> str:
    if not labels:
        return ""
    label, above = re.sub(r"[\s“”\"'‘’]", "", labels[-1]), "".join(labels[:-1])
    for key, mark in _MARKS.items():
        if mark in label:
            return key
    if "予以公开" in label and "不予公开" not in label:
        return "granted"
    if "总计" in label:
        return "total"
    if "其他处理" in label:
        return "oth"
    return "oth3" if "其他" in label and ("其他处理" in above or not above) else ""


def _find_outcomes(grid: Grid, figures: Figures) -> None:
    """Table 4: fifteen numbers side by side below 结果维持 … 总计 three times."""
    start = -1
    for line in grid:
        texts = [re.sub(r"\s", "", cell.text) for cell in line]
        heads = [index for index, text in enumerate(texts) if re.fullmatch(r"(结果)?维持", text)]
        if len(heads) == len(cells.T4_GROUPS):
            start = heads[0]
        elif start >= 0 and "t4.review.total" not in figures:
            values = [number(cell.text) for cell in _below(line, start)]
            if len(values) >= 10 and not any(isinstance(value, str) for value in values):
                figures |= dict(zip(_outcome_cells(), values, strict=False))


def _below(line: list[Cell], start: int) -> list[Cell]:
    return line[start : start + len(cells.T4_GROUPS) * len(cells.T4_COLUMNS)]


_HEADINGS = {
    1: "总体情况",
    2: "主动公开政府信息情况",
    3: "收到和处理政府信息公开申请情况",
    4: "行政复议、行政诉讼情况",
    5: "存在的主要问题及改进情况",
    6: "其他需要报告的事项",
}


def _parts(lines: list[str]) -> dict[int, str] | None:
    """The text under each of the six fixed titles; None when there is none of them."""
    found: dict[int, list[str]] = {}
    now = 0
    for line in lines:
        title = next((part for part, words in _HEADINGS.items() if words in line and len(line) < 40), 0)
        if title:
            now = title
            found.setdefault(now, [])
        elif now:
            found[now].append(line)
    return {part: "\n".join(words) for part, words in found.items()} if found else None
