"""What of a person's data may be shown to whom. Pure.

Basis: 中华人民共和国个人信息保护法 第六条、第二十八条、第五十一条. Enterprise names, credit codes
and certificate numbers are public and are never masked.
"""

import re

STAR = "*"
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")


def mask_name(name: str) -> str:
    """For public lists: 张* for two characters, 张*三 for more (first and last kept)."""
    if len(name) < 2:
        return name
    if len(name) == 2:
        return name[0] + STAR
    return name[0] + STAR * (len(name) - 2) + name[-1]


def mask_surname(name: str) -> str:
    """For published letters and information requests: 张某某."""
    return f"{name[0]}某某" if name else ""


def mask_id(number: str) -> str:
    """For staff lists: the first and the last four (1101**********002X)."""
    return _ends(number, head=4, tail=4)


def mask_id_public(number: str) -> str:
    """For published lists that must tell namesakes apart: first six and last four."""
    return _ends(number, head=6, tail=4)


def mask_phone(number: str) -> str:
    """138****1234; a fixed line keeps its area code and the last two digits."""
    if "-" in number:
        area, _, rest = number.partition("-")
        return f"{area}-{_ends(rest, head=0, tail=2)}"
    return _ends(number, head=3, tail=4)


def without_numbers(text: str) -> str:
    """Free text with identity and mobile numbers masked, fit to be printed and kept."""
    return _NUMBER.sub(lambda m: mask_phone(m[0]) if len(m[0]) == 11 else mask_id(m[0]), text)


def mask_address(address: str) -> str:
    """A home address is sensitive: only that there is one may be shown."""
    return STAR * 6 if address else ""


def _ends(text: str, *, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]
