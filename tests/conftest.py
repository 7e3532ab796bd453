"""What every test may ask for."""

import asyncio
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker, Settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
)


# What takes minutes begins first: begun last, one process would wait for the other.
LONG = (
    "tests/journeys/",
    "tests/notices/test_chaos",
    "tests/test_access",
    "tests/site/test_staff_axe",
    "tests/test_bad_input",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything that asks for a browser bears the mark, so that it can be left out by name."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    for item in items:
        if {"browser", "page", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@contextmanager
def _no_loop_left_running(item: pytest.Item) -> Iterator[None]:
    """Playwright's loop runs in the test's thread from the first browser test to the last.

    Code that starts a loop of its own (signing a paper) is refused as long as one runs; tests without
    a browser are not to depend on whether one with a browser came before.
    """
    loop = None if item.get_closest_marker("browser") else asyncio.events._get_running_loop()
    if loop is None:
        yield
        return
    asyncio.events._set_running_loop(None)
    try:
        yield
    finally:
        asyncio.events._set_running_loop(loop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    with _no_loop_left_running(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with _no_loop_left_running(item):
        return (yield)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database is put in place beforehand, see ``tests.database``."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database of this process's own, with all tables, before Django looks for it."""
    from django.db import connection

    from tests import database

    name = connection.creation._get_test_db_name()
    with django_db_blocker.unblock():
        database.prepare(name)
    yield
    with django_db_blocker.unblock():
        connection.close()
        database.drop(name)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The machine's own chromium; without one a browser test is skipped, in CI it fails."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    if os.environ.get("CI") == "true":
        pytest.fail("CI=true, and no chromium on PATH: apt-get install chromium fonts-noto-cjk")
    pytest.skip("no chromium on PATH (apt-get install chromium fonts-noto-cjk)")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> Iterator[dict[str, object]]:
    """Launch options of pytest-playwright: its ``browser`` and ``page`` use the machine's chromium."""
    yield {"executable_path": chromium, "args": list(QUIET), "headless": True}


@pytest.fixture(autouse=True)
def own_cache(settings: Settings) -> None:
    """Each test begins with an empty cache, on the real engine, whoever else is using it."""
    fresh = {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}
    settings.CACHES = {"default": fresh}
