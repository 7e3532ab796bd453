"""The default gateway: messages go to a file, one line each, where people and tests read them."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from portal.notices.gateways import Answer, Inquiry, Message, Outcome
from portal.notices.segments import signed


class ConsoleGateway:
    """Lines of JSON in ``DATA_DIR/outbox/sms.jsonl``: at, reference, to, text.

    A reference is written once, also across processes and after a kill in mid-line.
    """

    name = "console"
    by_template = False

    def __init__(self, folder: str = "") -> None:
        self.path = Path(folder or settings.DATA_DIR / "outbox") / "sms.jsonl"
        self._known: set[str] = set()
        self._read_to = 0

    def send_all(self, messages: Sequence[Message], until: float) -> list[Answer]:
        at = timezone.localtime().isoformat(timespec="seconds")
        lines = []
        with self._locked() as file:
            for message in messages:
                if message.reference not in self._known:
                    self._known.add(message.reference)
                    lines.append(_line(message, at))
            data = "".join(lines).encode()
            file.write(data)
            file.flush()
            self._read_to += len(data)
        return [Answer(Outcome.DELIVERED, "written")] * len(messages)

    def ask_all(self, inquiries: Sequence[Inquiry]) -> list[Answer]:
        with self._locked():
            seen = [inquiry.reference in self._known for inquiry in inquiries]
        return [Answer(Outcome.DELIVERED if known else Outcome.NEVER_SEEN) for known in seen]

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file at its end, alone, with every whole line known and a torn one cut off."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a+b") as file:  # noqa: PTH123 (append mode with lock)
            os.chmod(self.path, 0o600)  # noqa: PTH101
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.seek(0, os.SEEK_END) < self._read_to:  # somebody emptied it
                self._known.clear()
                self._read_to = 0
            file.seek(self._read_to)
            for line in file:
                if not line.endswith(b"\n"):
                    file.truncate(self._read_to)
                    break
                self._known.add(json.loads(line)["reference"])
                self._read_to += len(line)
            yield file


def _line(message: Message, at: str) -> str:
    text = signed(settings.SMS_SIGNATURE, message.text)
    entry = {"at": at, "reference": message.reference, "to": message.address, "text": text}
    return json.dumps(entry, ensure_ascii=False) + "\n"
