"""Rows of what others did about a person or an enterprise: insurance that was paid, penalties that were decided."""

from datetime import date
from decimal import Decimal
from typing import Any

from portal.days import spoken
from portal.people import identity
from talent import publicity
from talent.models.credit import PenaltyKind
from talent.row_reader import Reader, by_label, credit_code, id_number, said

MOST_MONTHS = 120  # of one row
_PENALTIES = by_label(
    PenaltyKind,
    **dict.fromkeys(("没收违法所得", "没收非法财物"), PenaltyKind.CONFISCATION),
    **dict.fromkeys(("暂扣许可证", "暂扣许可证、执照"), PenaltyKind.SUSPENSION),
    **dict.fromkeys(("吊销许可证", "吊销许可证、执照"), PenaltyKind.REVOCATION),
)
_MILLIONTH = Decimal("0.000001")

PENALTY_REQUIRED = (
    "行政相对人名称",
    "行政处罚决定书文号",
    "违法事实",
    "处罚类别",
    "处罚决定日期",
    "处罚机关",
)
PENALTY_OPTIONAL = (
    "统一社会信用代码", "证件号码", "行为编码", "违法行为类型", "处罚依据", "处罚内容", "罚款金额（万元）", "没收金额（万元）",
    "暂扣或吊销证照名称及编号", "处罚有效期", "公示截止期", "处罚机关代码", "备注",
)  # fmt: skip
# 双公示 names its columns by codes (发改办财金〔2018〕424号); a table may use either.
PENALTY_CODES = {
    "CF_XDR_MC": "行政相对人名称", "CF_XDR_SHXYM": "统一社会信用代码", "CF_XDR_ZJHM": "证件号码",
    "CF_WSH": "行政处罚决定书文号", "CF_WFXW": "违法行为类型", "CF_SY": "违法事实", "CF_YJ": "处罚依据",
    "CF_CFLB": "处罚类别", "CF_NR": "处罚内容", "CF_NR_FK": "罚款金额（万元）", "CF_NR_WFFF": "没收金额（万元）",
    "CF_NR_ZKDX": "暂扣或吊销证照名称及编号", "CF_JDRQ": "处罚决定日期", "CF_YXQ": "处罚有效期",
    "CF_GSJZQ": "公示截止期", "CF_CFJG": "处罚机关", "CF_CFJGDM": "处罚机关代码", "BZ": "备注",
}  # fmt: skip


def read_insurance(read: Reader) -> None:
    """``months`` are first days, from the first to the last of them."""
    read.row.keys = {"id_number": id_number(read), "uscc": credit_code(read)}
    first, last = _month(read, "缴费月份", required=True), _month(read, "缴费月份止")
    months: list[date] = []
    if first is not None:
        count = ((last.year - first.year) * 12 + last.month - first.month if last else 0) + 1
        if count < 1:
            read.fault("缴费月份止", "不能早于缴费月份。")
        elif count > MOST_MONTHS:
            read.fault("缴费月份止", f"一行最多{MOST_MONTHS}个月，请分行填写。")
        else:
            begin = first.year * 12 + first.month - 1
            months = [date(n // 12, n % 12 + 1, 1) for n in range(begin, begin + count)]
    read.row.values = {"payer_name": read.text("缴费单位", 200, required=True), "months": months}


def _month(read: Reader, heading: str, *, required: bool = False) -> date | None:
    """2026-05, 2026年5月, 202605, or any day of the month."""
    value = read.text(heading, 20, required=required)
    if not value:
        return None
    if len(value) == 6 and value.isdigit():
        parts = [value[:4], value[4:]]
    else:
        for sign in "年月/.":
            value = value.replace(sign, "-")
        parts = value.replace("日", "").strip("-").split("-")[:2]
    try:
        month = date(int(parts[0]), int(parts[1]), 1)
    except (ValueError, IndexError):
        read.fault(heading, f"“{read.cells[heading]}”不是月份，请写成2026-05的样子。")
        return None
    if not date(1990, 1, 1) <= month <= read.today:
        read.fault(heading, f"{heading}应在1990年1月至本月之间。")
        return None
    return month


def read_penalty(read: Reader) -> None:
    """Of an enterprise by its credit code, or of a person by the identity number; never of both."""
    code = credit_code(read, required=False)
    number = read.checked(
        "证件号码", lambda value: identity.check_id_number(value, today=read.today), required=False
    )
    if bool(code) == bool(number) and not any(
        heading in ("统一社会信用代码", "证件号码") for heading, _ in read.row.faults
    ):
        read.fault("统一社会信用代码", "处罚企业的填写统一社会信用代码，处罚个人的填写证件号码，只填一项。")
    decided_on = read.day("处罚决定日期", required=True, past=True)
    public_until = read.day("公示截止期")
    if decided_on and public_until:
        _check_publicity(read, decided_on, public_until)
    read.row.keys = {
        "uscc": code, "id_number": number, "name": read.text("行政相对人名称", 200, required=True),
        "item": read.text("行为编码", 10).upper(),
    }  # fmt: skip
    read.row.values = said(
        {
            "decision_number": read.text("行政处罚决定书文号", 80, required=True),
            "decided_on": decided_on,
            "organ": read.text("处罚机关", 100, required=True),
            "organ_code": credit_code(read, "处罚机关代码", required=False),
            "violation": read.text("违法行为类型", 200),
            "facts": read.text("违法事实", 2000, required=True),
            "basis": read.text("处罚依据", 500),
            "penalties": _kinds(read),
            "content": read.text("处罚内容", 500),
            "fine": _amount(read, "罚款金额（万元）"),
            "confiscated": _amount(read, "没收金额（万元）"),
            "licence": read.text("暂扣或吊销证照名称及编号", 200),
            "penalty_until": read.day("处罚有效期"),
            "public_until": public_until,
            "remark": read.text("备注", 300),
        }
    )


def _check_publicity(read: Reader, decided_on: date, public_until: date) -> None:
    latest = publicity.last_day(decided_on, publicity.table(decided_on).ceiling)
    if public_until < decided_on:
        read.fault("公示截止期", "不能早于处罚决定日期。")
    elif public_until > latest:
        read.fault("公示截止期", f"不良信息最多保留至{spoken(latest)}。")


def _kinds(read: Reader) -> list[str]:
    text = read.text("处罚类别", 200, required=True)
    if text in _PENALTIES:
        return [str(_PENALTIES[text])]
    found: list[str] = []
    for sign in "；;，,/":
        text = text.replace(sign, "、")
    for name in filter(None, (part.strip() for part in text.split("、"))):
        if name not in _PENALTIES:
            read.fault("处罚类别", f"“{name}”不是处罚类别；多个类别用顿号隔开。")
        elif str(_PENALTIES[name]) not in found:
            found.append(str(_PENALTIES[name]))
    return found


def _amount(read: Reader, heading: str) -> Any:
    """To the fen: six places of 万元."""
    value = read.text(heading, 20).replace(",", "").replace("，", "")
    if not value:
        return None
    try:
        amount = Decimal(value)
        if not amount.is_finite():
            raise ValueError
    except (ArithmeticError, ValueError):
        read.fault(heading, f"“{value}”不是金额，请填写数字，单位为万元。")
        return None
    if not 0 <= amount < Decimal(10) ** 8:
        read.fault(heading, "金额应当不小于0，单位为万元。")
        return None
    return amount.quantize(_MILLIONTH)
