"""The three programs of the portal as children of the demo command."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from portal.engines import digest
from portal.engines.processes import end, recorded_pid, tail

STOP_SECONDS = 12
WEB_WORKERS, WEB_THREADS = 2, 4


class Child:
    """A program with its log and its pid file; the pid file finds it again after we were killed."""

    def __init__(self, name: str, data: Path, command: list[str], keep: tuple[int, ...] = ()) -> None:
        self.name = name
        self.data = data
        self.command = command
        self.keep = keep
        self.log = data / "logs" / f"{name}.log"
        self.pid_file = data / "children" / f"{name}.pid"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.end_stale()
        for folder in (self.log.parent, self.pid_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"PORTAL_DATA": str(self.data), "PYTHONUNBUFFERED": "1"},
                pass_fds=self.keep,
                start_new_session=True,  # Ctrl-C reaches only the supervisor, which stops all in order
            )
        self.pid_file.write_text(f"{self.process.pid}\n")

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def obituary(self) -> str:
        status = self.process.returncode if self.process is not None else 0
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"{self.name} {how}; the end of {self.log} says:\n{tail(self.log)}"

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait for a graceful end; what is left of its group after that is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
        self.pid_file.unlink(missing_ok=True)

    def end_stale(self) -> None:
        """One left over from a supervisor that was killed holds the port, or works twice."""
        pid = recorded_pid(self.pid_file, mark(self.data))
        if pid is not None:
            end(pid, signal.SIGTERM, signal.SIGKILL, seconds=STOP_SECONDS)
        self.pid_file.unlink(missing_ok=True)


def mark(data: Path) -> str:
    """What the command line of each child bears, so that a stranger is never taken for one."""
    return f"portal-{digest(data)}"


def web(data: Path, listener: int) -> Child:
    """Gunicorn on a socket that is bound already, so that the port is ours from the first moment."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "portal.wsgi",
        f"--bind=fd://{listener}",
        f"--name={mark(data)}",
    ]
    command += [f"--workers={WEB_WORKERS}", "--worker-class=gthread", f"--threads={WEB_THREADS}"]
    command += ["--graceful-timeout=5", "--no-control-socket", "--log-level=info"]
    return Child("web", data, command, keep=(listener,))


def worker(data: Path) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--loglevel=info"]
    command += [f"--hostname={mark(data)}@localhost", "--without-gossip", "--without-mingle"]
    return Child("worker", data, command)


def beat(data: Path) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "beat", "--loglevel=info", "--pidfile="]
    return Child("beat", data, [*command, f"--schedule={data / 'children' / mark(data)}"])
