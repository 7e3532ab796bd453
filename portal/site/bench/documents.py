"""Documents to search: sentences of the demo city's items, and names that are rare."""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection

from portal.search import tokens
from portal.search.labels import Labels
from portal.search.models import SearchRow
from portal.site.demo.service_items import files

KIND = "bench"
SENTENCE = re.compile(r"[一-鿿0-9，、（）《》〔〕]{6,120}")
SEED = 20260918
NAMES = 3_000  # different rare words
BATCH = 1_000
NEWEST = date(2026, 9, 18)


def fill(total: int) -> None:
    """The table searched, with so many documents of 300 to 800 characters; ANALYZE."""
    with connection.cursor() as cursor:
        # As every bulk load: the pending list while it lasts, none of it afterwards.
        cursor.execute("ALTER INDEX search_by_tokens SET (fastupdate = on)")
        batch: list[SearchRow] = []
        for row in rows(total):
            batch.append(row)
            if len(batch) == BATCH:
                SearchRow.objects.bulk_create(batch)
                batch = []
        SearchRow.objects.bulk_create(batch)
        cursor.execute("SELECT gin_clean_pending_list('search_by_tokens')")
        cursor.execute("ALTER INDEX search_by_tokens SET (fastupdate = off)")
        cursor.execute("ANALYZE finding_searchrow")


def rows(total: int) -> Iterator[SearchRow]:
    """The same every time: early sentences are common, late ones not."""
    dice = random.Random(SEED)  # noqa: S311 (seeded on purpose)
    text = "".join(path.read_text(encoding="utf-8") for path in files())
    sentences = sorted(set(SENTENCE.findall(text)))
    dice.shuffle(sentences)
    names = ["".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(3)) for _ in range(NAMES)]
    for number in range(total):
        length, parts = dice.randrange(300, 800), [dice.choice(names)]
        while sum(map(len, parts)) < length:
            parts.append(sentences[int(len(sentences) * dice.random() ** 3)])
        yield _row(number, parts[1][:20], "。".join(parts), NEWEST - timedelta(days=dice.randrange(3_000)))


def _row(number: int, title: str, body: str, on: date) -> SearchRow:
    title, body = tokens.clean(title), tokens.clean(body)
    heading = tokens.pairs(title)
    toks = sorted(heading | tokens.in_title(heading) | tokens.pairs(body) | Labels(KIND, on).tokens)
    return SearchRow(kind=KIND, obj_id=str(number), title=title, body=body, url="/", on=on, toks=toks)
