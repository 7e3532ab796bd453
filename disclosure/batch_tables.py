"""The table and the files a batch came with. Reads only."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.files.storage import default_storage

from disclosure.batch_rows import HEADINGS
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


def faulty_table(batch: ImportBatch) -> Iterator[list[str]]:
    """The rows that were not taken, as they came, each with what to mend: to be corrected and sent again."""
    wrong: dict[int, list[str]] = {}
    for row, field, message in batch.faults.order_by("row", "pk").values_list("row", "field", "message"):
        wrong.setdefault(row, []).append(f"{field}：{message}")
    headings = [name for name in headings_of(batch) if name in HEADINGS]
    yield [*headings, "行号", "问题"]
    for number, cells in cells_of(batch):
        if number in wrong:
            yield [*(cells.get(name) or "" for name in headings), str(number), "；".join(wrong[number])]
