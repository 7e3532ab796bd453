"""Words for the codes of the record: each app keeps them in its own ``recorded.py``."""

from datetime import timedelta
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

UNITS = ((86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒"))


@cache
def labels() -> dict[str, str]:
    """Every action and every job, by code; ``LABELS`` of each app's ``recorded`` module."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "recorded"):
            found |= import_module(f"{config.name}.recorded").LABELS
    return found


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
