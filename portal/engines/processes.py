"""Processes as the engines and the demo see them: by id, by command line, by log."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

POLL_SECONDS = 0.05


def command_line(pid: int) -> str:
    """The command line of a live process; empty for one that is gone or a zombie."""
    proc = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    listing = subprocess.run(  # macOS has no /proc
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return listing.stdout.strip()


def recorded_pid(path: Path, *marks: str) -> int | None:
    """The process a pid file names, if it lives and its command line bears every mark.

    A pid file outlives a killed process, and its number may belong to a stranger by now.
    """
    try:
        pid = int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    command = command_line(pid)
    return pid if command and all(mark in command for mark in marks) else None


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def end(
    pid: int, *signals: signal.Signals, seconds: float, child: subprocess.Popen[bytes] | None = None
) -> bool:
    """Send each signal in turn until the process is gone, waiting so long after each."""

    def gone() -> bool:
        if child is not None and child.pid == pid:
            return child.poll() is not None
        with contextlib.suppress(ChildProcessError):  # a child of ours stays a zombie until reaped
            os.waitpid(pid, os.WNOHANG)
        return not command_line(pid)

    for number in signals:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(gone, seconds):
            return True
    return False


def tail(log: Path, lines: int = 12) -> str:
    """The end of a log, for a message that says why something died."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])
