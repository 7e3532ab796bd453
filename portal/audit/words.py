"""Words for the codes of the record: each app keeps them in its own ``recorded.py``."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.utils.module_loading import module_has_submodule

UNITS = ((86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒"))


def _recorded() -> Iterator[tuple[str, ModuleType]]:
    """Each app that records something, by the first part of its codes, with its ``recorded`` module."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "recorded"):
            yield config.name.rpartition(".")[2], import_module(f"{config.name}.recorded")


@cache
def labels() -> dict[str, str]:
    """Every action and every job, by code; ``LABELS`` of each app's ``recorded`` module."""
    found: dict[str, str] = {}
    for _, module in _recorded():
        found |= module.LABELS
    return found


@cache
def fact_labels() -> dict[str, dict[str, str]]:
    """What an entry's facts are called, app by app; ``FACTS`` of each app's ``recorded`` module."""
    return {app: getattr(module, "FACTS", {}) for app, module in _recorded()}


@cache
def fact_values() -> dict[str, dict[str, dict[str, str]]]:
    """What the codes of a fact read as, app by app and fact by fact; ``VALUES`` of each ``recorded`` module."""
    return {app: getattr(module, "VALUES", {}) for app, module in _recorded()}


def fact_words(name: str, action: str, subject_type: str) -> str:
    """What people read for a fact: the app's own word, that of every app, or the column's; else the name itself."""
    known = fact_labels()
    app = action.partition(".")[0]
    word = known.get(app, {}).get(name) or known["audit"].get(name)
    if word:
        return word
    field = _field(name, subject_type)
    return (
        str(field.verbose_name)
        if field is not None and re.search("[一-鿿]", str(field.verbose_name))
        else name
    )


def value_words(value: Any, name: str, action: str, subject_type: str) -> str:
    """A fact as people read it; what is one of a column's choices by its label."""

    def words(one: Any) -> str:
        return value_words(one, name, action, subject_type)

    if value is None or value == "":
        return "空白"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(
            f"{fact_words(str(key), action, subject_type)}：{value_words(one, str(key), action, subject_type)}"
            for key, one in value.items()
        )
    if isinstance(value, list):
        return "、".join(words(one) for one in value) or "无"
    if known := fact_values().get(action.partition(".")[0], {}).get(name):
        return "、".join(dict.fromkeys(known.get(one, one) for one in str(value).split("+")))
    field = _field(name, subject_type)
    choices = dict(field.flatchoices) if field is not None else {}
    return str(choices.get(value, value))


def _field(name: str, subject_type: str) -> "Field[Any, Any] | None":
    try:
        found = apps.get_model(subject_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, Field) else None


def words_for(code: str) -> str:
    """What people read for an action or a job; the code itself where nobody has given it words."""
    return labels().get(code, code)


def codes_for(words: str) -> list[str]:
    """The codes whose words contain these."""
    return [code for code, label in labels().items() if words in label]


def kind_of(subject_type: str) -> str:
    """The kind of thing a chain is about, as people call it."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return words_for(subject_type)


def span_words(span: timedelta) -> str:
    """ "5分钟", "1天12小时"; what is shorter than a second is none."""
    left, parts = int(span.total_seconds()), []
    for seconds, name in UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0秒"
