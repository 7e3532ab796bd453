"""The next made ready while this one is stored: reading and encrypting beside the database's own work."""

from collections.abc import Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
LOOK = 0.2  # seconds between looks whether the other side is still there


def ahead(things: Iterator[T], depth: int = 2) -> Iterator[T]:
    """The same, made in a thread of its own, at most ``depth`` of them waiting. It must not touch the database."""
    made: Queue[tuple[str, Any]] = Queue(depth)
    over = Event()

    def put(what: str, thing: Any) -> bool:
        while not over.is_set():
            try:
                made.put((what, thing), timeout=LOOK)
                return True
            except Full:
                continue
        return False

    def work() -> None:
        try:
            for thing in things:
                if not put("one", thing):
                    return
        except BaseException as failure:
            put("failed", failure)
        else:
            put("end", None)

    worker = Thread(target=work, daemon=True)
    worker.start()
    try:
        while True:
            try:
                what, thing = made.get(timeout=LOOK)
            except Empty:
                continue
            if what == "end":
                return
            if what == "failed":
                raise thing
            yield thing
    finally:
        over.set()
        worker.join()
