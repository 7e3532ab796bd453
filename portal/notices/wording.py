"""From a template and its values to the words people read. Pure."""

import re
import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from portal.days import spoken
from portal.notices.hours import LOCAL

# A signature opens the message and only there: brackets in a value would forge one.
_FORGED = str.maketrans({"【": "〔", "】": "〕"})
_BLANK = re.compile(r"\s+")
RESERVED = frozenset({"to", "at", "key", "version", "subject", "channels"})


class WrongVariables(ValueError):
    """The values given are not exactly those the template names."""


def variables(body: str) -> list[str]:
    """The names of ``{name}`` in the body, in order of first appearance.

    Raises ValueError for anything but plain names, for a name ``queue`` uses itself, and for
    a body without words of its own (the operators refuse templates that are all variable).
    """
    names: list[str] = []
    words = ""
    for literal, name, spec, conversion in string.Formatter().parse(body):
        words += literal
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"a template variable must be a plain name: {{{name}}}")
        if name in RESERVED:
            raise ValueError(f"{{{name}}} is the name of an argument of queue()")
        if name not in names:
            names.append(name)
    if not words.strip():
        raise ValueError("a template needs words of its own")
    return names


def as_words(value: Any) -> str:
    """A value as it reads in a Chinese sentence: dates in full, lists joined by 、, one line."""
    if isinstance(value, datetime):
        local = value.astimezone(LOCAL) if value.tzinfo else value
        return f"{as_words(local.date())}{local:%H:%M}"
    if isinstance(value, date):
        return spoken(value)
    if isinstance(value, str):
        return _BLANK.sub(" ", value).strip().translate(_FORGED)
    if isinstance(value, Iterable):
        return "、".join(as_words(part) for part in value)
    return as_words(str(value))


def worded(names: Iterable[str], values: Mapping[str, Any], code: str) -> dict[str, str]:
    """The values as words, in the order of the template. Raises WrongVariables."""
    wanted, given = list(names), set(values)
    if missing := [name for name in wanted if name not in given]:
        raise WrongVariables(f"{code} needs {', '.join(missing)}")
    if extra := sorted(given - set(wanted)):
        raise WrongVariables(f"{code} does not use {', '.join(extra)}")
    return {name: as_words(values[name]) for name in wanted}
