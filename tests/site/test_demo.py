"""The one command: what it refuses, and with which words. That it starts is tests/journeys."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.site.demo.supervisor import DemoError, Supervisor

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-demo-"))
    yield folder / "data"
    shutil.rmtree(folder)


def test_without_a_running_engine_a_command_says_what_to_start(data: Path):
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")
    }
    environment |= {"PORTAL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    run = subprocess.run(
        [sys.executable, "manage.py", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert (
        run.stderr.strip().splitlines()[-1].startswith("The embedded database is not running: start it with")
    )
    assert "Traceback" not in run.stderr


def test_a_taken_port_is_refused_with_a_way_out(data: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        supervisor = Supervisor(data, database=False, queue=False)
        with pytest.raises(DemoError, match=f"Port {port} cannot be used.*--port"):
            supervisor.claim(port)
        supervisor.stop()


def test_two_demos_on_one_folder_are_refused(data: Path):
    first, second = (Supervisor(data, database=False, queue=False) for _ in range(2))
    port = first.claim(0)
    try:
        with pytest.raises(DemoError, match=f"already runs on .*127.0.0.1:{port}"):
            second.claim(0)
    finally:
        first.stop()


def test_fresh_removes_what_the_demo_made_and_nothing_else(data: Path):
    supervisor = Supervisor(data, database=True, queue=True)
    supervisor.claim(0)
    (data / "media").mkdir()
    (data / "media" / "old.pdf").touch()
    (data / "notes.txt").touch()
    supervisor.wipe()
    supervisor.stop()
    assert sorted(path.name for path in data.iterdir()) == ["demo.lock", "notes.txt"]
