"""Which documents of the catalogue an address asks for, read from it and written back into links."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.timezone import get_default_timezone

from disclosure.models.codes import StatutoryItem, Topic, Validity
from disclosure.models.documents import DocumentQuerySet
from portal.people.models import Department

_CURSOR = re.compile(r"([1-9]\d{0,16})~([1-9]\d{0,17})", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CODE = re.compile(r"[-\w]{1,32}", re.ASCII)
CHOICES = {"topic": Topic, "validity": Validity, "item": StatutoryItem}


@dataclass(frozen=True)
class Narrowing:
    """An empty value does not narrow. ``after``: moment and key of the last row of the page before."""

    year: str = ""
    department: str = ""
    topic: str = ""
    validity: str = ""
    item: str = ""
    after: tuple[datetime, int] | None = None

    def of(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        """Every document asked for, on whatever page."""
        if self.year:
            first = datetime(int(self.year), 1, 1, tzinfo=get_default_timezone())
            documents = documents.filter(
                published_at__gte=first, published_at__lt=first.replace(year=first.year + 1)
            )
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
        names = ("year", "department", "topic", "validity", "item")
        return {name: value for name in names if (value := getattr(self, name))}

    def query(self, **changes: str) -> str:
        """The first page of this list with something changed, as the end of an address."""
        values = replace(self, **changes).values  # type: ignore[arg-type]
        return f"?{urlencode(values)}" if values else ""

    def query_after(self, published_at: datetime, pk: int) -> str:
        """The page that begins behind this row."""
        moment = (published_at - _EPOCH) // timedelta(microseconds=1)
        return "?" + urlencode({**self.values, "after": f"{moment}~{pk}"})


def read(asked: QueryDict) -> tuple[Narrowing, str]:
    """What the address asks, and a sentence about what in it cannot be asked (left out then)."""
    values: dict[str, str] = {}
    mistakes: list[str] = []
    for name in ("year", "department", "topic", "validity", "item"):
        value = asked.get(name, "")
        if not value:
            continue
        if _is_known(name, value):
            values[name] = value
        else:
            mistakes.append({"year": "年份", "department": "发布机构", "topic": "主题", "validity": "时效",
                             "item": "法定主动公开内容"}[name])  # fmt: skip
    cursor = asked.get("after", "")
    after = _cursor(cursor)
    if cursor and after is None:
        mistakes.append("页码")
    mistake = f"网址里的{'、'.join(mistakes)}不对，以下是没有按它筛选的结果。" if mistakes else ""
    return Narrowing(**values, after=after), mistake


def _is_known(name: str, value: str) -> bool:
    if name == "year":
        return bool(_YEAR.fullmatch(value))
    if name == "department":
        return bool(_CODE.fullmatch(value)) and Department.objects.filter(code=value).exists()
    return value in CHOICES[name].values


def _cursor(text: str) -> tuple[datetime, int] | None:
    match = _CURSOR.fullmatch(text)
    return (_EPOCH + timedelta(microseconds=int(match[1])), int(match[2])) if match else None
