"""Personal numbers in a text that is about to be published. Pure.

Found are numbers that could be real: an identity number with its check digit and a date of birth
(GB 11643-1999), a mainland mobile number, a bank card number with its check digit (Luhn). What is
found is shown masked, never whole.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from disclosure.models.codes import PersonalData
from portal.people.identity import check_id_number
from portal.people.masking import mask_id, mask_phone
from portal.refusals import RuleBroken

_GAP = r"[ \-]?"
_ID = re.compile(rf"(?<![0-9A-Za-z])\d(?:{_GAP}\d){{16}}{_GAP}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(rf"(?<![\d.])(?:(?:\+|00)?86{_GAP})?1[3-9]\d(?:{_GAP}\d{{4}}){{2}}(?![\d.]\d|\d)")
_CARD = re.compile(rf"(?<![0-9A-Za-z./〔])[3-6](?:{_GAP}\d){{15,18}}(?![0-9A-Za-z])")


class _Plain(dict[int, int]):
    """Full-width digits and signs as plain ones, character for character; each looked up once."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        flat = "-" if char in "－—–‐" else unicodedata.normalize("NFKC", char)
        self[code] = ord(flat) if len(flat) == 1 else code
        return self[code]


_PLAIN = _Plain()


@dataclass(frozen=True)
class Seen:
    """One number: its kind, its digits, where it stands in the text, and how it may be shown."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def shown(self) -> str:
        if self.kind == PersonalData.MOBILE:
            return mask_phone(self.value)
        return mask_id(self.value)


def scan(text: str, *, today: date) -> list[Seen]:
    """Every number in the text, in order; full-width digits count, a number is of one kind only."""
    flat = text.translate(_PLAIN)
    found: list[Seen] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern, is_real in (
        (PersonalData.ID_CARD, _ID, lambda number: _is_identity(number, today)),
        (PersonalData.BANK_CARD, _CARD, is_luhn),
        (PersonalData.MOBILE, _MOBILE, lambda number: True),
    ):
        for seen in _matches(flat, kind, pattern, is_real):
            if all(seen.end <= start or seen.start >= end for start, end in taken):
                taken.append((seen.start, seen.end))
                found.append(seen)
    return sorted(found, key=lambda seen: seen.start)


def mask(text: str, *, today: date) -> str:
    """The text with every number in it masked."""
    parts, last = [], 0
    for seen in scan(text, today=today):
        parts += [text[last : seen.start], seen.shown]
        last = seen.end
    return "".join([*parts, text[last:]])


def is_luhn(number: str) -> bool:
    """ISO/IEC 7812-1: the check digit of card numbers."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return len(set(number)) > 1 and sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _matches(
    text: str, kind: str, pattern: re.Pattern[str], is_real: Callable[[str], bool]
) -> Iterator[Seen]:
    for match in pattern.finditer(text):
        number = re.sub(r"[^0-9Xx]", "", match[0]).upper()
        if kind == PersonalData.MOBILE:
            number = number[-11:]
        if is_real(number):
            yield Seen(kind, number, match.start(), match.end())


def _is_identity(number: str, today: date) -> bool:
    try:
        check_id_number(number, today=today)
    except RuleBroken:
        return False
    return True
