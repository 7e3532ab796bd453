"""Edges translate and ask; what stands where it should stand reads as the house style says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from unfold.admin import ModelAdmin

from portal.people.admin.deeds import DeedsAdmin
from portal.people.rights import ADMIN_RIGHTS, POST_RIGHTS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "disclosure", "approvals", "talent")
EDGES = {"views", "admin", "api", "tasks"}
WRITES = {
    "save", "create", "update", "delete", "get_or_create", "update_or_create", "bulk_create", "bulk_update",
    "asave", "acreate", "aupdate", "adelete", "select_for_update",
}  # fmt: skip
LONGEST = 400
NO_NAMES = {"utils", "helpers", "common", "misc", "base", "services"}

# Reference data, which the house style lets the admin save by itself (each change is kept below the ORM).
SAVED_BY_THE_ADMIN = {"papers.letterhead"}


def modules(*, edges: bool = False) -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts and (not edges or EDGES & set(parts)):
                yield path


def writes(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each call that could change a row; ``form.save()`` and ``cache.delete()`` are such calls too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            yield node.lineno, ast.unparse(node.func)


def test_views_admin_api_and_tasks_leave_every_write_to_a_workflow():
    found = [
        f"{path.relative_to(ROOT)}:{line} {call}"
        for path in modules(edges=True)
        for line, call in writes(path)
    ]
    assert not found, "An edge writes; let a workflow do it: " + ", ".join(found)


def test_the_admin_saves_nothing_by_itself_but_reference_data():
    granted = set().union(*ADMIN_RIGHTS.values(), *POST_RIGHTS.values())
    found = set()
    for screen in admin.site._registry.values():
        app, model = screen.opts.app_label, screen.opts.model_name
        if (
            type(screen).save_model in (admin.ModelAdmin.save_model, ModelAdmin.save_model)
            and not isinstance(screen, DeedsAdmin)
            and type(screen).add_view is ModelAdmin.add_view
            and {f"{app}.add_{model}", f"{app}.change_{model}"} & granted
        ):
            found.add(f"{app}.{model}")
    assert found == SAVED_BY_THE_ADMIN


def test_the_scan_sees_a_write(tmp_path):
    edge = tmp_path / "views.py"
    edge.write_text("def view(request):\n    Case.objects.filter(pk=1).update(status='x')\n    case.save()\n")
    assert [line for line, _ in writes(edge)] == [2, 3]


def test_no_module_is_named_for_having_no_subject():
    named = [path for path in modules() if NO_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)]
    assert not named, [str(path.relative_to(ROOT)) for path in named]


def test_no_file_outgrows_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long, f"Split by noun: {long}"


# What a browser or a person does not read as text.
UNSEEN = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->|<(script|style|code|pre)\b.*?</\1>|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
LATIN = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[ ,.]+){2,}[A-Za-z]+")


def english_in(text: str) -> list[str]:
    """Runs of three and more Latin words that a page would show; the names of commands stand in <code>."""
    shown = re.sub(r"<[^>]*>", "|", UNSEEN.sub("|", text))
    return LATIN.findall(shown)


@pytest.mark.parametrize("suffix", ["html", "txt"])
def test_pages_speak_chinese(suffix):
    found = {
        str(path.relative_to(ROOT)): english
        for path in sorted((ROOT / "templates").rglob(f"*.{suffix}"))
        if (english := english_in(path.read_text(encoding="utf-8")))
    }
    assert not found, found


def test_the_scan_sees_english_and_passes_names_and_code():
    assert english_in("<p>Please sign in first</p>") == ["Please sign in first"]
    assert not english_in(
        "<p>PDF/A 文件</p> {% if a %}{# to be shown #}<code>manage.py audit verify now</code>"
    )


def test_test_names_are_sentences():
    """Three words at least, and no name of a file, a class or a number for a name."""
    short = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and len(node.name.split("_")) < 4
    ]
    assert not short, "A test's name says what is true: " + ", ".join(short)
