"""Text that reads like a city's paper: clauses of the demo city's own files, places, numbers, rare names.

Number n is always the same text: it depends on nothing but n. Early clauses are common, late ones
rare, so that words of every frequency are there to be searched.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from portal.site.demo.service_items import files

SEED = 20260918
NEWEST = date(2026, 9, 18)
DAYS = 3_650  # over which publication is spread
NAMES = 3_000  # different rare words
SHORTEST, LONGEST = 300, 800  # characters of a body
TITLE = 20

_CLAUSE = re.compile(r"[一-鿿0-9（）《》〔〕]{4,40}")
_STREETS = ("东", "西", "南", "北", "中", "新", "和", "平", "兴", "安", "康", "宁", "永", "华", "丰", "泰")
_ENDS = ("街道办事处", "社区", "工业园区", "经济开发区", "镇人民政府", "行政服务中心", "中学", "人民医院")
_DEEDS = ("印发", "公布", "修订", "实施", "组织开展", "进一步规范", "加快推进", "部署", "通报", "公示")
_FORMS = ("的通知", "的公告", "的意见", "的通报", "实施方案", "管理办法", "工作要点", "的批复", "情况的报告")


@dataclass(frozen=True)
class Text:
    number: int
    title: str
    body: str
    on: date


def text(number: int) -> Text:
    """Title of about twenty characters, body of 300 to 800."""
    dice = random.Random(SEED * 1_000_003 + number)  # noqa: S311 (seeded on purpose)
    clauses, names = _clauses(), _names()
    length = dice.randrange(SHORTEST, LONGEST)
    parts = [names[dice.randrange(NAMES)]]
    size = 0
    while size < length:
        part = clauses[int(len(clauses) * dice.random() ** 3)]
        if dice.random() < 0.1:
            part = f"{_place(dice)}{part}{dice.randrange(1, 9_000)}"
        parts.append(part)
        size += len(part) + 1
    subject = clauses[int(len(clauses) * dice.random() ** 2)][: TITLE - 8]
    title = f"关于{dice.choice(_DEEDS)}{subject}{dice.choice(_FORMS)}"
    return Text(number, title, _punctuated(parts, dice), NEWEST - timedelta(days=dice.randrange(DAYS)))


def texts(first: int, last: int) -> Iterator[Text]:
    """From ``first`` up to, not including, ``last``."""
    return map(text, range(first, last))


@cache
def _clauses() -> list[str]:
    found = sorted(
        {clause for path in files() for clause in _CLAUSE.findall(path.read_text(encoding="utf-8"))}
    )
    random.Random(SEED).shuffle(found)  # noqa: S311
    return found


@cache
def _names() -> list[str]:
    dice = random.Random(SEED + 1)  # noqa: S311
    return ["".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(3)) for _ in range(NAMES)]


def _place(dice: random.Random) -> str:
    return f"示{dice.choice('东西')}区{dice.choice(_STREETS)}{dice.choice(_STREETS)}{dice.choice(_ENDS)}"


def _punctuated(parts: list[str], dice: random.Random) -> str:
    return "".join(part + ("。" if dice.random() < 0.3 else "，") for part in parts[:-1]) + parts[-1] + "。"
