"""The one command: it starts, says so, stops whole, and comes back."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.engines.processes import command_line, wait_until
from portal.site.demo.supervisor import DemoError, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120


class Run:
    """A demo as a person would start it."""

    def __init__(self, data: Path, *options: str) -> None:
        skipped = ("DATABASE_URL", "REDIS_URL", "PORTAL_DATA", "DJANGO_SETTINGS_MODULE")
        environment = {key: value for key, value in os.environ.items() if key not in skipped}
        self.data = data
        self.output = data.with_name(f"output-{time.monotonic_ns()}")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", "0", "--data", str(data), *options],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_ready(self) -> str:
        """The address it printed."""
        assert wait_until(lambda: "Ready: " in self.said or self.process.poll() is not None, SECONDS)
        found = re.search(r"^Ready: (http://127\.0\.0\.1:\d+)$", self.said, re.MULTILINE)
        assert found, self.said
        return found[1]

    def child(self, name: str) -> int:
        return int((self.data / "children" / f"{name}.pid").read_text())

    def end(self) -> int:
        return self.process.wait(SECONDS)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-demo-"))
    yield folder / "data"
    shutil.rmtree(folder)


def still_running(data: Path) -> list[str]:
    commands = [command_line(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [command for command in commands if str(data) in command]


def test_the_demo_starts_stops_whole_and_comes_back_after_any_death(data: Path):
    run = Run(data)
    try:
        address = run.wait_ready()
        with urllib.request.urlopen(f"{address}/healthz") as answer:
            assert answer.status == 200
        assert re.search(r"window +\S+ +[A-Z2-7]{32}$", run.said, re.MULTILINE)

        os.kill(run.child("worker"), signal.SIGKILL)

        assert run.end() == 1
        assert "worker was killed by signal 9; the end of " in run.said
        assert wait_until(lambda: still_running(data) == [], 10), still_running(data)

        run = Run(data)
        run.wait_ready()
        os.kill(run.process.pid, signal.SIGKILL)
        run.end()
        orphan = run.child("web")
        assert command_line(orphan)

        begun = time.monotonic()
        run = Run(data)
        run.wait_ready()
        assert time.monotonic() - begun < 60
        assert not command_line(orphan)

        run.process.send_signal(signal.SIGINT)
        assert run.end() == 0
        assert "Stopped (SIGINT)." in run.said
        assert wait_until(lambda: still_running(data) == [], 10), still_running(data)
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.end()


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
