"""Asking other sites whether a page is there: politely, briefly, and never anything within the house.

The address a name stands for is looked up once, judged, and then spoken to by number, so that a name
cannot come to mean an internal machine between the two.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from django.conf import settings
from django.core.cache import cache

TIMEOUT = 8.0  # seconds for each connection and answer
MOST_REDIRECTS = 4
PAUSE = 1.0  # seconds between two questions to one site
PORTS = {"http": 80, "https": 443}
# Answers of sites that do not like the question; asked again as a browser asks for a page.
DISLIKES_HEAD = {400, 401, 403, 405, 406, 429, 500, 501, 502, 503}
UNREACHABLE = 0
AGENT = "ShifanLinkCheck"  # the name a robots.txt may give rules to
ROBOTS_SECONDS = 86_400  # as long as RFC 9309 lets a copy be used
ROBOTS_BYTES = 512 * 1024  # and as much of it as has to be read
NOBODY = "User-agent: *\nDisallow: /"


class NotThere(Exception):
    """The question could not be asked; says why in the words of the desk."""


@dataclass(frozen=True)
class Answer:
    """``status`` is 0 when there was none; ``words`` say what happened. Not ``is_known``: the site was not asked."""

    status: int
    words: str
    is_known: bool = True

    @property
    def is_broken(self) -> bool:
        """Gone or not to be reached. A site that refuses programs may well open for people."""
        return self.is_known and (self.status in (UNREACHABLE, 404, 410) or self.status >= 500)


def is_public(address: str, port: int) -> bool:
    """Whether an address belongs to the open network and the port to the web."""
    number = ipaddress.ip_address(address)
    mapped = getattr(number, "ipv4_mapped", None)
    return (mapped or number).is_global and not number.is_multicast and port in PORTS.values()


@dataclass
class Asker:
    """Asks one address after the other; a site at most once a ``pause``."""

    may: Callable[[str, int], bool] = is_public
    pause: float = PAUSE
    timeout: float = TIMEOUT
    asked: dict[str, float] = field(default_factory=dict)

    def __call__(self, address: str) -> Answer:
        try:
            return self._follow(address)
        except NotThere as reason:
            return Answer(UNREACHABLE, str(reason))

    def _follow(self, address: str) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            parts = _split(address)
            if not self._is_welcome(parts, address):
                return Answer(UNREACHABLE, "网站声明不许程序访问，没有查看", is_known=False)
            status, elsewhere, _ = self._ask("HEAD", parts)
            if status in DISLIKES_HEAD:
                status, elsewhere, _ = self._ask("GET", parts)
            if status not in (301, 302, 303, 307, 308) or not elsewhere:
                return Answer(status, f"应答{status}")
            address = urljoin(address, elsewhere)
        raise NotThere("转来转去没有尽头")

    def _is_welcome(self, parts: SplitResult, address: str) -> bool:
        """What the site's robots.txt says of this page, asked once a day for each site."""
        site = f"{parts.scheme}://{parts.netloc}"
        rules = cache.get(key := f"robots:{site}")
        if rules is None:
            rules = self._robots(f"{site}/robots.txt")
            cache.set(key, rules, ROBOTS_SECONDS)
        reader = RobotFileParser()
        reader.parse(rules.splitlines())
        return reader.can_fetch(AGENT, address)

    def _robots(self, address: str) -> str:
        """The file; nothing where there is none, and a ban where the site fails to tell (RFC 9309, 2.3.1)."""
        for _ in range(MOST_REDIRECTS + 1):
            status, elsewhere, body = self._ask("GET", _split(address), most=ROBOTS_BYTES)
            if status not in (301, 302, 303, 307, 308) or not elsewhere:
                break
            address = urljoin(address, elsewhere)
        if status >= 500:
            return NOBODY
        return body.decode("utf-8", errors="replace") if status == 200 else ""

    def _ask(self, method: str, parts: SplitResult, *, most: int = 0) -> tuple[int, str, bytes]:
        """Status, where it is now, and up to ``most`` bytes of the answer."""
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        wait = self.asked.get(host, 0.0) + self.pause - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        connection = self._connection(parts.scheme, host, port)
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{quote(parts.query, safe='/%:@!$&()*+,;=?~-._')}" if parts.query else ""
        )
        name = host if parts.port is None else f"{host}:{port}"
        try:
            connection.request(
                method, target, headers={"Host": name, "User-Agent": _agent(), "Connection": "close"}
            )
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or "", self._read(answer, most)
        except TimeoutError:
            raise NotThere("超过时间没有应答") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise NotThere("应答中断或者无法读取") from None
        finally:
            self.asked[host] = time.monotonic()
            connection.close()

    def _read(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        """A site that sends drop by drop is left alone after the time of one answer."""
        read, until = bytearray(), time.monotonic() + self.timeout
        while len(read) < most and time.monotonic() < until and (part := answer.read1(most - len(read))):
            read += part
        return bytes(read)

    def _connection(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """Connected to the one address that was judged."""
        number = self._number(host, port)
        try:
            plain = socket.create_connection((number, port), timeout=self.timeout)
        except TimeoutError:
            raise NotThere("超过时间没有应答") from None
        except OSError:
            raise NotThere("连接不上") from None
        connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
        connection.sock = plain
        if scheme == "https":
            try:
                connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            except OSError:
                plain.close()
                raise NotThere("安全证书不被信任") from None
        return connection

    def _number(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotThere("找不到这个域名") from None
        numbers = [str(entry[4][0]).partition("%")[0] for entry in found]
        if not numbers or not all(self.may(number, port) for number in numbers):
            raise NotThere("指向内部网络或者不是网页端口，没有访问")
        return min(numbers, key=lambda number: ":" in number)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotThere("地址写错") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or port == 0:
        raise NotThere("地址写错")
    return parts


def _agent() -> str:
    """Says who asks and where to complain."""
    return f"Mozilla/5.0 (compatible; {AGENT}/1.0; +{settings.PUBLIC_URL}/mistakes/)"
