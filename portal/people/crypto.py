"""Encrypted columns and keyed hashes: personal numbers at rest.

A stored value reads ``<key id>:<base64url(nonce + AES-256-GCM ciphertext)>``. The keys
stand in ``settings.FIELD_KEYS`` ("id:hex,id:hex"), never in the database: the first one
encrypts, all of them decrypt. An encrypted column cannot be searched; the keyed hash
beside it can.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The value was written with a key that is not configured, or was altered."""


@lru_cache(maxsize=8)
def _keyring(configured: str) -> tuple[str, dict[str, AESGCM]]:
    ring: dict[str, AESGCM] = {}
    try:
        for pair in filter(None, (part.strip() for part in configured.split(","))):
            key_id, _, key_hex = pair.partition(":")
            key = bytes.fromhex(key_hex)
            if not key_id or len(key) != 32:
                raise ValueError(f"key {key_id!r} needs an id and 64 hexadecimal digits")
            ring[key_id] = AESGCM(key)
    except ValueError as fault:
        raise ImproperlyConfigured(f"FIELD_KEYS is not a list of id:hex pairs: {fault}") from fault
    if not ring:
        raise ImproperlyConfigured("FIELD_KEYS holds no key.")
    return next(iter(ring)), ring


def current_key_id() -> str:
    """The id of the key that encrypts today."""
    return _keyring(settings.FIELD_KEYS)[0]


def encrypt(text: str, purpose: str = "") -> str:
    """Ciphertext with its key id; the empty string stays empty.

    ``purpose`` is bound to the ciphertext: decrypting needs the same word.
    """
    if text == "":
        return ""
    key_id, ring = _keyring(settings.FIELD_KEYS)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + ring[key_id].encrypt(nonce, text.encode(), purpose.encode())
    return f"{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"


def encrypt_all(texts: Sequence[str], purpose: str = "") -> list[str]:
    """As ``encrypt`` of each, each with a nonce of its own; for tables of a hundred thousand rows."""
    key_id, ring = _keyring(settings.FIELD_KEYS)
    seal, bound, encode = ring[key_id].encrypt, purpose.encode(), base64.urlsafe_b64encode
    nonces, sealed = secrets.token_bytes(NONCE_BYTES * len(texts)), []
    for number, text in enumerate(texts):
        if text == "":
            sealed.append("")
            continue
        nonce = nonces[number * NONCE_BYTES : (number + 1) * NONCE_BYTES]
        body = encode(nonce + seal(nonce, text.encode(), bound)).decode()
        sealed.append(f"{key_id}:{body}")
    return sealed


def decrypt(stored: str, purpose: str = "") -> str:
    """The text again. Raises CannotDecrypt for an unknown key, a wrong purpose or altered bytes."""
    if stored == "":
        return ""
    key_id, _, body = stored.partition(":")
    key = _keyring(settings.FIELD_KEYS)[1].get(key_id)
    if key is None:
        raise CannotDecrypt(f"no key {key_id!r} in FIELD_KEYS")
    try:
        sealed = base64.urlsafe_b64decode(body)
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as fault:
        raise CannotDecrypt(f"a value under key {key_id!r} does not open") from fault


def keyed_hash(purpose: str, value: str) -> str:
    """64 hexadecimal digits that find an encrypted value again; empty for an empty value.

    HMAC-SHA256 under ``settings.HASH_KEY``. The same number under another ``purpose``
    ("phone", "id_number") hashes differently, so columns cannot be joined.
    """
    if value == "":
        return ""
    message = purpose.encode() + b"\0" + value.encode()
    return hmac.new(bytes.fromhex(settings.HASH_KEY), message, hashlib.sha256).hexdigest()


def keyed_hashes(purpose: str, values: Sequence[str]) -> list[str]:
    """As ``keyed_hash`` of each."""
    key, prefix = bytes.fromhex(settings.HASH_KEY), purpose.encode() + b"\0"
    digest = hmac.digest
    return [digest(key, prefix + value.encode(), "sha256").hex() if value else "" for value in values]


class EncryptedTextField(models.TextField):
    """Text that is ciphertext in the database and plain in Python.

    Only ``isnull`` can be asked of it in a query; find rows by the keyed hash beside it.
    """

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.purpose:
            kwargs["purpose"] = self.purpose
        return name, path, list(args), kwargs

    def get_prep_value(self, value: Any) -> str | None:
        text = super().get_prep_value(value)
        return None if text is None else encrypt(text, self.purpose)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value, self.purpose)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: find rows by its keyed hash, not by {lookup_name}.")
        return super().get_lookup(lookup_name)
