"""The tables of a test run: made once by the migrations, copied for each process, kept for the next run.

The migrations themselves run whenever one of them, a trigger or a pinned library has changed, and in
every run on an engine that is not the project's own.
"""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pgtrigger
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from portal.engines.postgres import wheel_binaries

TEMPLATE = "portal_template"
KEPT_RUNS = 3


@contextmanager
def _alone() -> Iterator[None]:
    with Path(os.environ["PORTAL_DATA"], "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(name: str) -> None:
    """A fresh database of that name with all tables, as a copy of the run's template."""
    with _alone():
        with _server() as server:
            server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
            is_made = server.fetchone() is not None and _is_of_this_run()
        if not is_made:
            _make_template()
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')


def drop(name: str) -> None:
    with _alone(), _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _is_of_this_run() -> bool:
    return Path(os.environ["PORTAL_DATA"], "template.made").exists()


@contextmanager
def _server() -> Iterator[psycopg2.extensions.cursor]:
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    parameters = {
        key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters
    }
    session = psycopg2.connect(**parameters)
    session.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    try:
        with session.cursor() as cursor:
            yield cursor
    finally:
        session.close()


def _make_template() -> None:
    with _server() as server:
        server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {TEMPLATE}")
    kept = _kept()
    if kept is None or not kept.exists() or not _restore(kept):
        _migrate()
        if kept is not None:
            _keep(kept)
    Path(os.environ["PORTAL_DATA"], "template.made").touch()


def _migrate() -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = TEMPLATE
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _kept() -> Path | None:
    """Where the tables of this state of the sources are kept; nowhere for a foreign engine."""
    if "portal-tests-" not in os.environ["DATABASE_URL"]:
        return None
    state = hashlib.sha256()
    for path in sorted(settings.BASE_DIR.glob("*/migrations/*.py")) + sorted(
        settings.BASE_DIR.glob("portal/*/migrations/*.py")
    ):
        state.update(path.read_bytes())
    state.update((settings.BASE_DIR / "requirements.txt").read_bytes())
    for model, trigger in pgtrigger.registered():
        state.update(trigger.compile(model).install_sql.encode())
    folder = Path(tempfile.gettempdir(), f"portal-test-tables-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{state.hexdigest()[:32]}.dump"


def _program(name: str, *arguments: str) -> bool:
    binaries = wheel_binaries()
    if binaries is None:
        return False
    parameters = connection.get_connection_params()
    asked = [str(binaries / name), "-h", parameters["host"], "-U", parameters["user"], *arguments]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _restore(kept: Path) -> bool:
    if _program("pg_restore", "--no-owner", "--exit-on-error", "-d", TEMPLATE, str(kept)):
        return True
    kept.unlink(missing_ok=True)
    with _server() as server:
        server.execute(f"DROP DATABASE {TEMPLATE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {TEMPLATE}")
    return False


def _keep(kept: Path) -> None:
    """The tables without their rows: what is loaded after a migration is loaded anew in each run."""
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = TEMPLATE
    try:
        loaded = set(connection.introspection.table_names()) - {"django_migrations"}
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    left_out = [f"--exclude-table-data=public.{name}" for name in sorted(loaded)]
    partial = kept.with_suffix(f".{os.getpid()}")
    if _program("pg_dump", "-Fc", "-Z1", *left_out, "-f", str(partial), TEMPLATE):
        partial.replace(kept)
    older = sorted(kept.parent.glob("*.dump"), key=lambda path: path.stat().st_mtime)[:-KEPT_RUNS]
    for path in older:
        path.unlink(missing_ok=True)
