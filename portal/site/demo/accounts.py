"""The sample accounts as the demo prints them. Everyone knows their secrets: never for real use."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PASSWORD = "Shifan-2026!"  # noqa: S105 - printed at every start


@dataclass(frozen=True)
class Account:
    title: str
    sign_in: str
    password: str
    totp_secret: str = ""


@cache
def read(name: str) -> Any:
    """A file of the demo city's data."""
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))


def totp_secret(username: str) -> str:
    """The same secret on every machine, so that what is printed once stays right."""
    return base64.b32encode(hashlib.sha1(f"demo city {username}".encode()).digest()).decode()  # noqa: S324


def shown_accounts() -> list[Account]:
    people = read("people")
    citizens = [
        Account(one["title"], one["phone"], PASSWORD) for one in people["citizens"] if one.get("shown")
    ]
    inside = [
        Account(one["title"], one["username"], PASSWORD, totp_secret(one["username"]))
        for one in people["staff"] + people["administrators"]
        if one.get("shown")
    ]
    return citizens + inside
