"""Which documents of the catalogue an address asks for, read from it and written back into links."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.timezone import get_default_timezone, make_aware

from disclosure.models.codes import StatutoryItem, Topic, Validity
from disclosure.models.documents import DocumentQuerySet
from portal.people.models import Department

_CURSOR = re.compile(r"([1-9]\d{0,16})~([1-9]\d{0,17})", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CODE = re.compile(r"[-\w]{1,32}", re.ASCII)
CHOICES = {"topic": Topic, "validity": Validity, "item": StatutoryItem}
NAMES = ("year", "since", "until", "department", "topic", "validity", "item")
WORDS = {
    "year": "年份",
    "department": "发布机构",
    "topic": "主题",
    "validity": "时效",
    "item": "法定主动公开内容",
}
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Narrowing:
    """An empty value does not narrow. ``since`` and ``until`` are dates as YYYY-MM-DD, both included.

    ``after``: moment and key of the last row of the page before; ``before``: of the first row of the page after.
    """

    year: str = ""
    since: str = ""
    until: str = ""
    department: str = ""
    topic: str = ""
    validity: str = ""
    item: str = ""
    after: Place | None = None
    before: Place | None = None

    def of(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        """Every document asked for, on whatever page."""
        if self.year:
            first = datetime(int(self.year), 1, 1, tzinfo=get_default_timezone())
            documents = documents.filter(
                published_at__gte=first, published_at__lt=first.replace(year=first.year + 1)
            )
        if self.since:
            documents = documents.filter(published_at__gte=_midnight(date.fromisoformat(self.since)))
        if self.until:
            next_day = date.fromisoformat(self.until) + timedelta(days=1)
            documents = documents.filter(published_at__lt=_midnight(next_day))
        if self.department:
            documents = documents.filter(publisher__code=self.department)
        if self.topic:
            documents = documents.filter(current__topic=self.topic)
        if self.validity:
            documents = documents.filter(validity=self.validity)
        if self.item:
            documents = documents.filter(current__statutory_item=self.item)
        return documents

    @property
    def values(self) -> dict[str, str]:
        """What narrows, by name; without the page."""
        return {name: value for name in NAMES if (value := getattr(self, name))}

    @property
    def undated(self) -> dict[str, str]:
        """What a form of dates has to send along."""
        return {name: value for name, value in self.values.items() if name not in ("since", "until")}

    def query(self, **changes: str) -> str:
        """The first page of this list with something changed, as the end of an address."""
        values = {name: value for name in NAMES if (value := changes.get(name, getattr(self, name)))}
        return f"?{urlencode(values)}" if values else ""

    def query_at(self, side: str, published_at: datetime, pk: int) -> str:
        """The page that lies ``after`` or ``before`` this row."""
        moment = (published_at - _EPOCH) // timedelta(microseconds=1)
        return "?" + urlencode({**self.values, side: f"{moment}~{pk}"})


@dataclass(frozen=True)
class Asked:
    """``mistake``: a sentence about what the address cannot ask (left out then); ``wrong``: by field, what a
    person typed wrongly, with ``typed`` as it was."""

    narrowing: Narrowing
    mistake: str
    wrong: dict[str, str]
    typed: dict[str, str]

    @property
    def refusal(self) -> str:
        """Everything that is wrong, in one line; empty when nothing is."""
        return " ".join(filter(None, (self.mistake, *self.wrong.values())))


def read(asked: QueryDict) -> Asked:
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for name, word in WORDS.items():
        value = asked.get(name, "")
        if value and _is_known(name, value):
            values[name] = value
        elif value:
            mistakes.append(word)
    places = {side: _cursor(asked.get(side, "")) for side in ("after", "before")}
    if any(asked.get(side, "") and place is None for side, place in places.items()) or all(places.values()):
        mistakes.append("页码")
        places = {}
    dates, wrong, typed = _dates(asked)
    mistake = f"网址里的{'、'.join(mistakes)}不对，以下是没有按它筛选的结果。" if mistakes else ""
    return Asked(Narrowing(**(values | dates | places)), mistake, wrong, typed)


def _dates(asked: QueryDict) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The span that holds, what is wrong with it by field, and what was typed."""
    typed = {name: asked.get(name, "").strip()[:20] for name in ("since", "until")}
    found: dict[str, date] = {}
    wrong: dict[str, str] = {}
    for name, text in typed.items():
        day = _day(text)
        if day is not None and FIRST <= day <= LAST:
            found[name] = day
        elif text:
            wrong[name] = "请按“年-月-日”填写一个存在的日期，例如 2026-09-18。"
    if len(found) == 2 and found["since"] > found["until"]:
        wrong["since"] = "起始日期晚于截止日期，请调换或者改正。"
    return {} if wrong else {name: day.isoformat() for name, day in found.items()}, wrong, typed


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time(0)))


def _is_known(name: str, value: str) -> bool:
    if name == "year":
        return bool(_YEAR.fullmatch(value))
    if name == "department":
        return bool(_CODE.fullmatch(value)) and Department.objects.filter(code=value).exists()
    return value in CHOICES[name].values


def _cursor(text: str) -> Place | None:
    match = _CURSOR.fullmatch(text)
    return (_EPOCH + timedelta(microseconds=int(match[1])), int(match[2])) if match else None
