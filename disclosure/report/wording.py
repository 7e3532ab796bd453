"""The six parts in words: fixed titles, and sentences whose numbers are taken from the tables. Pure.

A text names a figure in braces (``{新收}``); the number is put in when the text is read, so that a
number in the text and its cell cannot differ.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from disclosure.report import cells
from disclosure.report.cells import Figures, count

PART_TITLES = {
    1: "一、总体情况",
    2: "二、主动公开政府信息情况",
    3: "三、收到和处理政府信息公开申请情况",
    4: "四、政府信息公开行政复议、行政诉讼情况",
    5: "五、存在的主要问题及改进情况",
    6: "六、其他需要报告的事项",
}


@dataclass(frozen=True)
class Paragraph:
    key: str
    part: int
    title: str
    default: str
    for_government_only: bool = False


PARAGRAPHS = (
    Paragraph(
        "published",
        1,
        "主动公开",
        "{年}年，本机关制发行政规范性文件{制发规范性文件}件，废止{废止规范性文件}件，现行有效{现行有效规范性文件}件；"
        "作出行政许可决定{行政许可}件、行政处罚决定{行政处罚}件、行政强制决定{行政强制}件。",
    ),
    Paragraph(
        "requests",
        1,
        "依申请公开",
        "{年}年新收政府信息公开申请{新收}件，其中自然人{自然人}件、法人或其他组织{法人}件；上年结转{上年结转}件。"
        "办结{办结}件，其中予以公开{予以公开}件、部分公开{部分公开}件、不予公开{不予公开}件、无法提供{无法提供}件、"
        "不予处理{不予处理}件、其他处理{其他处理}件；结转下年度继续办理{结转下年}件。"
        "因政府信息公开发生行政复议{复议}件、行政诉讼{诉讼}件。",
    ),
    Paragraph("management", 1, "政府信息管理", "政府信息公开前均经保密审查，公开的政府信息实行动态更新。"),
    Paragraph(
        "platform",
        1,
        "政府信息公开平台建设",
        "依托门户网站政府信息公开专栏集中公开政府信息，提供检索、查阅、下载服务。",
    ),
    Paragraph(
        "supervision", 1, "监督保障", "政府信息公开工作机构负责日常工作，各项期限由系统逐件计时、预警。"
    ),
    Paragraph("problems", 5, "存在的主要问题及改进情况", ""),
    Paragraph(
        "fees",
        6,
        "信息处理费",
        "依据《政府信息公开信息处理费管理办法》，{年}年收取信息处理费{信息处理费件数}件，共{信息处理费}元。",
    ),
    Paragraph("assessment", 6, "工作考核、社会评议和责任追究结果", "", for_government_only=True),
    Paragraph("other", 6, "其他", ""),
)

# What may stand in braces: the cells whose sum it is. Groups of table 3 go by the year's form.
_NAMED: dict[str, tuple[str, ...]] = {
    "新收": ("t3.new.total",),
    "自然人": ("t3.new.natural",),
    "法人": tuple(f"t3.new.{party.key}" for party in cells.PARTIES[1:]),
    "上年结转": ("t3.carried_in.total",),
    "办结": ("t3.total.total",),
    "结转下年": ("t3.carried_out.total",),
    "予以公开": ("t3.granted.total",),
    "部分公开": ("t3.partial.total",),
    "复议": ("t4.review.total",),
    "诉讼": ("t4.direct.total", "t4.after_review.total"),
    "制发规范性文件": ("t2.normative.made",),
    "废止规范性文件": ("t2.normative.repealed",),
    "现行有效规范性文件": ("t2.normative.in_force",),
    "行政许可": ("t2.licences.decisions",),
    "行政处罚": ("t2.penalties.decisions",),
    "行政强制": ("t2.coercions.decisions",),
    "收费万元": ("t2.charges.amount",),
    "信息处理费件数": ("fees.cases",),
    "信息处理费": ("fees.yuan",),
}
_GROUPS = {"不予公开": "deny", "无法提供": "unable", "不予处理": "np", "其他处理": "oth"}
NAMES = ("年", *_NAMED, *_GROUPS)
_BRACES = re.compile(r"\{([^{}]*)\}")


def opening(year: int) -> str:
    """The sentence every report begins with (国办公开办函〔2021〕30号)."""
    return (
        "本报告根据《中华人民共和国政府信息公开条例》第五十条规定编制。"
        f"本报告中所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
    )


def paragraphs(*, is_government: bool) -> list[Paragraph]:
    return [one for one in PARAGRAPHS if is_government or not one.for_government_only]


def unknown_names(text: str) -> list[str]:
    """What stands in braces and is no figure, in the order of the text."""
    return [name for name in _BRACES.findall(text) if name not in NAMES]


def cells_of(name: str, year: int) -> tuple[str, ...]:
    if name in _GROUPS:
        return tuple(
            f"t3.{row.key}.total" for row in cells.reply_rows(year) if row.key.startswith(_GROUPS[name])
        )
    return _NAMED.get(name, ())


def render(text: str, figures: Figures, year: int) -> str:
    """The text with its numbers; an unknown name stays as it is written."""

    def number(match: re.Match[str]) -> str:
        if match[1] == "年":
            return str(year)
        addresses = cells_of(match[1], year)
        return printed(sum(count(figures.get(address)) for address in addresses)) if addresses else match[0]

    return _BRACES.sub(number, text)


def parts(texts: Mapping[str, str], figures: Figures, year: int, *, is_government: bool) -> dict[int, str]:
    """The text of parts one, five and six as it is checked and written to files, a paragraph a line."""
    found: dict[int, list[str]] = {}
    for one in paragraphs(is_government=is_government):
        if text := render(texts.get(one.key, one.default), figures, year).strip():
            found.setdefault(one.part, []).append(text)
    return {part: "\n".join(lines) for part, lines in found.items()}


def printed(value: cells.Value) -> str:
    """A number as tables and texts print it: no exponent, no trailing noughts; blank stays blank."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, cells.Decimal) else str(value)
