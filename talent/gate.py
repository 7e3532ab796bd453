"""Who may go on looking people up: anyone, until one address asks as only a machine does.

Then one plain question in words opens the next look-ups: it needs no script, no picture and no other site,
so that it can be read aloud (GB/T 37668-2019: a test needs a way that is not seen). Beyond what any person
asks, the address waits.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from portal.papers.throttle import address_of, asked_within
from portal.people.crypto import keyed_hash

FREE = 60  # look-ups a minute before anything is asked
OPENS = 60  # more for one answer
HARD = 300  # a minute, answered or not
KEPT = 600  # seconds a question and what it opened stand
DIGITS = "零一二三四五六七八九十"
SALT = "talent.gate"


class Way(StrEnum):
    OPEN = "open"
    ASKED = "asked"
    CLOSED = "closed"


@dataclass(frozen=True)
class Question:
    words: str
    token: str
    problem: str = ""


@dataclass(frozen=True)
class Verdict:
    way: Way
    question: Question | None = None


def knock(request: HttpRequest, *, answer: str = "", token: str = "") -> Verdict:
    """Count this look-up; whether it may go on, must answer first, or must wait. A lost cache lets all pass."""
    asked = asked_within(request, "registry")
    if asked > HARD:
        return Verdict(Way.CLOSED)
    if asked <= FREE:
        return Verdict(Way.OPEN)
    address, problem = address_of(request), ""
    if token or answer:
        problem = _judge(answer, token, address)
        if not problem:
            _open(address)
    if _spend(address):
        return Verdict(Way.OPEN)
    return Verdict(Way.ASKED, ask(address, problem))


def ask(address: str, problem: str = "") -> Question:
    """A sum of two small numbers in words; the token carries a keyed hash of the answer, not the answer."""
    first, second = 2 + secrets.randbelow(18), 1 + secrets.randbelow(9)
    plus = first <= second or secrets.randbelow(2) == 1
    result = first + second if plus else first - second
    nonce = secrets.token_urlsafe(9)
    token = signing.dumps([nonce, _sealed(result, nonce, address)], salt=SALT)
    words = f"{in_words(first)}{'加' if plus else '减'}{in_words(second)}等于多少？"
    return Question(words, token, problem)


def in_words(number: int) -> str:
    """0 to 99 as it is said: 十二, 二十, 二十三."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


SAID = {in_words(number): number for number in range(100)}


def read_answer(text: str) -> int | None:
    """Digits of any width, or the number in words."""
    text = unicodedata.normalize("NFKC", text).strip().rstrip("。.")
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return int(text)
    return SAID.get(text)


def _judge(answer: str, token: str, address: str) -> str:
    """What is wrong with an answer; nothing, if it is right, given in time and given once."""
    try:
        nonce, sealed = signing.loads(token, salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return "这道题已经过期，请回答新的一题。"
    result = read_answer(answer)
    if result is None or _sealed(result, nonce, address) != sealed:
        return "回答不对，请再试一次。可以填数字，也可以填汉字。"
    if not _tried(lambda: cache.add(f"registry:answered:{nonce}", 1, KEPT)):
        return "这道题已经回答过，请回答新的一题。"
    return ""


def _sealed(result: int, nonce: str, address: str) -> str:
    return keyed_hash("gate", f"{nonce}:{address}:{result}")


def _open(address: str) -> None:
    _tried(lambda: cache.set(f"registry:opened:{address}", OPENS, KEPT))


def _spend(address: str) -> bool:
    def one() -> bool:
        try:
            return bool(cache.decr(f"registry:opened:{address}") >= 0)
        except ValueError:  # nothing was opened
            return False

    return bool(_tried(one))


def _tried(deed: Any) -> Any:
    """What the cache says; true when it is lost."""
    try:
        return deed()
    except Exception:
        return True
