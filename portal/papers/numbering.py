"""The numbers of papers, cases and certificates.

Gap policy. A serial is taken from a counter row inside the caller's transaction and stays
locked until that transaction ends: what is rolled back gives its number back, so a series has
neither duplicates nor gaps. A paper that is revoked keeps its number for ever; the number is
never used again. The price is that writers of one series wait for each other from the moment
they take a number: take it late in the transaction, and of several series in the order of
their names.
"""

import re
from collections.abc import Mapping

from portal.papers.models import Counter
from portal.refusals import RuleBroken

# GB/T 9704-2012: 代字、〔年份〕、顺序号 without leading zeros and without 第.
DOCUMENT_NUMBER = re.compile(r"[一-龥A-Za-z（）()]{1,20}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号")
_YEAR_BRACKETS = re.compile(r"[\[(（【［〔]\s*((?:19|20)\d{2})\s*[\])）】］〕]")


def next_number(series: str, period: str) -> int:
    """The next serial of a series in a period, counted from 1.

    ``series`` is a name such as ``papers.zjj.grant``, ``period`` a year or a day (``2026``).
    Must run inside a transaction; raises TransactionManagementError outside one.
    """
    return Counter.objects.take(series, period)


def next_numbers(counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], range]:
    """So many serials of each (series, period) at once, as ``next_number`` gives them."""
    last = Counter.objects.take_all(counts)
    return {key: range(last[key] - count + 1, last[key] + 1) for key, count in counts.items()}


def skip_numbers(levels: Mapping[tuple[str, str], int]) -> None:
    """Never give a serial up to ``levels[series, period]``: it was given elsewhere, before its paper came to us.

    Must run inside a transaction, as ``next_number``. Whoever took such a serial just now is waited for.
    """
    Counter.objects.reach(levels)


def document_number(word: str, year: int, serial: int) -> str:
    """示建许〔2026〕7号; raises ValueError when the parts do not make a number of the standard."""
    number = f"{word}〔{year}〕{serial}号"
    if not DOCUMENT_NUMBER.fullmatch(number):
        raise ValueError(f"not a document number: {number}")
    return number


def normalise_document_number(text: str) -> str:
    """What a person typed, in the form of the standard: any brackets around the year become 〔〕.

    Raises RuleBroken for 第, leading zeros or another shape.
    """
    number = _YEAR_BRACKETS.sub(r"〔\1〕", re.sub(r"\s+", "", text))
    if "〕第" in number:
        raise RuleBroken("文号的顺序号前不加“第”字，例如：示建许〔2026〕7号。", field="number")
    if "〕0" in number:
        raise RuleBroken("文号的顺序号不编虚位，不以0开头，例如：示建许〔2026〕7号。", field="number")
    if not DOCUMENT_NUMBER.fullmatch(number):
        raise RuleBroken(
            "文号由机关代字、六角括号括入的年份和顺序号组成，例如：示建许〔2026〕7号。", field="number"
        )
    return number
