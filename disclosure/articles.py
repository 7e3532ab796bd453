"""How an article of law is numbered: 第三十二条之一第二款第（三）项, or the 3.1.2 of a standard."""

import re

_DIGITS = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = r"[零〇一二三四五六七八九十百千\d]+"
_LEGAL = re.compile(
    rf"第({_NUMERAL})条(?:之({_NUMERAL}))?(?:第({_NUMERAL})款)?(?:第[（(]?({_NUMERAL})[）)]?项)?"
)
_CLAUSE = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,4}")
_LAST = (99_999, 0, 0, 0)  # what bears no number stands after everything that does

Place = tuple[int, ...]


def numeral(text: str) -> int:
    """一百二十三 → 123; digits are taken as they are."""
    if text.isdecimal() and text.isascii():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS.get(char, digit)
    return total + digit


def place(number: str) -> Place:
    """Where the article stands in its act: article, 之, paragraph, item; a clause as its parts."""
    if found := _LEGAL.fullmatch(number):
        return tuple(numeral(part) if part else 0 for part in found.groups())
    if _CLAUSE.fullmatch(number):
        return tuple(int(part) for part in number.split("."))
    return _LAST


def anchor(number: str) -> str:
    """The article in an address: 32, 32-2-3, 32_1, 3.1.2 as 3-1-2; empty for what bears no number."""
    if found := _LEGAL.fullmatch(number):
        article, again, paragraph, item = (numeral(part) if part else 0 for part in found.groups())
        head = f"{article}_{again}" if again else str(article)
        if item:
            return f"{head}-{paragraph}-{item}"
        return f"{head}-{paragraph}" if paragraph else head
    return number.replace(".", "-") if _CLAUSE.fullmatch(number) else ""


_NAMED = re.compile(
    rf"《([^《》]{{2,200}})》(?:[（(][^（）()]{{1,80}}[）)])?"
    rf"((?:(?:[、，,和及与或]|以及)?第{_NUMERAL}条(?:之{_NUMERAL})?(?:第{_NUMERAL}款)?(?:第[（(]?{_NUMERAL}[）)]?项)?)+)"
)


def named(text: str) -> set[tuple[str, str]]:
    """Acts by full title and the articles named after it: 《…法》（…号）第三条、第五条第一款."""
    return {(found[1], each[0]) for found in _NAMED.finditer(text) for each in _LEGAL.finditer(found[2])}


def coarser(anchor: str) -> list[str]:
    """The place itself, then what holds it: 32-1-4, 32-1, 32; an item with no paragraph stands in the article."""
    parts = anchor.split("-") if anchor else []
    return [
        found for n in range(len(parts), 0, -1) if (found := "-".join(parts[:n])) and not found.endswith("-0")
    ]
