"""The demo city as a person starts it: its own engines, web server, worker and beat."""

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal import engines

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 420  # seconds; a machine that runs two test workers beside it is slow
ENGINE_VARIABLES = ("DATABASE_URL", "REDIS_URL", "PORTAL_DATA", "DJANGO_SETTINGS_MODULE")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class City:
    process: subprocess.Popen[str]
    data: Path
    base: str
    printed: str
    told: set[str] = field(default_factory=set)

    @property
    def environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if key not in ENGINE_VARIABLES}
        return clean | {"PORTAL_DATA": str(self.data)}

    @property
    def dsn(self) -> str:
        return f"dbname=portal user=portal host={engines.socket_folder(self.data)}"

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def account(self, name: str) -> tuple[str, str]:
        """Password and second-factor secret of a member of staff, as printed."""
        found = re.search(rf"\s{name}\s+(\S+)\s+([A-Z2-7]{{32}})", self.printed)
        assert found, self.printed
        return found.group(1), found.group(2)

    def messages(self) -> list[dict[str, str]]:
        outbox = self.data / "outbox" / "sms.jsonl"
        return [json.loads(line) for line in outbox.read_text().splitlines()] if outbox.exists() else []

    def message_to(self, phone: str, word: str, *, within: float = 60) -> str:
        """The next message to this phone that holds the word; fails when none comes."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for message in self.messages():
                if (
                    message["to"] == phone
                    and word in message["text"]
                    and message["reference"] not in self.told
                ):
                    self.told.add(message["reference"])
                    return message["text"]
            time.sleep(0.5)
        raise AssertionError(f"no message with {word} to {phone}")

    def child(self, name: str) -> int:
        return int((self.data / "children" / f"{name}.pid").read_text())

    def end(self) -> tuple[int, str]:
        """How it ended, and what it said since it was ready."""
        assert self.process.stdout
        with self.process.stdout as said:
            return self.process.wait(timeout=60), said.read()

    def start_again(self) -> None:
        """The same command on the same data, whatever became of the one before."""
        if self.process.stdout:
            self.process.stdout.close()
        again = start(self.data)
        self.process, self.base, self.printed = again.process, again.base, again.printed

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def start(data: Path) -> City:
    """Run ``manage.py demo`` and wait for its line ``Ready:`` and the accounts under it."""
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if key not in ENGINE_VARIABLES}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port), "--data", str(data)],
        cwd=ROOT, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    printed, until = [], time.monotonic() + READY_WITHIN
    assert process.stdout
    for line in process.stdout:
        printed.append(line)
        if "Ctrl-C" in line:
            break
        if time.monotonic() > until:
            process.send_signal(signal.SIGINT)
            raise AssertionError("the demo was not ready in time:\n" + "".join(printed))
    text = "".join(printed)
    assert f"Ready: http://127.0.0.1:{port}" in text, text
    return City(process, data, f"http://127.0.0.1:{port}", text)


def one_time_code(secret: str) -> str:
    """The six digits an authenticator app would show now (RFC 6238)."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(time.time() // 30)), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"
