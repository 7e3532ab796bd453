"""Index numbers, document numbers and request numbers. Pure: the serial comes from a counter row under lock.

Gap policy: as for papers (``portal.papers.numbering``). An index number once given is never
used again and never changed, whatever becomes of its publisher (目录系统实施指引).
"""

import re
from datetime import date
from enum import StrEnum

from portal.papers.numbering import normalise_document_number
from portal.refusals import RuleBroken

INDEX_NO = re.compile(r"([0-9A-Z]{8}[0-9X]|[0-9A-HJ-NPQRTUWXY]{18})/\d{4}(\d{2})?-\d{5}")
DECREE = re.compile(r"[一-龥]{2,20}令第[1-9]\d{0,4}号")
REQUEST_NUMBER = re.compile(r"YSQ-[A-Za-z0-9_-]{1,32}-(?:19|20)\d{2}-\d{5}")
LAST_SERIAL = 99_999
ROOM = 10_000  # serials that must be left in a running period when numbers are taken over


class IndexForm(StrEnum):
    """Which of the living forms this city uses (setting DISCLOSURE_INDEX_FORM)."""

    ORGANISATION_YEAR = "organisation_year"  # 014416330/2018-04736, the national guideline
    CREDIT_MONTH = "credit_month"  # 11341702486344515H/202110-00013
    CREDIT_YEAR = "credit_year"  # 11441700007280420Y/2021-00050


def index_head(form: str, uscc: str) -> str:
    """What stands before the slash: the credit code, or the organisation code inside it.

    Raises RuleBroken when the publisher has no credit code.
    """
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", uscc):
        raise RuleBroken("发布机构没有登记统一社会信用代码，无法编制索引号，请先由系统管理员补登。")
    return uscc[8:17] if form == IndexForm.ORGANISATION_YEAR else uscc


def index_period(form: str, on: date) -> str:
    """The period the serial runs in: a year, or a month."""
    return f"{on:%Y%m}" if form == IndexForm.CREDIT_MONTH else f"{on:%Y}"


def index_series(head: str) -> str:
    """The name of the counter behind the numbers of one head."""
    return f"disclosure.index.{head}"


def index_parts(number: str) -> tuple[str, str, int]:
    """Head, period and serial of an index number."""
    head, _, rest = number.partition("/")
    period, _, serial = rest.partition("-")
    return head, period, int(serial)


def require_taken_over(number: str, today: date) -> None:
    """Raises RuleBroken for what cannot be an index number given elsewhere before today.

    A serial at the end of a period still running is a slip of the pen: our own numbers go on behind it.
    """
    if not is_index_number(number):
        raise RuleBroken(f"“{number[:40]}”不是索引号，形如：11990100000000001M/202603-00012。")
    _, period, serial = index_parts(number)
    now = f"{today:%Y%m}"[: len(period)]
    if period > now:
        raise RuleBroken(f"索引号“{number}”的期间晚于今天，请核对。")
    if period == now and serial > LAST_SERIAL - ROOM:
        raise RuleBroken(
            f"索引号“{number}”的序号接近本期最后一号{LAST_SERIAL}，导入后本机构将无号可用，请核对。"
        )


def index_number(form: str, uscc: str, on: date, serial: int) -> str:
    """The number of a document published on that day. Raises RuleBroken beyond 99,999 in a period."""
    if not 1 <= serial <= LAST_SERIAL:
        raise RuleBroken("本期索引号已用完，请联系系统管理员。")
    return f"{index_head(form, uscc)}/{index_period(form, on)}-{serial:05d}"


def is_index_number(text: str) -> bool:
    return INDEX_NO.fullmatch(text) is not None


def document_number(text: str, *, field: str = "doc_no") -> str:
    """What was typed, in the form of GB/T 9704-2012: 示府办〔2026〕7号; empty stays empty.

    Any brackets around the year become 〔〕. A decree keeps its 第 (示范市人民政府令第12号);
    elsewhere 第 and leading zeros are refused with RuleBroken.
    """
    number = re.sub(r"\s+", "", text)
    if not number or DECREE.fullmatch(number):
        return number
    if "令第" in number:
        raise RuleBroken("令的编号形如“示范市人民政府令第12号”，序号不以0开头。", field=field)
    try:
        return normalise_document_number(number)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, field=field, basis="GB/T 9704-2012") from refusal


def request_number(organ: str, year: int, serial: int) -> str:
    """YSQ-{organ code}-{year}-{five digits}: of one organ and year."""
    if not 1 <= serial <= LAST_SERIAL:
        raise RuleBroken("本年度申请登记号已经用完，请联系政府信息公开工作机构。")
    return f"YSQ-{organ}-{year}-{serial:05d}"


def is_request_number(number: str) -> bool:
    """Whether the number could be one of ours."""
    return bool(REQUEST_NUMBER.fullmatch(number))
