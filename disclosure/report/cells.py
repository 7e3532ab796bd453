"""The tables of the annual report as data. Pure.

国办公开办函〔2021〕30号 gives the form from the report of 2021 on; the form before it (国办公开办函
〔2019〕60号, reports of 2019 and 2020) had one undivided （六）其他处理 and another table 2; reports older
than both are read as the nearer one. A cell has one address everywhere, in snapshots, corrections,
checks and files: ``t3.new.natural``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from disclosure.replies import RULES, Reply, ReplyGroup

# What a cell holds: nothing for a blank or a slash, text for what could not be read as a number.
Value = int | Decimal | str | None
Figures = dict[str, Value]

FORM_OF_2021 = 2021


@dataclass(frozen=True)
class Row:
    """``group`` is the heading it stands under; ``since`` and ``until`` are years of report."""

    key: str
    label: str
    group: str = ""
    since: int = 0
    until: int = 9999

    def is_in(self, year: int) -> bool:
        return self.since <= year <= self.until


@dataclass(frozen=True)
class Column:
    key: str
    label: str


@dataclass(frozen=True)
class Block:
    """One of the small tables that make up table 2."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    since: int = 0
    until: int = 9999
    is_money: bool = False


# --- table 2: what was published of one's own accord ---
_DOCUMENTS = (Row("rules", "规章"), Row("normative", "行政规范性文件"))
_LICENCES, _PENALTIES = (
    Row("licences", "行政许可"),
    (Row("penalties", "行政处罚"), Row("coercions", "行政强制")),
)
_CHARGES = Row("charges", "行政事业性收费")
_DECISIONS = (Column("decisions", "本年处理决定数量"),)
_OLD_PROJECTS = (Column("projects", "上一年项目数量"), Column("change", "本年增/减"))
ITEM_1, ITEM_5, ITEM_6 = "第二十条第（一）项", "第二十条第（五）项", "第二十条第（六）项"
ITEM_8, ITEM_9 = "第二十条第（八）项", "第二十条第（九）项"
_BEFORE = FORM_OF_2021 - 1

T2_BLOCKS = (
    Block(
        ITEM_1,
        (
            Column("made", "本年制发件数"),
            Column("repealed", "本年废止件数"),
            Column("in_force", "现行有效件数"),
        ),
        _DOCUMENTS,
        since=FORM_OF_2021,
    ),
    Block(ITEM_5, _DECISIONS, (_LICENCES,), since=FORM_OF_2021),
    Block(ITEM_6, _DECISIONS, _PENALTIES, since=FORM_OF_2021),
    Block(
        ITEM_8,
        (Column("amount", "本年收费金额（单位：万元）"),),
        (_CHARGES,),
        is_money=True,
        since=FORM_OF_2021,
    ),
    Block(
        ITEM_1,
        (
            Column("new", "本年新制作数量"),
            Column("published", "本年新公开数量"),
            Column("public", "对外公开总数量"),
        ),
        (Row("rules", "规章"), Row("normative", "规范性文件")),
        until=_BEFORE,
    ),
    Block(
        ITEM_5,
        (*_OLD_PROJECTS, Column("decisions", "处理决定数量")),
        (_LICENCES, Row("services", "其他对外管理服务事项")),
        until=_BEFORE,
    ),
    Block(ITEM_6, (*_OLD_PROJECTS, Column("decisions", "处理决定数量")), _PENALTIES, until=_BEFORE),
    Block(ITEM_8, _OLD_PROJECTS, (_CHARGES,), until=_BEFORE),
    Block(
        ITEM_9,
        (Column("projects", "采购项目数量"), Column("amount", "采购总金额")),
        (Row("purchases", "政府集中采购"),),
        is_money=True,
        until=_BEFORE,
    ),
)

# --- table 3: requests, by who asked and how they ended ---
PARTIES = (
    Column("natural", "自然人"),
    Column("business", "商业企业"),
    Column("research", "科研机构"),
    Column("welfare", "社会公益组织"),
    Column("legal_service", "法律服务机构"),
    Column("other", "其他"),
)
TOTAL = Column("total", "总计")
T3_COLUMNS = (*PARTIES, TOTAL)
T3_CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_GROUP_LABELS = {
    ReplyGroup.DENIED: "（三）不予公开",
    ReplyGroup.UNABLE: "（四）无法提供",
    ReplyGroup.NOT_PROCESSED: "（五）不予处理",
    ReplyGroup.OTHER: "（六）其他处理",
}
HANDLED = "三、本年度办理结果"


def _reply_rows() -> Iterator[Row]:
    for reply in Reply:
        rule = RULES[reply]
        if rule.group == ReplyGroup.GRANTED:
            yield Row(reply.value, f"（一）{reply.label}", HANDLED)
        elif rule.group == ReplyGroup.PARTIAL:
            yield Row(reply.value, f"（二）{reply.label}", HANDLED)
        else:
            since = FORM_OF_2021 if rule.group == ReplyGroup.OTHER else 0
            number = rule.code.partition(".")[2]
            yield Row(reply.value, f"{number}.{reply.label}", _GROUP_LABELS[rule.group], since=since)


NEW = Row("new", "一、本年新收政府信息公开申请数量")
CARRIED_IN = Row("carried_in", "二、上年结转政府信息公开申请数量")
HANDLED_TOTAL = Row("total", "（七）总计", HANDLED)
CARRIED_OUT = Row("carried_out", "四、结转下年度继续办理")
REPLY_ROWS = (*_reply_rows(), Row("oth", "（六）其他处理", HANDLED, until=_BEFORE))
T3_ROWS = (NEW, CARRIED_IN, *REPLY_ROWS, HANDLED_TOTAL, CARRIED_OUT)

# --- table 4: reconsideration and litigation ---
T4_GROUPS = (
    Row("review", "行政复议"),
    Row("direct", "未经复议直接起诉", "行政诉讼"),
    Row("after_review", "复议后起诉", "行政诉讼"),
)
OUTCOMES = (
    Column("upheld", "结果维持"),
    Column("corrected", "结果纠正"),
    Column("otherwise", "其他结果"),
    Column("pending", "尚未审结"),
)
T4_COLUMNS = (*OUTCOMES, TOTAL)

# Told of in part six, in no table.
FEE_NAMES = {"fees.cases": "信息处理费·收取件数", "fees.yuan": "信息处理费·金额（元）"}


def blocks(year: int) -> tuple[Block, ...]:
    """The tables that make up table 2 in this year's form."""
    return tuple(block for block in T2_BLOCKS if block.since <= year <= block.until)


def request_rows(year: int) -> tuple[Row, ...]:
    """The 25 rows of table 3 (23 before the report of 2021)."""
    return tuple(row for row in T3_ROWS if row.is_in(year))


def reply_rows(year: int) -> tuple[Row, ...]:
    return tuple(row for row in REPLY_ROWS if row.is_in(year))


@cache
def names(year: int) -> dict[str, str]:
    """Every cell of this year's form by its address, in the order printed, as a person says it."""
    found: dict[str, str] = {}
    for block in blocks(year):
        for row in block.rows:
            for column in block.columns:
                found[f"t2.{row.key}.{column.key}"] = f"表二 {row.label}·{column.label}"
    for row in request_rows(year):
        for column in T3_COLUMNS:
            found[f"t3.{row.key}.{column.key}"] = f"表三 {spoken(row)}·{column.label}"
    for group in T4_GROUPS:
        for column in T4_COLUMNS:
            found[f"t4.{group.key}.{column.key}"] = f"表四 {group.label}·{column.label}"
    return found


def spoken(row: Row) -> str:
    """The row by its group and label, short enough for a sentence."""
    label = row.label.partition("（区分处理")[0]
    return f"{row.group}{label}" if row.group and row.group != HANDLED else label


@cache
def money(year: int) -> frozenset[str]:
    """Cells that may hold a fraction: amounts in 万元."""
    return frozenset(
        f"t2.{row.key}.{column.key}"
        for block in blocks(year)
        if block.is_money
        for row in block.rows
        for column in block.columns
        if column.key == "amount"
    )


@cache
def signed(year: int) -> frozenset[str]:
    """Cells that may be below nought: the 本年增/减 of the earlier form."""
    return frozenset(address for address in names(year) if address.endswith(".change"))


def count(value: Value) -> int | Decimal:
    """The value as it counts in sums: blank, slash and what is no number count as nought."""
    return value if isinstance(value, int | Decimal) else 0
