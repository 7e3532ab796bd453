"""Search: rows and count from the index against LIKE over the same table."""

import random
from collections import Counter
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

LIKE, FIND = "LIKE over title and body, the newest 20 and the count", "search.find: 20 rows and the count"
COMMON = Row("search-common", "检索常见词", LIKE, FIND, Sense.FASTER, 100, only_at="large")
RARE = Row("search-rare", "检索罕见词", LIKE, FIND, Sense.FASTER, 1_000, only_at="large")
NOTHING = Row("search-nothing", "检索不到的词", LIKE, FIND, Sense.FASTER, 1_000, only_at="large")

_LIKE = """
SELECT id, count(*) OVER () FROM finding_searchrow WHERE lower(title) LIKE %(q)s OR lower(body) LIKE %(q)s
ORDER BY (lower(title) LIKE %(q)s) DESC, "on" DESC, id DESC LIMIT %(most)s
"""
SAMPLED = 300  # documents from which words are taken
LISTED = 200  # a word with more hits is compared by count and first page


def look_up(kind: str, places: Places, size: Size) -> Pair:
    """``kind``: the most frequent pairs of the sample, the least frequent, or pairs found nowhere."""
    if SearchRow.objects.filter(kind=documents.KIND).count() != size.documents:
        documents.fill(size.documents)
    sample = list(SearchRow.objects.filter(kind=documents.KIND).order_by("pk")[:SAMPLED])
    words = _words(kind, sample, size.words)
    return Pair(
        reference=lambda: [like(word) for word in words],
        candidate=lambda: [search.find(word) for word in words],
        check=lambda: _recall(sample, size.recall if kind == "common" else 0, words),
    )


def like(word: str, most: int = PAGE) -> tuple[list[int], int]:
    """Keys of the hits, title first and newest first, and how many there are in all."""
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"q": f"%{word}%", "most": most})
        answer: list[Any] = cursor.fetchall()
    return [key for key, _ in answer], answer[0][1] if answer else 0


def _words(kind: str, sample: list[SearchRow], wanted: int) -> list[str]:
    seen: Counter[str] = Counter()
    for row in sample:
        text = tokens.fold(row.body)
        seen.update({text[n : n + 2] for n in range(len(text) - 1) if text[n : n + 2].isalpha()})
    ordered = sorted(seen, key=lambda pair: (-seen[pair], pair))
    if kind == "common":
        return ordered[:wanted]
    if kind == "rare":
        return ordered[-wanted:]
    signs = [chr(code) for code in range(0x9F00, 0x9FA0)]
    pairs = (left + right for left in signs for right in signs)
    return [pair for pair, _ in zip((p for p in pairs if not like(p)[1]), range(wanted), strict=False)]


def _recall(sample: list[SearchRow], wanted: int, words: list[str]) -> str:
    """What find shows is what LIKE shows, for the words timed and for substrings of 2 to 6 characters."""
    dice = random.Random(17)  # noqa: S311 (seeded on purpose)
    asked = list(words)
    while len(asked) < wanted + len(words):
        text = tokens.fold(dice.choice(sample).body)
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
            held = SearchRow.objects.filter(pk__in=shown)
            for row in held:
                assert word in tokens.fold(row.title + row.body), f"{word}: wrong"  # noqa: S101
            if len(word) == 2 and not found.capped:
                assert [hit.id for hit in found.rows] == keys[:PAGE], f"{word}: not the newest"  # noqa: S101
    return f"{len(asked)} words, {hits:,} hits: none missed, none wrong ({SearchRow.objects.count():,} documents)"


ROWS = (
    (COMMON, partial(look_up, "common")),
    (RARE, partial(look_up, "rare")),
    (NOTHING, partial(look_up, "nothing")),
)
