"""The embedded PostgreSQL and Valkey that serve where no other engine is configured.

Plain Python without Django: settings, the demo command and the tests use it.
"""

import hashlib
import os
import tempfile
from pathlib import Path

SOCKET_PATH_LIMIT = 90  # sockaddr_un holds 107 bytes, and PostgreSQL adds its file name


def socket_folder(data: Path) -> Path:
    """Where the engines of this data folder listen; the same answer in every process."""
    folder = data / "run"
    if len(os.fsencode(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{digest}"


def database_url(data: Path) -> str:
    return f"postgres://portal@/portal?host={socket_folder(data)}"


def redis_url(data: Path) -> str:
    return f"unix://{socket_folder(data)}/valkey.sock?db=0"
