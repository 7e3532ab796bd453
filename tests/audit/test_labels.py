"""Every kind of entry and every job has words for the people who read the record."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from portal.audit import workflow as audit
from portal.audit.jobs import JOBS
from portal.audit.models import Heartbeat
from portal.audit.words import fact_words, labels, span_words, words_for
from portal.notices.models import Template
from portal.people.models import AdminRole
from tests.people.makers import make_administrator, make_clerk

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ROOTS = ("portal", "approvals", "disclosure", "talent")
RECORDERS = {"record", "record_all", "_record"}
CODE = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+")


def _calls(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in RECORDERS:
                yield from _branches(node.args[0])


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    else:
        yield node


def _pattern(node: ast.expr) -> str:
    """The code as a pattern: what is only known at run time may be any word. Empty when it is no code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value) if CODE.fullmatch(node.value) else ""
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"[a-z_]+" for p in node.values]
        pattern = "".join(parts)
        return pattern if r"\." in pattern else ""
    return ""


def recorded() -> set[str]:
    found = set()
    for root in ROOTS:
        for path in Path(settings.BASE_DIR, root).rglob("*.py"):
            if "migrations" not in path.parts and "bench" not in path.parts:
                found |= {_pattern(node) for node in _calls(ast.parse(path.read_text()))}
    return found - {""}


def test_every_action_recorded_anywhere_has_its_words():
    codes, patterns = labels(), recorded()
    unworded = sorted(p for p in patterns if not any(re.fullmatch(p, code) for code in codes))
    assert len(patterns) > 40
    assert not unworded, "No words in the recorded.py of their app for: " + ", ".join(unworded)


def test_every_job_has_its_words():
    import portal.celery

    portal.celery.app.loader.import_default_modules()
    assert not [name for name in JOBS if name not in labels()]


@pytest.mark.parametrize("code", ["approvals.case.accepted", "people.user.signed_in", "notices.drain"])
def test_the_words_are_chinese(code):
    assert re.fullmatch(r"[一-鿿、，（）]+", words_for(code))


def test_what_has_no_words_is_shown_as_it_is():
    assert words_for("strange.thing.done") == "strange.thing.done"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=5), "5分钟"),
        (timedelta(days=3), "3天"),
        (timedelta(hours=36), "1天12小时"),
        (timedelta(seconds=90), "1分钟30秒"),
        (timedelta(milliseconds=1), "0秒"),
    ],
)
def test_a_span_is_said_the_way_people_say_it(span, words):
    assert span_words(span) == words


@pytest.mark.django_db
def test_the_record_shows_words_and_is_found_by_them(client):
    clerk = make_clerk(name="周敏")
    audit.record("people.user.signed_in", subject=clerk, actor=clerk, at=NOON, how="password")
    audit.record("people.user.signed_out", subject=clerk, actor=clerk, at=NOON)
    client.force_login(make_administrator(AdminRole.AUDIT))

    shown = client.get("/admin/audit/entry/", {"q": "退出"}).content.decode()

    assert "退出" in shown and "people.user.signed_out" not in shown and "用户" in shown
    assert len(client.get("/admin/audit/entry/", {"q": "退出"}).context["cl"].result_list) == 1
    assert len(client.get("/admin/audit/entry/", {"q": "周敏"}).context["cl"].result_list) == 2


@pytest.mark.django_db
def test_intervals_and_lives_are_said_in_words(client):
    Heartbeat.objects.create(name="notices.drain", every=timedelta(seconds=3), ok=True, at=NOON)
    client.force_login(make_administrator(AdminRole.SYSTEM))

    beats = client.get("/admin/audit/heartbeat/").content.decode()
    code = Template.objects.get(code="sign_in_code")
    template = client.get(f"/admin/notices/template/{code.pk}/change/").content.decode()

    assert "发送通知" in beats and "3秒" in beats and "0:00:03" not in beats
    assert "5分钟" in template and "0:05:00" not in template


# --- facts ---

NOT_FACTS = {"subject", "actor", "at", "behalf"}


def _told(tree: ast.AST) -> Iterator[str]:
    """Names of facts as they are written where something is recorded."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in RECORDERS:
            yield from (word.arg for word in node.keywords if word.arg and word.arg not in NOT_FACTS)
        if name in (RECORDERS | {"Deed"}):
            for given in (*node.args, *(word.value for word in node.keywords if word.arg is None)):
                for inner in ast.walk(given):
                    if isinstance(inner, ast.Dict):
                        keys = (key.value for key in inner.keys if isinstance(key, ast.Constant))
                        yield from (key for key in keys if isinstance(key, str))


def is_chinese(words: str) -> bool:
    return re.search("[一-鿿]", words) is not None


def test_every_fact_told_anywhere_has_its_word():
    unworded, seen = set(), 0
    for root in ROOTS:
        for path in Path(settings.BASE_DIR, root).rglob("*.py"):
            parts = path.relative_to(settings.BASE_DIR).parts
            if {"migrations", "bench", "admin", "admin.py", "demo", "seeding"} & set(parts):
                continue
            app = parts[1] if parts[0] == "portal" else parts[0]
            for name in _told(ast.parse(path.read_text())):
                seen += 1
                if not is_chinese(fact_words(name, f"{app}.thing.done", "")):
                    unworded.add(f"{app}: {name}")
    assert seen > 200
    assert not unworded, f"No word in FACTS of the app's recorded.py for: {sorted(unworded)}"


@pytest.mark.django_db
def test_an_entry_is_read_in_words_and_not_in_codes(client):
    clerk = make_clerk(name="周敏")
    audit.record(
        "disclosure.act.changed", subject=("disclosure.act", "1"), actor=clerk, at=NOON, level=["law", "gb_t"],
        issued_on=["2020-01-01", None], passed=True, reason="核对原文",
    )  # fmt: skip
    entry = audit.history(("disclosure.act", "1")).get()
    client.force_login(make_administrator(AdminRole.AUDIT))

    page = client.get(f"/admin/audit/entry/{entry.pk}/change/").content.decode()

    for words in (
        "效力级别</dt><dd>法律、推荐性国家标准（GB/T）",
        "公布日期</dt><dd>2020-01-01、空白",
        "是否通过</dt><dd>是",
        "理由</dt><dd>核对原文",
    ):
        assert words in page
    assert "issued_on" not in page


@pytest.mark.django_db
def test_how_someone_signed_in_is_said_in_words(client):
    administrator = make_administrator(AdminRole.AUDIT)
    client.force_login(administrator)
    for how, words in (("password+mfa", "口令、二次验证"), ("direct", "注册"), ("code", "短信验证码")):
        audit.record("people.user.signed_in", subject=administrator, actor=administrator, at=NOON, how=how)
        entry = audit.history(administrator).order_by("-pk")[0]

        page = client.get(f"/admin/audit/entry/{entry.pk}/change/").content.decode()

        assert f"<dd>{words}</dd>" in page
