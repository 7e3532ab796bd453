"""A question as it stands in an address: the page, the feed, the files and a subscription read the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from portal.refusals import RuleBroken
from portal.search.query import LONGEST, Filters, Sort

WORDS = ("kind", "column", "topic", "genre", "validity")


@dataclass(frozen=True)
class Question:
    q: str
    filters: Filters
    sort: Sort = Sort.RELEVANCE

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Question":
        """From the parameters of a request. Raises RuleBroken (field since or until) for a date that is none."""
        chosen: dict[str, Any] = {name: str(given.get(name, ""))[:100] for name in WORDS}
        chosen |= {name: _number(given.get(name, "")) for name in ("department", "year")}
        chosen |= {name: _day(given.get(name, ""), name) for name in ("since", "until")}
        sort = Sort.DATE if given.get("sort") == Sort.DATE else Sort.RELEVANCE
        return cls(str(given.get("q", "")).strip()[:LONGEST], Filters(**chosen), sort)

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters set, by the name of their parameter."""
        values = {name: getattr(self.filters, name) for name in Filters.__dataclass_fields__}
        return {name: str(value) for name, value in values.items() if value not in ("", None)}

    @property
    def parameters(self) -> dict[str, str]:
        """Everything that makes it this question, as a form sends it."""
        sort = {} if self.sort == Sort.RELEVANCE else {"sort": str(self.sort)}
        return {"q": self.q, **self.narrowed, **sort}

    @property
    def unnarrowed(self) -> str:
        return Question(self.q, Filters(), self.sort).address()

    def address(self, **changed: str) -> str:
        """The query string of this question with other parameters, which an empty one takes away."""
        parts = {**self.parameters, **changed}
        return urlencode({name: value for name, value in parts.items() if value})


def _number(text: Any) -> int | None:
    """Nothing for what is no number, as for any other value that is not offered."""
    text = str(text)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and text != "0" else None


def _day(text: Any, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as failure:
        raise RuleBroken("请按“年-月-日”填写一个存在的日期，例如 2026-09-18。", field=field) from failure
