"""HTTP as the gateways need it: what was certainly not sent is told from what may have been."""

import http.client
import select
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.notices.gateways import Answer, Inquiry, Message, Outcome

Asked = TypeVar("Asked", Message, Inquiry)
LONGEST_REPLY = 1_000_000


class NotSent(Exception):
    """No connection came about: nothing of the request left this house."""


class NoAnswer(Exception):
    """The request left, and no whole answer came back."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes


class Lines:
    """Connections to one server, kept for the length of a batch and lent to one thread at a time."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ImproperlyConfigured(f"a gateway needs an http(s) address, not {url!r}")
        self.host = parts.hostname
        self.netloc = parts.netloc
        self.path = parts.path.rstrip("/")
        self._port = parts.port
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._timeout = timeout
        self._idle: SimpleQueue[http.client.HTTPConnection] = SimpleQueue()

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Raises NotSent or NoAnswer; any status is a Reply."""
        line = self._line()
        try:
            line.request(method, target, body, headers)
            answer = line.getresponse()
            content = answer.read(LONGEST_REPLY)
        except (OSError, http.client.HTTPException) as fault:
            line.close()
            raise NoAnswer(f"{type(fault).__name__}: {fault}") from fault
        if answer.will_close or not answer.isclosed():
            line.close()
        else:
            self._idle.put(line)
        return Reply(answer.status, content)

    def close(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _line(self) -> http.client.HTTPConnection:
        while True:
            try:
                line = self._idle.get_nowait()
            except Empty:
                break
            # An idle line that has something to read has been closed by the other side.
            if line.sock is not None and not select.select([line.sock], [], [], 0)[0]:
                return line
            line.close()
        line = self._kind(self.host, self._port, timeout=self._timeout)
        try:
            line.connect()
        except OSError as fault:
            raise NotSent(f"{type(fault).__name__}: {fault}") from fault
        return line


class WebGateway:
    """What the HTTP gateways share: several lines at once, and faults read as outcomes.

    ``timeout`` is in seconds, for connecting and for each wait for bytes; ``lanes`` is how many
    messages are under way at a time.
    """

    name = ""
    by_template = False

    def __init__(self, url: str, *, timeout: float = 10.0, lanes: int = 8) -> None:
        if timeout > settings.NOTICE_LEASE / 4:
            raise ImproperlyConfigured(
                f"a gateway time-out of {timeout} s needs a NOTICE_LEASE of at least {4 * timeout:.0f} s"
            )
        self.lines = Lines(url, timeout)
        self.lanes = lanes

    def send(self, message: Message) -> Answer:
        """May raise NotSent and NoAnswer."""
        raise NotImplementedError

    def ask(self, inquiry: Inquiry) -> Answer:
        """May raise NotSent and NoAnswer."""
        raise NotImplementedError

    def send_all(self, messages: Sequence[Message], until: float) -> list[Answer]:
        def one(message: Message) -> Answer:
            if time.monotonic() > until:
                return Answer(Outcome.UNTRIED)
            try:
                return self.send(message)
            except NotSent as fault:
                return Answer(Outcome.NOT_SENT, "no_connection", str(fault)[:300])
            except (NoAnswer, ValueError, LookupError) as fault:  # silence, or an answer beyond reading
                return Answer(Outcome.UNKNOWN, "no_answer", str(fault)[:300])

        return self._each(one, messages)

    def ask_all(self, inquiries: Sequence[Inquiry]) -> list[Answer]:
        def one(inquiry: Inquiry) -> Answer:
            try:
                return self.ask(inquiry)
            except (NotSent, NoAnswer, ValueError, LookupError) as fault:
                return Answer(Outcome.UNTOLD, "no_answer", str(fault)[:300])

        return self._each(one, inquiries)

    def _each(self, one: Callable[[Asked], Answer], things: Sequence[Asked]) -> list[Answer]:
        try:
            if len(things) < 2 or self.lanes < 2:
                return [one(thing) for thing in things]
            with ThreadPoolExecutor(min(self.lanes, len(things))) as lanes:
                return list(lanes.map(one, things))
        finally:
            self.lines.close()
