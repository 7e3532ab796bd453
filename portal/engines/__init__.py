"""The embedded PostgreSQL and Valkey that serve where no other engine is configured.

Plain Python without Django: settings, the demo command and the tests use it.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET_PATH_LIMIT = 90  # sockaddr_un holds 107 bytes, and PostgreSQL adds its file name
PORT = 5432  # only names the socket file; no engine listens on the network
SCRATCH = Path("/tmp")  # noqa: S108 - not $TMPDIR: every process must come to the same folder


class EngineError(Exception):
    """An engine that cannot be started or stopped; the text says why and what to do."""


def digest(data: Path) -> str:
    """A short name for a data folder, safe in file and process names."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]


def socket_folder(data: Path) -> Path:
    """Where the engines of this data folder listen; the same answer in every process."""
    folder = data / "run"
    if len(os.fsencode(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    return SCRATCH / f"portal-{os.getuid()}-{digest(data)}"


def database_url(data: Path) -> str:
    return f"postgres://portal@/portal?host={quote(str(socket_folder(data)))}&port={PORT}"


def redis_url(data: Path) -> str:
    return f"unix://{quote(str(socket_folder(data)))}/valkey.sock?db=0"


def broker_url(redis: str) -> str:
    """The same server as Celery spells it: a unix socket has a scheme of its own there."""
    url = urlsplit(redis)
    if url.scheme != "unix":
        return redis
    database = parse_qs(url.query).get("db", ["0"])[0]
    return f"redis+socket://{url.path}?virtual_host={database}"


def named_data(arguments: Sequence[str]) -> Path | None:
    """The folder that ``--data DIR`` or ``--data=DIR`` names, made absolute."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--data="):
            return Path(argument.removeprefix("--data=")).expanduser().resolve()
        if argument == "--data" and place + 1 < len(arguments):
            return Path(arguments[place + 1]).expanduser().resolve()
    return None


def unreachable(failure: BaseException) -> bool:
    """Whether a driver's error means that no server listens, rather than a server that objects."""
    said = str(failure).lower()
    signs = (
        "connection refused",
        "no such file or directory",
        "is the server running",
        "errno 2",
        "errno 111",
    )
    return any(sign in said for sign in signs)
