"""Words to look up, by how often they stand in a sample of the documents."""

import random
from collections import Counter

from portal.search import tokens
from portal.search.models import SearchRow
from portal.site.bench import documents

SAMPLED = 300
MIDDLING = 0.03  # the share of documents in which a middling word stands
KINDS = ("common", "middling", "rare", "nothing", "common4", "middling4", "phrase")


def words(kind: str, wanted: int) -> list[str]:
    """So many of a kind, the same every time.

    ``common``, ``middling`` and ``rare`` are pairs; ``common4`` and ``middling4`` four characters,
    ``phrase`` six to ten; ``nothing`` pairs that stand nowhere.
    """
    bodies = sample()
    if kind == "nothing":
        signs = [chr(code) for code in range(0xA000, 0xA080)]  # not one of them is Chinese
        return [left + right for left in signs for right in signs[:1]][:wanted]
    if kind == "phrase":
        dice = random.Random(23)  # noqa: S311 (seeded on purpose)
        found: list[str] = []
        while len(found) < wanted:
            text, length = dice.choice(bodies), dice.randrange(6, 11)
            start = dice.randrange(len(text) - length)
            part = text[start : start + length]
            if part.isalpha():
                found.append(part)
        return found
    seen: Counter[str] = Counter()
    length = 4 if kind.endswith("4") else 2
    for text in bodies:
        parts = {text[n : n + length] for n in range(len(text) - length + 1)}
        seen.update(part for part in parts if part.isalpha())
    ordered = sorted(seen, key=lambda part: (-seen[part], part))
    if kind.startswith("common"):
        return ordered[:wanted]
    if kind == "rare":
        return ordered[-wanted:]
    ordered.sort(key=lambda part: (abs(seen[part] - MIDDLING * len(bodies)), part))
    return ordered[:wanted]


def sample() -> list[str]:
    rows = SearchRow.objects.filter(kind=documents.KIND).order_by("pk")
    return [tokens.fold(body) for body in rows.values_list("body", flat=True)[:SAMPLED]]
