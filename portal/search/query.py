"""One question to the index, one statement, the same plan for a rare word and a common one."""

import base64
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from portal.refusals import RuleBroken
from portal.search import tokens

PAGE = 20
CAP = 10_000
RECOUNTED = 500
NEWEST = 2_000

# ``hits`` are taken from the token index without order, so the planner cannot walk the dates for
# a rare word. Few hits are sorted; of very many the newest rows are tried first.
_FIND = """
WITH hits AS MATERIALIZED (
    SELECT id, "on" FROM search_searchrow WHERE toks @> %(toks)s::int4[] LIMIT %(cap)s + 1
),
total AS MATERIALIZED (SELECT count(*) AS n FROM hits),
titled AS MATERIALIZED (
    SELECT id FROM search_searchrow
    WHERE (SELECT n FROM total) <= %(cap)s AND toks @> %(title_toks)s::int4[] LIMIT %(cap)s
),
few AS (
    SELECT r.id, h.top, r."on" FROM (
        SELECT id, "on", (id IN (SELECT id FROM titled))::int AS top FROM hits
        WHERE (SELECT n FROM total) <= %(cap)s
    ) h JOIN search_searchrow r ON r.id = h.id
    WHERE (h.top, h."on", h.id) < (%(top)s, %(on)s, %(id)s) {recheck}
    ORDER BY h.top DESC, h."on" DESC, h.id DESC LIMIT %(page)s + 1
),
recent AS MATERIALIZED (
    SELECT r.id, 0 AS top, r."on" FROM (
        SELECT * FROM search_searchrow
        WHERE (SELECT n FROM total) > %(cap)s AND ("on", id) < (%(on)s, %(id)s)
        ORDER BY "on" DESC, id DESC LIMIT %(newest)s
    ) r WHERE r.toks @> %(toks)s::int4[] {recheck}
    ORDER BY r."on" DESC, r.id DESC LIMIT %(page)s + 1
),
rest AS MATERIALIZED (
    SELECT id, "on" FROM search_searchrow
    WHERE (SELECT n FROM total) > %(cap)s AND (SELECT count(*) FROM recent) <= %(page)s
      AND toks @> %(toks)s::int4[]
),
deep AS (
    SELECT r.id, 0 AS top, r."on" FROM rest d JOIN search_searchrow r ON r.id = d.id
    WHERE (d."on", d.id) < (%(on)s, %(id)s) {recheck}
    ORDER BY d."on" DESC, d.id DESC LIMIT %(page)s + 1
),
shown AS (
    SELECT * FROM few
    UNION ALL SELECT * FROM recent WHERE (SELECT count(*) FROM recent) > %(page)s
    UNION ALL SELECT * FROM deep
)
SELECT (SELECT n FROM total), {recount}, s.top, r.id, r.kind, r.obj_id, r.title, r.body, r.url, r."on",
       r.category, r.department_id
FROM (SELECT 1) one LEFT JOIN (shown s JOIN search_searchrow r ON r.id = s.id) ON true
ORDER BY s.top DESC, r."on" DESC, r.id DESC
"""
_RECOUNT = """
CASE WHEN (SELECT n FROM total) <= %(recounted)s THEN (
    SELECT count(*) FROM hits h JOIN search_searchrow r ON r.id = h.id WHERE true {recheck}
) END
"""
_FIRST = (2, date(9999, 12, 31), 2**62)


@dataclass(frozen=True)
class Hit:
    id: int
    kind: str
    obj_id: str
    title: str
    body: str
    url: str
    on: date
    category: str
    department_id: int | None


@dataclass(frozen=True)
class Found:
    """``count`` is exact unless ``capped`` (then: that many and more) or about_right (then: at most)."""

    rows: list[Hit]
    count: int
    capped: bool = False
    about_right: bool = False
    after: str = ""
    words: list[str] = field(default_factory=list)


def find(
    q: str,
    kind: str | None = None,
    after: str | None = None,
    *,
    category: str = "",
    department_id: int | None = None,
) -> Found:
    """Up to twenty things in which every word of ``q`` stands, title matches first, then newest.

    ``after`` is the cursor of the page before. Raises RuleBroken when nothing is left to look for
    or when no word has two characters, and for a cursor that is not one of ours.
    """
    words = list(dict.fromkeys(tokens.fold(tokens.clean(q)[:100]).split(" ")))
    text = set().union(*(tokens.pairs(word) for word in words))
    if not any(words):
        raise RuleBroken("请输入要查找的内容。", field="q")
    if not text:
        raise RuleBroken("一个字不能检索，请至少输入两个字。", field="q")
    labels = {tokens.label("kind", kind)} if kind else set()
    if category:
        labels.add(tokens.label("category", category))
    if department_id is not None:
        labels.add(tokens.label("department", department_id))
    values: dict[str, Any] = {
        "toks": sorted(text | labels),
        "title_toks": sorted(tokens.in_title(text) | labels),
        "cap": CAP,
        "page": PAGE,
        "newest": NEWEST,
        "recounted": RECOUNTED,
    }
    values["top"], values["on"], values["id"] = _open_cursor(after) if after else _FIRST
    doubtful = [word for word in words if len(word) != 2 or not tokens.is_exact(word)]
    recheck = ""
    for number, word in enumerate(doubtful):
        recheck += f" AND (lower(r.title) LIKE %(word{number})s OR lower(r.body) LIKE %(word{number})s)"
        values[f"word{number}"] = f"%{_escaped(word)}%"
    recount = _RECOUNT.format(recheck=recheck) if doubtful else "(SELECT n FROM total)"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_FIND.format(recheck=recheck, recount=recount), values)
        answer = cursor.fetchall()
    candidates, counted = answer[0][:2]
    rows = [row[2:] for row in answer if row[3] is not None]
    page = [Hit(*row[1:]) for row in rows[:PAGE]]
    more = len(rows) > PAGE
    return Found(
        rows=page,
        count=min(counted if counted is not None else candidates, CAP),
        capped=candidates > CAP,
        about_right=counted is None,
        after=_close_cursor(rows[PAGE - 1][0], page[-1]) if more else "",
        words=[word for word in words if word],
    )


def suggest(q: str, limit: int = 8) -> list[Hit]:
    """Among the newest things, those whose title holds ``q``, even a single character of it."""
    needle = tokens.fold(tokens.clean(q))
    if not needle:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, obj_id, title, '', url, \"on\", category, department_id FROM ("
            ' SELECT * FROM search_searchrow ORDER BY "on" DESC, id DESC LIMIT %s) r'
            " WHERE lower(title) LIKE %s LIMIT %s",
            [NEWEST, f"%{_escaped(needle)}%", limit],
        )
        return [Hit(*row) for row in cursor.fetchall()]


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _close_cursor(top: int, last: Hit) -> str:
    return (
        base64.urlsafe_b64encode(json.dumps([top, last.on.isoformat(), last.id]).encode())
        .decode()
        .rstrip("=")
    )


def _open_cursor(after: str) -> tuple[int, date, int]:
    try:
        top, on, ident = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        return int(top), date.fromisoformat(on), int(ident)
    except (ValueError, TypeError) as failure:
        raise RuleBroken("翻页地址不完整，请从第一页重新查找。", field="after") from failure
