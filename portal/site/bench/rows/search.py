"""Search: rows, count and facets from the index against LIKE over the same table."""

import random
from functools import partial
from typing import Any

from django.db import connection

from portal.search import tokens
from portal.search import workflow as search
from portal.search.models import SearchRow
from portal.search.query import CAP, PAGE
from portal.site.bench import documents
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.site.bench.words import sample, words

LIKE = "LIKE over title and body, the newest 20 and the count"
FIND = "search.find: 20 rows, count and facets"
_TARGETS = (
    ("common", "常见", 100),
    ("middling", "中等", 100),
    ("rare", "罕见", 1_000),
    ("nothing", "没有的", 1_000),
)

_LIKE = """
SELECT id, count(*) OVER () FROM finding_searchrow WHERE {title} LIKE %(q)s OR {body} LIKE %(q)s
ORDER BY is_past, ({title} LIKE %(q)s) DESC, "on" DESC, id DESC LIMIT %(most)s
"""
LISTED = 200  # a word with more hits is compared by count and first page


def look_up(kind: str, places: Places, size: Size) -> Pair:
    documents.fill(size.documents)
    asked = words(kind, size.words)
    return Pair(
        reference=lambda: [like(word) for word in asked],
        candidate=lambda: [search.find(word, faceted=True) for word in asked],
        check=lambda: _recall(size.recall if kind == "common" else 0, asked),
    )


def like(word: str, most: int = PAGE) -> tuple[list[int], int]:
    """Keys of the hits, title first and newest first, and how many there are in all.

    As the search itself, it compares in lower case only where the word has letters.
    """
    folded = word.upper() != word
    columns = {name: f"lower({name})" if folded else name for name in ("title", "body")}
    with connection.cursor() as cursor:
        cursor.execute(_LIKE.format(**columns), {"q": f"%{word}%", "most": most})
        answer: list[Any] = cursor.fetchall()
    return [key for key, _ in answer], answer[0][1] if answer else 0


def _recall(wanted: int, timed: list[str]) -> str:
    """What find shows is what LIKE shows, for the words timed and for substrings of 2 to 6 characters."""
    dice, bodies = random.Random(17), sample()  # noqa: S311 (seeded on purpose)
    asked = list(timed)
    while len(asked) < wanted + len(timed):
        text = dice.choice(bodies)
        start, length = dice.randrange(len(text) - 6), dice.randrange(2, 7)
        word = text[start : start + length]
        if not set(word) & set(" %_\\"):
            asked.append(word)
    hits = 0
    for word in asked:
        keys, total = like(word, LISTED)
        found = search.find(word)
        hits += total
        if total <= LISTED:
            ids = [hit.id for hit in found.rows]
            while found.after:
                found = search.find(word, after=found.after)
                ids += [hit.id for hit in found.rows]
            assert len(ids) == len(set(ids)), f"{word}: shown twice"  # noqa: S101
            assert set(ids) == set(keys), f"{word}: {len(set(keys) - set(ids))} missed"  # noqa: S101
        else:
            assert found.capped == (total > CAP) or found.about_right, word  # noqa: S101
            assert found.capped or found.about_right or found.count == total, word  # noqa: S101
            shown = {hit.id for hit in found.rows}
            for row in SearchRow.objects.filter(pk__in=shown):
                assert word in tokens.fold(row.title + row.body), f"{word}: wrong"  # noqa: S101
            if len(word) == 2 and not found.capped:
                assert [hit.id for hit in found.rows] == keys[:PAGE], f"{word}: not the newest"  # noqa: S101
    return f"{len(asked)} words, {hits:,} hits: none missed, none wrong ({SearchRow.objects.count():,} documents)"


ROWS = tuple(
    (
        Row(f"search-{kind}", f"检索{label}词", LIKE, FIND, Sense.FASTER, target, only_at="large"),
        partial(look_up, kind),
    )
    for kind, label, target in _TARGETS
)
