"""The portal beside a plain Wagtail site with the same documents: the same list, page and search.

Wagtail is none of the portal's requirements: ``bench --peer PYTHON`` names an interpreter that has it,
and without one these rows are left out.
"""

import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from portal.search import workflow as search
from portal.site.bench import documents as rows_of_search
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places, create
from portal.site.bench.rows import catalogue
from portal.site.bench.sizes import Size
from portal.site.bench.words import words
from portal.site.seeding.texts import texts

PROGRAM = Path("docs", "peer", "program.py")
TOPICS = 22
_running: dict[str, "Peer"] = {}


class Peer:
    """The other site in a process of its own, with a database of its own on the same engine."""

    def __init__(self, python: str, total: int) -> None:
        database = connection.settings_dict
        name = f"{database['NAME']}_peer"
        create(name)
        host = database["OPTIONS"].get("host") or database["HOST"]
        port = database["OPTIONS"].get("port") or database["PORT"]
        who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@{quote(host, safe='')}:{port}"
        self.process = subprocess.Popen(  # noqa: S603 (an interpreter named on the command line)
            [python, settings.BASE_DIR / PROGRAM, f"postgresql://{who}/{name}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as lines:
            for each in texts(0, total):
                row = {"title": each.title, "body": each.body, "on": each.on, "topic": each.number % TOPICS}
                lines.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            lines.flush()
            self.loaded = self.order("load", file=lines.name)

    def order(self, do: str, **more: Any) -> Any:
        """Raises RuntimeError when the other side has ended."""
        assert self.process.stdin is not None and self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        if not told:
            raise RuntimeError("The peer has ended; what it said stands above.")
        return json.loads(told)


def peer_of(places: Places, size: Size) -> Peer:
    if places.peer not in _running:
        _running[places.peer] = Peer(places.peer, size.documents)
    return _running[places.peer]


def beside(what: str, places: Places, size: Size) -> Pair:
    """A list or a document's page of each."""
    catalogue.fill(places, size)
    peer, paths = peer_of(places, size), catalogue.visits(what, size)
    return Pair(
        reference=lambda: peer.order(what, count=len(paths))["seconds"],
        candidate=catalogue.reading(paths),
        check=lambda: _told(peer, size),
    )


def searches(places: Places, size: Size) -> Pair:
    """The pages of results for the same words, common and middling."""
    rows_of_search.fill(size.documents)
    peer = peer_of(places, size)
    asked = words("common", size.words) + words("middling", size.words)

    def check() -> str:
        theirs = peer.order("found", words=asked)["found"]
        ours = [search.find(word) for word in asked]
        assert all(found.count for found in ours)  # noqa: S101
        hits = sum(found.count for found in ours)
        return (
            f"{len(asked)} words that stand in the documents: found {len(asked)} with {hits:,} hits, "
            f"by Wagtail {sum(map(bool, theirs))} with {sum(theirs):,}; {_told(peer, size)}"
        )

    return Pair(
        reference=lambda: peer.order("search", count=len(asked), words=asked)["seconds"],
        candidate=catalogue.reading([f"/search/?q={quote(word)}" for word in asked]),
        check=check,
    )


def _told(peer: Peer, size: Size) -> str:
    assert peer.loaded["documents"] == size.documents  # noqa: S101
    return f"Wagtail {peer.loaded['version']} with the same {size.documents:,} documents"


ROWS = (
    (Row("peer-list", "文件列表与Wagtail", "Wagtail's list, with count and facets", catalogue.LIST, Sense.FASTER, 5), partial(beside, "list")),
    (Row("peer-detail", "文件页与Wagtail", "Wagtail's page", f"{catalogue.LIST}<key>/", Sense.FASTER, None), partial(beside, "detail")),
    (Row("peer-search", "检索与Wagtail", "Wagtail's search page", "/search/?q=", Sense.FASTER, 50), searches),
)  # fmt: skip
