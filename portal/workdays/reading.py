"""The State Council Office's notice, as pasted, into a schedule. Pure.

It reads the wording of the notices since 2019: a title that names the year, numbered
paragraphs “二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）上班。”
Everything the notice says twice is checked: weekdays, the number of days, that a
make-up day is a Saturday or Sunday, that no festival is missing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.days import spoken
from portal.refusals import RuleBroken
from portal.workdays.calendar import WEEKDAYS
from portal.workdays.schedules import Festival, Schedule

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")

_TITLE = re.compile(r"((?:国务院办公厅)?关于((?:19|20)\d{2})年部分节假日安排的通知)")
_DOC_NO = re.compile(r"(国办发明电)[〔\[【(]((?:19|20)\d{2})[〕\]】)](\d{1,3})号")
_ISSUED = re.compile(r"国务院办公厅((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日")
_PARAGRAPH = re.compile(r"[一二三四五六七八九十]{1,3}、([^:。,;\d]{2,24}):")
_DATE = re.compile(r"(?:((?:19|20)\d{2})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?")
_COUNT = re.compile(r"共(\d{1,2})天|放假(\d{1,2})天")
_UNTIL = {"至", "到", "-", "—", "——", "~"}
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


class NoticeUnreadable(RuleBroken):
    """The pasted text cannot be taken as a schedule; ``faults`` says what to mend, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults), field="text")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Named:
    """A date as the text writes it, and where it stands."""

    day: date
    start: int
    end: int


def read_notice(
    text: str, *, year: int | None = None, whole_year: bool = True, doc_no: str = "", url: str = ""
) -> Schedule:
    """The schedule a notice announces.

    ``year`` and ``doc_no`` are needed only where the text does not give them. With
    ``whole_year`` all seven festivals must be named. Raises ``NoticeUnreadable`` with every
    fault found, not only the first.
    """
    plain = _plain(text)
    title = _TITLE.search(plain)
    if title:
        year = int(title[2])
    if year is None:
        raise NoticeUnreadable(
            ["没有找到“关于××××年部分节假日安排的通知”，请连同标题一起粘贴，或者填写年份。"]
        )
    faults: list[str] = []
    festivals = [_festival(name, body, year, faults) for name, body in _paragraphs(plain)]
    found = tuple(festival for festival in festivals if festival is not None)
    if not festivals:
        faults.append("没有找到“一、元旦：1月1日……放假”这样的段落，请粘贴通知原文。")
    elif whole_year:
        faults.extend(_missing(found, festivals_read=len(festivals)))
    faults.extend(_clashes(found))
    number = doc_no.strip() or _doc_no(plain)
    if not number:
        faults.append("没有找到文号，例如“国办发明电〔2025〕7号”，请一并粘贴或者填写。")
    if faults:
        raise NoticeUnreadable(faults)
    issued = _ISSUED.search(plain)
    name = title[1] if title else f"关于{year}年放假调整的通知"
    return Schedule(
        year=year,
        title=name if name.startswith("国务院办公厅") or not title else f"国务院办公厅{name}",
        festivals=found,
        doc_no=number,
        issued_on=date(int(issued[1]), int(issued[2]), int(issued[3])) if issued else None,
        url=url,
        text=text.strip(),
    )


def _plain(text: str) -> str:
    """Half-width, without white space: how a text was wrapped or typed does not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).replace("﹑", "、"))


def _doc_no(plain: str) -> str:
    found = _DOC_NO.search(plain)
    return f"{found[1]}〔{found[2]}〕{found[3]}号" if found else ""


def _paragraphs(plain: str) -> Iterator[tuple[str, str]]:
    heads = list(_PARAGRAPH.finditer(plain))
    for position, head in enumerate(heads):
        end = heads[position + 1].start() if position + 1 < len(heads) else len(plain)
        yield head[1], plain[head.end() : end]


def _festival(name: str, body: str, year: int, faults: list[str]) -> Festival | None:
    """One paragraph; its faults are added to the list, and nothing is returned when it has any."""
    before = len(faults)
    rest: tuple[date, date] | None = None
    work: list[date] = []
    for sentence in re.split(r"[。;]", body):
        if "上班" in sentence:
            work.extend(_work_days(name, sentence, year, faults))
        elif "放假" in sentence:
            if rest is not None:
                faults.append(f"{name}：写了两次放假，每个节日只能有一段连续的放假日期。")
            rest = _rest_days(name, sentence, year, faults)
    if rest is None and len(faults) == before:
        faults.append(f"{name}：没有读到放假日期，应写作“1月1日至3日放假”。")
    if rest is None or len(faults) > before:
        return None
    return Festival(name, rest, tuple(work))


def _rest_days(name: str, sentence: str, year: int, faults: list[str]) -> tuple[date, date] | None:
    named = _dates(name, sentence, year, faults)
    if not named:
        return None
    first, last = named[0].day, named[-1].day
    joint = sentence[named[0].end : named[-1].start]
    if len(named) > 2 or (len(named) == 2 and joint not in _UNTIL):
        faults.append(f"{name}：放假日期应写作“某日放假”或者“某日至某日放假”。")
        return None
    if last < first:
        faults.append(f"{name}：放假结束的{spoken(last)}早于开始的{spoken(first)}。")
        return None
    length = (last - first).days + 1
    count = _COUNT.search(sentence)
    said = int(count[1] or count[2]) if count else length
    if said != length:
        faults.append(f"{name}：写作共{said}天，按起止日期是{length}天。")
    if length > 15:
        faults.append(f"{name}：连续放假{length}天，超过15天，请核对日期。")
    return first, last


def _work_days(name: str, sentence: str, year: int, faults: list[str]) -> list[date]:
    days = [named.day for named in _dates(name, sentence, year, faults)]
    if not days:
        faults.append(f"{name}：“{sentence}”没有写明哪一天上班。")
    faults.extend(
        f"{name}：{spoken(day)}是{WEEKDAYS[day.weekday()]}，本来就是工作日，不应写作调休上班。"
        for day in days
        if day.weekday() < 5
    )
    return days


def _dates(name: str, sentence: str, year: int, faults: list[str]) -> list[_Named]:
    named: list[_Named] = []
    in_year, month = year, 0
    for found in _DATE.finditer(sentence):
        in_year = int(found[1]) if found[1] else in_year
        if found[2]:
            if not found[1] and int(found[2]) < month == 12:
                in_year += 1
            month = int(found[2])
        if not month:
            faults.append(f"{name}：“{found[0]}”没有写月份。")
            continue
        try:
            day = date(in_year, month, int(found[3]))
        except ValueError:
            faults.append(f"{name}：{in_year}年{month}月{found[3]}日不是存在的日期。")
            continue
        faults.extend(_doubts(name, day, found[4] or "", year))
        named.append(_Named(day, found.start(), found.end()))
    return named


def _doubts(name: str, day: date, note: str, year: int) -> Iterator[str]:
    weekday = _WEEKDAY.search(note)
    if weekday:
        said = "一二三四五六日".find(weekday[1].replace("天", "日"))
        if said != day.weekday():
            yield f"{name}：{spoken(day)}写作{weekday[0]}，实际是{WEEKDAYS[day.weekday()]}，请核对。"
    if abs((day - date(year, 7, 1)).days) > 183 + 15:
        yield f"{name}：{spoken(day)}不属于{year}年。"


def _missing(found: tuple[Festival, ...], *, festivals_read: int) -> list[str]:
    if len(found) < festivals_read:
        return []  # a paragraph was read and refused; its own fault says more
    named = "".join(festival.name for festival in found)
    missing = [name for name in FESTIVALS if name.removesuffix("节") not in named]
    return [f"全年安排缺少{'、'.join(missing)}。只调整个别日期的，请选择“个别调整”。"] if missing else []


def _clashes(festivals: tuple[Festival, ...]) -> Iterator[str]:
    taken: dict[date, str] = {}
    for festival in festivals:
        first, last = festival.rest
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for day in (*days, *festival.work):
            if day in taken:
                yield f"{spoken(day)}在{taken[day]}和{festival.name}里都写到了，请核对。"
            taken[day] = festival.name
