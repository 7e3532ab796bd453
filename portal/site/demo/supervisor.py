"""Engines and children of one data folder: started in order, watched, stopped in order."""

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TextIO

from portal.engines import EngineError
from portal.engines.postgres import Postgres
from portal.engines.processes import tail, wait_until
from portal.engines.valkey import Valkey
from portal.site.demo.children import Child, beat, web, worker

HOST = "127.0.0.1"
READY_SECONDS = 90
WATCH_SECONDS = 0.3
OURS = (
    "postgres",
    "postgres.new",
    "run",
    "logs",
    "media",
    "outbox",
    "ca",
    "children",
)  # what --fresh removes
MARKER = "demo.lock"


class DemoError(Exception):
    """The demo cannot start or go on; the text says why and what to do."""


class Stopped(BaseException):
    """Somebody asked the demo to stop: Ctrl-C, a service manager, a closed terminal."""


class Supervisor:
    """Everything that runs for one data folder. Use ``with``: leaving it stops all that was started."""

    def __init__(self, data: Path, *, database: bool, queue: bool) -> None:
        self.data = data
        self.postgres = Postgres(data) if database else None
        self.valkey = Valkey(data) if queue else None
        self.children: list[Child] = []
        self.lock: TextIO | None = None
        self.listener: socket.socket | None = None
        self.port = 0

    @property
    def engines(self) -> list[Postgres | Valkey]:
        return [engine for engine in (self.postgres, self.valkey) if engine is not None]

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_requested)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # impatience must not leave half of it running
        self.stop()

    def claim(self, port: int) -> int:
        """The data folder and the port for us alone; the port that was taken (0 asks for any free one)."""
        self.data.mkdir(parents=True, exist_ok=True)
        lock = (self.data / MARKER).open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            who = lock.read().strip() or "another process"
            lock.close()
            raise DemoError(
                f"A demo already runs on {self.data} ({who}). Stop it first, or name another folder with --data."
            ) from None
        self.lock = lock
        for child in (web(self.data, 0), worker(self.data), beat(self.data)):
            child.end_stale()
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.listener.bind((HOST, port))
        except OSError as refusal:
            raise DemoError(
                f"Port {port} cannot be used ({refusal.strerror}): stop what listens there, or choose another with --port."
            ) from None
        self.port = port = self.listener.getsockname()[1]
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, http://{HOST}:{port}")
        lock.flush()
        return port

    def wipe(self) -> None:
        """Back to an empty folder, except the keys this process has already read."""
        for engine in self.engines:
            engine.stop()
        for name in OURS:
            path = self.data / name
            target = path.resolve()
            if target.is_dir():
                shutil.rmtree(target)
            if path.is_symlink():
                path.unlink()

    def start_children(self) -> None:
        if self.listener is None:
            raise DemoError("The port is claimed before the web server starts.")
        self.children = [web(self.data, self.listener.fileno()), worker(self.data), beat(self.data)]
        for child in self.children:
            child.start()

    def wait_ready(self) -> None:
        """Until the web server answers and the worker has said that it is ready."""
        started = {child.name: child for child in self.children}

        def ready() -> bool:
            self.check()
            return self._web_answers() and b" ready." in started["worker"].log.read_bytes()

        if not wait_until(ready, READY_SECONDS):
            logs = "\n".join(f"{child.log}:\n{tail(child.log)}" for child in self.children)
            raise DemoError(f"Not ready after {READY_SECONDS} seconds.\n{logs}")

    def check(self) -> None:
        """Raises DemoError naming the first part that died, with the end of its log."""
        for child in self.children:
            if child.died():
                raise DemoError(child.obituary())
        for engine in self.engines:
            if engine.pid() is None:
                raise DemoError(f"{engine.name} died; the end of {engine.log} says:\n{tail(engine.log)}")

    def watch(self) -> None:
        """Returns never: raises Stopped when asked to stop, DemoError when a part dies."""
        while True:
            self.check()
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()
        for engine in reversed(self.engines):
            if self.lock is not None:
                with contextlib.suppress(EngineError):
                    engine.stop()
        if self.listener is not None:
            self.listener.close()
        if self.lock is not None:
            self.lock.close()

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _stop_requested(self, number: int, frame: FrameType | None) -> None:
        raise Stopped(signal.Signals(number).name)


@contextlib.contextmanager
def step(say: Callable[[str], None], text: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    begun = time.monotonic()
    say(f"{text} …")
    yield
    say(f"  done in {time.monotonic() - begun:.1f} s")
