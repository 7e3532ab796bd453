"""When a column breaks the inspection rules of 国办秘函〔2019〕19号. Pure: dates in, lights out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from disclosure.models.codes import Rhythm

WARN_AT = 0.7  # a rule of the house: yellow at seven tenths of the time, red when it is used up
HOME_DAYS = 14  # 单项否决：首页两周未更新

BROKEN_NEWS_AND_NOTICES = 5  # 单项否决：动态、要闻类与通知公告、政策文件类未更新栏目合计
BROKEN_COLUMNS = 10  # 单项否决：应更新而长期未更新的栏目
BLANK_COLUMNS = 5  # 单项否决：空白栏目


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLANK = "blank"


def light(on: date, newest: date | None, limit: int | None) -> Light:
    """Blank without anything in it; red when ``limit`` days have passed since the newest; yellow near it."""
    if newest is None:
        return Light.BLANK
    if limit is None:
        return Light.GREEN
    used = (on - newest).days
    if used >= limit:
        return Light.RED
    return Light.YELLOW if used >= limit * WARN_AT else Light.GREEN


def breaks_on(newest: date | None, limit: int | None) -> date | None:
    """The day on which the column counts as not updated, unless something is published before."""
    return newest + timedelta(days=limit) if newest and limit is not None else None


@dataclass(frozen=True)
class Watched:
    rhythm: str
    newest: date | None
    limit: int | None


@dataclass(frozen=True)
class Rule:
    """One line of the veto: how many columns have broken it, how many it takes, and when that will be."""

    code: str
    label: str
    count: int
    most: int
    breaks_on: date | None

    @property
    def is_broken(self) -> bool:
        return self.count >= self.most

    @property
    def used(self) -> float:
        return self.count / self.most


def rules(columns: Iterable[Watched], *, on: date) -> list[Rule]:
    """The vetoes of 栏目不更新, with the day on which each would be reached if nothing were published."""
    columns = list(columns)
    quick = [each for each in columns if each.rhythm in (Rhythm.NEWS, Rhythm.NOTICE)]
    blank = sum(each.newest is None for each in columns)
    return [
        _rule("a", "动态、要闻类和通知公告、政策文件类栏目未更新", quick, BROKEN_NEWS_AND_NOTICES, on),
        _rule("b", "应更新的栏目长期未更新", columns, BROKEN_COLUMNS, on),
        Rule("c", "空白栏目", blank, BLANK_COLUMNS, on if blank >= BLANK_COLUMNS else None),
    ]


def _rule(code: str, label: str, columns: list[Watched], most: int, on: date) -> Rule:
    days = sorted(day for each in columns if (day := breaks_on(each.newest, each.limit)))
    count = sum(day <= on for day in days)
    return Rule(code, label, count, most, days[most - 1] if len(days) >= most else None)
