"""The table and the files a batch came with. Reads only."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.files.storage import default_storage

from disclosure.models import ImportBatch
from portal.papers import tables
from portal.papers.intake import MAX_BYTES

Files = Callable[[str], bytes | None]


def no_files(name: str) -> bytes | None:
    return None


def headings_of(batch: ImportBatch) -> list[str]:
    return tables.headings_of(batch.table)


def cells_of(batch: ImportBatch) -> Iterator[tuple[int, dict[str, str]]]:
    return tables.cells_of(batch.table)


@contextmanager
def files_of(batch: ImportBatch, given: Files | None) -> Iterator[Files]:
    """Look-up by name: what was handed in, else the batch's archive, whatever folder of it the file lies in."""
    if given is not None or not batch.files:
        yield given or no_files
        return
    with default_storage.open(batch.files, "rb") as kept, zipfile.ZipFile(kept) as archive:
        names = {info.filename.rsplit("/", 1)[-1]: info for info in archive.infolist() if not info.is_dir()}

        def find(name: str) -> bytes | None:
            info = names.get(name.rsplit("/", 1)[-1])
            if info is None:
                return None
            with archive.open(info) as member:  # read only a little further than an upload may be large
                return member.read(MAX_BYTES + 1)

        yield find
