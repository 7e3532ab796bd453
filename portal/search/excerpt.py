"""A line of a text around the first place where a word stands, cut into plain and marked parts."""

import re

from portal.search.tokens import fold

BEFORE, LENGTH = 24, 110


def marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is one of the words."""
    if not words or not text:
        return [(text, False)] if text else []
    longest_first = sorted(words, key=len, reverse=True)
    parts, end, folded = [], 0, fold(text)
    for match in re.finditer("|".join(map(re.escape, longest_first)), folded):
        parts += [(text[end : match.start()], False), (text[match.start() : match.end()], True)]
        end = match.end()
    parts.append((text[end:], False))
    return [part for part in parts if part[0]]


def excerpt(body: str, words: list[str]) -> list[tuple[str, bool]]:
    """About a hundred characters around the first word found; the beginning when none is."""
    folded = fold(body)
    places = [place for word in words if (place := folded.find(word)) >= 0]
    start = max(0, min(places, default=0) - BEFORE)
    cut = body[start : start + LENGTH]
    around = ("…" if start else "") + cut + ("…" if start + LENGTH < len(body) else "")
    return marked(around, words)
