"""Parts of pages that are the same for every reader, kept in the memory of each process."""

import sys
import threading
from collections import OrderedDict

from django.conf import settings

from disclosure.catalogue.marks import Mark

Name = tuple[str, ...]
Parts = dict[str, str]
LARGEST = 16  # a page that would fill more than this part of the shelf is set anew each time


class Shelf:
    """Up to ``KEPT_PAGES_BYTES`` of set pages, each under its name with the mark it was set by."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[Name, tuple[Mark, Parts, int]] = OrderedDict()
        self.size = 0

    def find(self, name: Name, mark: Mark) -> Parts | None:
        """The page as it is now; nothing when it was set by any other mark, newer or older."""
        with self._lock:
            found = self._pages.get(name)
            if found is None or found[0] != mark or not settings.KEPT_PAGES_BYTES:
                return None
            self._pages.move_to_end(name)
            return found[1]

    def keep(self, name: Name, mark: Mark, parts: Parts) -> None:
        """What was asked for longest ago makes room."""
        most: int = settings.KEPT_PAGES_BYTES
        size = sum(sys.getsizeof(part) for part in (*name, *parts.values()))
        with self._lock:
            self._drop(name)
            if size * LARGEST > most:
                return
            self._pages[name] = (mark, parts, size)
            self.size += size
            while self.size > most:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0

    def _drop(self, name: Name) -> None:
        _, _, size = self._pages.pop(name, ((), {}, 0))
        self.size -= size


shelf = Shelf()
