"""The arithmetic of the draw. Pure, so that anyone can draw again with pen and paper's patience.

The seed of a day is 32 random bytes. Its SHA-256 is recorded before the day begins and the
seed after it ended. The place drawn among ``n`` candidates is
``HMAC-SHA256(seed, "<day>|<case number>|<round>") mod n``.
"""

import hashlib
import hmac
from datetime import date


def commitment(seed: str) -> str:
    """SHA-256 of the seed's bytes; ``seed`` is 64 hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def place(seed: str, day: date, number: str, round_: int, candidates: int) -> int:
    """Index of the one drawn among ``candidates`` people, counted from 0."""
    message = f"{day:%Y-%m-%d}|{number}|{round_}".encode()
    return int.from_bytes(hmac.digest(bytes.fromhex(seed), message, "sha256")) % candidates
