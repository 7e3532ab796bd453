"""The staff shell speaks Chinese: no string of unfold's is left in English."""

import re
from pathlib import Path

import unfold
from django.utils import translation
from django.utils.translation import gettext

SHELL = Path(unfold.__file__).parent
CALLS = {
    "*.html": re.compile(r"{%\s*trans(?:late)?\s+([\"'])(.*?)\1"),
    "*.py": re.compile(r"\b(?:_|gettext|gettext_lazy)\(\s*([\"'])(.*?)\1"),
}


def test_every_string_of_the_admin_shell_has_chinese():
    strings = {
        match.group(2)
        for pattern, call in CALLS.items()
        for path in SHELL.rglob(pattern)
        for match in call.finditer(path.read_text())
    }
    names_only = {"%(class_name)s %(instance)s"}

    with translation.override("zh-hans"):
        english = sorted(text for text in strings - names_only if gettext(text) == text)

    assert len(strings) > 100
    assert english == []
