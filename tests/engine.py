"""Engines and a data folder for one test run, given up when it ends.

Every process of the run finds them in the environment, so xdist workers and
programs started by a test use what the first process started.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from portal.engines import database_url, redis_url
from portal.engines.postgres import Postgres
from portal.engines.processes import command_line
from portal.engines.valkey import Valkey

MARK = "PORTAL_TEST_RUN"
PREFIX = "portal-tests-"


def provide() -> None:
    """Set PORTAL_DATA, and DATABASE_URL and REDIS_URL where they are not set."""
    if MARK not in os.environ:
        _sweep_abandoned()
        data = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        os.environ[MARK] = os.environ["PORTAL_DATA"] = str(data)
        atexit.register(shutil.rmtree, data, ignore_errors=True)
        if not os.environ.get("DATABASE_URL"):
            _start(Postgres(data, durable=False))
            os.environ["DATABASE_URL"] = database_url(data)
        if not os.environ.get("REDIS_URL"):
            _start(Valkey(data))
            os.environ["REDIS_URL"] = redis_url(data)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.environ["REDIS_URL"] = _with_database(os.environ["REDIS_URL"], 1 + int(worker.removeprefix("gw")))


def _start(engine: Postgres | Valkey) -> None:
    atexit.register(engine.stop)
    engine.start()


def _with_database(url: str, number: int) -> str:
    """The same server with a database of the worker's own, so that caches do not meet."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return urlunsplit(parts._replace(path=f"/{number}"))
    query = dict(parse_qsl(parts.query)) | {"db": str(number)}
    return f"unix://{parts.path}?{urlencode(query)}"  # urlunsplit drops the empty host's slashes


def _sweep_abandoned() -> None:
    """Runs that were killed leave their engines; the folder's name says whose they were."""
    for data in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = data.name.removeprefix(PREFIX).split("-")[0]
        if data.stat().st_uid == os.getuid() and owner.isdigit() and "pytest" not in command_line(int(owner)):
            with contextlib.suppress(Exception):
                Postgres(data).stop()
                Valkey(data).stop()
            shutil.rmtree(data, ignore_errors=True)
