"""The links a document makes, within the site and out of it. Pure."""

from collections.abc import Iterator
from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value.strip() for name, value in attrs if name == "href" and value]


def addresses(body: str, own: str) -> Iterator[str]:
    """Paths of this site, each once; ``own`` is the site's own address, under which they may be written."""
    reader = _Reader()
    reader.feed(body)
    seen: set[str] = set()
    for href in reader.found:
        path = href.removeprefix(own.rstrip("/")) if href.startswith(own) else href
        if path.startswith("/") and not path.startswith("//") and path not in seen:
            seen.add(path)
            yield path


def outside_addresses(body: str, own: str) -> Iterator[str]:
    """Pages of other sites, each once, without what follows a #."""
    reader = _Reader()
    reader.feed(body)
    seen: set[str] = set()
    for href in reader.found:
        address = f"https:{href}" if href.startswith("//") else href
        address = address.partition("#")[0]
        if (
            address.lower().startswith(("http://", "https://"))
            and not address.startswith(own)
            and address not in seen
        ):
            seen.add(address)
            yield address
