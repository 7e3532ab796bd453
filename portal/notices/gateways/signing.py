"""The house's own signature for HTTP, both ways: requests to a gateway and receipts from it.

``X-Notice-Signature`` is the hexadecimal HMAC-SHA256, under the shared secret, of five lines:
method, path with query, ``X-Notice-Time`` (seconds since 1970), ``X-Notice-Nonce``, and the
hexadecimal SHA-256 of the body.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

LEEWAY_SECONDS = 300


def signature(secret: str, method: str, target: str, moment: str, nonce: str, body: bytes) -> str:
    lines = "\n".join((method, target, moment, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


def signed_headers(secret: str, method: str, target: str, body: bytes, *, now: float) -> dict[str, str]:
    moment, nonce = str(int(now)), secrets.token_hex(16)
    return {
        "Content-Type": "application/json",
        "X-Notice-Time": moment,
        "X-Notice-Nonce": nonce,
        "X-Notice-Signature": signature(secret, method, target, moment, nonce, body),
    }


def is_genuine(
    secret: str, method: str, target: str, headers: Mapping[str, str], body: bytes, *, now: float
) -> bool:
    """Whether the holder of the secret signed exactly this within the last five minutes."""
    moment = headers.get("X-Notice-Time", "")
    given = headers.get("X-Notice-Signature", "")
    if (
        not secret
        or not (moment.isascii() and moment.isdigit() and len(moment) < 19)
        or abs(now - int(moment)) > LEEWAY_SECONDS
    ):
        return False
    right = signature(secret, method, target, moment, headers.get("X-Notice-Nonce", ""), body)
    return hmac.compare_digest(right.encode(), given.encode())
