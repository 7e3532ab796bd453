"""Text into numbers and back to certainty: every two adjacent characters are one token.

Words are not segmented: any two characters of a text can be found. Han characters,
digits, letters and a few signs are coded exactly; every other character shares a
folded code, and what was found through one must be rechecked with LIKE.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from zlib import crc32

_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_EXACT = {
    char: _LAST_HAN - _FIRST_HAN + 1 + place
    for place, char in enumerate("0123456789abcdefghijklmnopqrstuvwxyz〔〕〇% ")
}
_FOLDED_FROM = _LAST_HAN - _FIRST_HAN + 1 + 64
_BITS = 15
_FOLDED_CODES = (1 << _BITS) - _FOLDED_FROM
IN_TITLE = 1 << 2 * _BITS

_FULL_WIDTH = str.maketrans(
    {0xFF10 + n: 0x30 + n for n in range(10)}
    | {0xFF21 + n: 0x41 + n for n in range(26)}
    | {0xFF41 + n: 0x61 + n for n in range(26)}
    | {0x3000: 0x20, 0xFF05: 0x25}
)
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ　％]")  # looked for first: turning a long text costs ten times as much
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """The plain text that is stored, shown and tokenised: one space for any white, no full-width letters."""
    text = text.replace("\x00", "")
    return _SPACES.sub(" ", text.translate(_FULL_WIDTH) if _WIDE.search(text) else text).strip()


def fold(text: str) -> str:
    """Lower case, character for character, as PostgreSQL's lower() does."""
    whole = text.lower()
    if len(whole) == len(text) and "Σ" not in text:  # whose lower case depends on its place in a word
        return whole
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in text)


def is_exact(text: str) -> bool:
    """Whether no character of a folded text shares its code with another."""
    return all(char in _EXACT or _FIRST_HAN <= ord(char) <= _LAST_HAN for char in text)


def pairs(text: str) -> set[int]:
    """The tokens of a cleaned text; none for fewer than two characters."""
    codes = map(_CODES.__getitem__, fold(text))
    return {left << _BITS | right for left, right in pairwise(codes)}


def in_title(tokens: Iterable[int]) -> set[int]:
    return {token | IN_TITLE for token in tokens}


def label(name: str, value: object) -> int:
    """A filter as one more token, negative so that it meets no text."""
    return -1 - (crc32(f"{name}={value}".encode()) & 0x7FFFFFFF)


class _Codes(dict[str, int]):
    """The code of each character, worked out when it is first met."""

    def __missing__(self, char: str) -> int:
        point = ord(char)
        if _FIRST_HAN <= point <= _LAST_HAN:
            code = point - _FIRST_HAN
        elif char in _EXACT:
            code = _EXACT[char]
        else:
            code = _FOLDED_FROM + point % _FOLDED_CODES
        if point < 1 << 16:  # the basic plane is the most that is kept
            self[char] = code
        return code


_CODES = _Codes()
