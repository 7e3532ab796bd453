"""One question to the index: one statement, the same plan for a rare word and a common one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice, product
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate

from portal.refusals import RuleBroken
from portal.search import cursors, labels, statement, synonyms, tokens
from portal.search.models import Label

PAGE = 20
CAP = 10_000
RECOUNTED = 500
NEWEST = 2_000
LONGEST = 100  # characters of a question
WAYS = 8  # combinations of synonyms tried
OLDEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)  # what an open span of dates reaches to

# Without scans of everything and of the dates a rare word is as quick as it can be.
PLAN = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    DATE = "date"


@dataclass(frozen=True)
class Filters:
    """What the answer is narrowed to; the words are those given to ``put``."""

    kind: str = ""
    column: str = ""
    topic: str = ""
    genre: str = ""
    department: int | None = None
    year: int | None = None
    validity: str = ""
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.year is not None and not OLDEST.year <= self.year <= LATEST.year:
            raise RuleBroken("年份不对，请从列出的年份中选。", field="year")
        if self.since and self.until and self.since > self.until:
            raise RuleBroken("起始日期晚于截止日期，请调换或者改正。", field="since")

    @property
    def tokens(self) -> set[int]:
        chosen = ((name, getattr(self, name)) for name in labels.FACETS if name != "column")
        return {tokens.label(name, value) for name, value in chosen if value not in ("", None)}

    @property
    def first_on(self) -> date:
        return self.since or (date(self.year, 1, 1) if self.year else date.min)

    @property
    def last_on(self) -> date:
        return self.until or (date(self.year, 12, 31) if self.year else date.max)

    @property
    def is_dated(self) -> bool:
        return bool(self.since or self.until or self.year)

    @property
    def span(self) -> list[int]:
        """The whole years and the months of broken ones in which the dates asked for lie."""
        if not (self.since or self.until):
            return []
        first, last = self.since or OLDEST, self.until or LATEST
        found = []
        for year in range(max(first.year, OLDEST.year), min(last.year, LATEST.year) + 1):
            begins, ends = (
                (first.month if year == first.year else 1),
                (last.month if year == last.year else 12),
            )
            if (begins, ends) == (1, 12):
                found.append(tokens.label("year", year))
            else:
                found += [labels.month(date(year, month, 1)) for month in range(begins, ends + 1)]
        return found


@dataclass(frozen=True)
class Hit:
    id: int
    kind: str
    obj_id: str
    title: str
    body: str
    url: str
    on: date
    department_id: int | None
    index_no: str = ""
    column: str = ""
    topic: str = ""
    genre: str = ""
    validity: str = ""


@dataclass(frozen=True)
class Facet:
    """One value to narrow to; of a capped answer ``count`` is the least there is."""

    value: str
    count: int


@dataclass(frozen=True)
class Found:
    """``count`` is exact unless ``capped`` (then: that many and more) or about_right (then: at most)."""

    rows: list[Hit]
    count: int
    capped: bool = False
    about_right: bool = False
    after: str = ""
    before: str = ""
    words: list[str] = field(default_factory=list)
    facets: dict[str, list[Facet]] = field(default_factory=dict)


def find(
    q: str,
    filters: Filters | None = None,
    after: str = "",
    before: str = "",
    *,
    sort: Sort = Sort.RELEVANCE,
    limit: int = PAGE,
    above: int | None = None,
    faceted: bool = False,
) -> Found:
    """Up to ``limit`` things in which every word of ``q``, or a synonym of it, stands.

    Title matches first, then newest, what is no longer valid last; or by date alone. ``after`` is
    where the page before ended, ``before`` where the page after began: cursors of an earlier answer.
    ``above`` leaves only rows put into the index after that key.
    Raises RuleBroken when nothing is left to look for, when no word has two characters, and for a
    cursor that is not one of ours.
    """
    filters = filters or Filters()
    words = words_of(q)
    ways = [list(way) for way in islice(product(*synonyms.of(words)), WAYS)]
    back = bool(before) and not after
    sql, values = _asked(ways, filters, sort, above, faceted, back)
    top, on, ident = cursors.open_(after or before) if after or before else cursors.FIRST
    values |= {"top": top, "on": on, "id": ident, "page": limit}
    values["walk_on"], values["walk_id"] = (on, ident) if top == 2 else cursors.FIRST[1:]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute(sql, values)
        answer = cursor.fetchall()
    candidates, counted, faced = answer[0][:3]
    rows = [row[3:] for row in answer if row[4] is not None]
    if back and len(rows) < limit:  # fewer than a page stand before it by now: that is the first page
        return find(q, filters, sort=sort, limit=limit, above=above, faceted=faceted)
    more = len(rows) > limit
    rows = rows[-limit:] if back else rows[:limit]
    places = [cursors.close((row[0], row[7], row[1])) for row in (rows[:1] + rows[-1:])]
    return Found(
        rows=[Hit(*row[1:10], *(text or "" for text in row[10:])) for row in rows],
        count=min(counted if counted is not None else candidates, CAP),
        capped=candidates > CAP,
        about_right=counted is None,
        after=places[-1] if places and (more or back) else "",
        before=places[0] if places and (more if back else after) else "",
        words=list(dict.fromkeys(word for way in ways for word in way)),
        facets=_facets(faced or ()),
    )


def words_of(q: str) -> list[str]:
    """The folded words of a question, each once. Raises RuleBroken when they cannot be looked for."""
    words = [word for word in dict.fromkeys(tokens.fold(tokens.clean(q)[:LONGEST]).split(" ")) if word]
    if not words:
        raise RuleBroken("请输入要查找的内容。", field="q")
    if all(len(word) < 2 for word in words):
        raise RuleBroken("一个字不能检索，请至少输入两个字。", field="q")
    return words


def like(way: Iterable[str], name: str, values: dict[str, Any]) -> str:
    """The condition on r that every word stands in it; its patterns are added to the values.

    Only a word with letters needs the text in lower case, which costs more than the comparison.
    """
    parts = []
    for number, word in enumerate(way):
        pattern = f"{name}{number}"
        values[pattern] = f"%{escaped(word)}%"
        title, body = ("lower(r.title)", "lower(r.body)") if word.upper() != word else ("r.title", "r.body")
        parts.append(f"({title} LIKE %({pattern})s OR {body} LIKE %({pattern})s)")
    return " AND ".join(parts)


def escaped(word: str) -> str:
    """For LIKE: its wildcards are only characters."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _asked(
    ways: list[list[str]], filters: Filters, sort: Sort, above: int | None, faceted: bool, back: bool
) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "cap": CAP,
        "newest": NEWEST,
        "recounted": RECOUNTED,
        "above": above,
        "span": filters.span,
        "today": localdate(),
        "since": filters.first_on,
        "until": filters.last_on,
    }
    narrowed, columns = filters.tokens, _columns(filters.column)
    if len(columns) == 1:
        narrowed |= columns
    values["columns"] = sorted(columns)
    for number, way in enumerate(ways):
        text = set().union(*(tokens.pairs(word) for word in way))
        values[f"toks{number}"] = sorted(text | narrowed)
        values[f"title{number}"] = sorted(tokens.in_title(text) | narrowed)
    recheck = ""
    doubtful = [word for word in ways[0] if len(word) != 2 or not tokens.is_exact(word)]
    if len(ways) > 1:
        either = [like(way, f"way{number}_", values) for number, way in enumerate(ways)]
        recheck = f"AND ({' OR '.join(f'({one})' for one in either)})"
    elif doubtful:
        recheck = f"AND {like(doubtful, 'word', values)}"
    sql = statement.written(
        alternatives=len(ways),
        recheck=recheck,
        ranked=sort == Sort.RELEVANCE,
        ageing=sort == Sort.RELEVANCE and not filters.validity,
        narrowed=[*(["span"] if filters.span else []), *(["columns"] if len(columns) > 1 else [])],
        dated=filters.is_dated,
        faceted=faceted,
        above=above is not None,
        back=back,
    )
    return sql, values


def _columns(name: str) -> set[int]:
    """The tokens of the columns of that name; of a name that no column bears, one that no row holds."""
    if not name:
        return set()
    named = Label.objects.filter(name="column", value=name)
    return set(named.values_list("token", flat=True)) or {tokens.label("column", name)}


def _facets(answer: Iterable[tuple[str, str, int]]) -> dict[str, list[Facet]]:
    """By name, most frequent first; years newest first. What bears one name is one choice."""
    summed: Counter[tuple[str, str]] = Counter()
    for name, value, count in answer:
        if value:
            summed[name, value] += count
    found: dict[str, list[Facet]] = {}
    for (name, value), count in summed.most_common():
        found.setdefault(name, []).append(Facet(value, count))
    found.get("year", []).sort(key=lambda facet: facet.value, reverse=True)
    return found


_TITLES = """
WITH near AS MATERIALIZED (
    SELECT id FROM finding_searchrow WHERE toks @> %(toks)s::int4[] AND (until IS NULL OR until >= %(today)s) LIMIT 501
),
own AS (
    SELECT r.* FROM near JOIN finding_searchrow r USING (id) WHERE (SELECT count(*) FROM near) <= 500
    UNION ALL
    SELECT * FROM (SELECT * FROM finding_searchrow ORDER BY "on" DESC, id DESC LIMIT %(newest)s) r
    WHERE (SELECT count(*) FROM near) > 500
)
SELECT id, kind, obj_id, title, '', url, "on", department_id FROM own
WHERE lower(title) LIKE %(pattern)s AND (until IS NULL OR until >= %(today)s)
ORDER BY is_past, (kind = 'guide') DESC, "on" DESC, id DESC LIMIT %(limit)s
"""
_NEWEST_TITLES = """
SELECT id, kind, obj_id, title, '', url, "on", department_id FROM (
    SELECT * FROM finding_searchrow ORDER BY "on" DESC, id DESC LIMIT %(newest)s
) r WHERE lower(title) LIKE %(pattern)s AND (until IS NULL OR until >= %(today)s) LIMIT %(limit)s
"""


def suggest(q: str, limit: int = 8) -> list[Hit]:
    """Things whose title holds ``q``, guides first; of a single character, among the newest things."""
    needle = tokens.fold(tokens.clean(q)[:LONGEST])
    if not needle:
        return []
    values: dict[str, Any] = {
        "toks": sorted(tokens.in_title(tokens.pairs(needle))),
        "pattern": f"%{escaped(needle)}%",
        "newest": NEWEST,
        "limit": limit,
        "today": localdate(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute(_TITLES if len(needle) > 1 else _NEWEST_TITLES, values)
        return [Hit(*row) for row in cursor.fetchall()]
