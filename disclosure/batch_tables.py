"""The tables that batches come in: CSV as systems write it and as a spreadsheet saves it. Reads only."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.storage import default_storage

from disclosure.batch_rows import HEADINGS
from disclosure.models import ImportBatch
from portal.papers.intake import MAX_BYTES
from portal.refusals import RuleBroken

Files = Callable[[str], bytes | None]


def no_files(name: str) -> bytes | None:
    return None


def _open(batch: ImportBatch) -> io.TextIOWrapper:
    """The table as text: UTF-8, or what Excel saves in Chinese. Raises RuleBroken for neither."""
    raw = default_storage.open(batch.table, "rb")
    encoding = "utf-8-sig"
    try:
        head = raw.read(1_000_000)
        # a cut character at the end of the sample is no reason to call it something else
        head[: head.rfind(b"\n") + 1 or None].decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
    raw.seek(0)
    return io.TextIOWrapper(raw, encoding=encoding, newline="", errors="replace")


def _reader(text: io.TextIOWrapper) -> csv.DictReader:
    csv.field_size_limit(4_000_000)
    return csv.DictReader(text)


def headings_of(batch: ImportBatch) -> list[str]:
    with _open(batch) as text:
        try:
            return [name.strip() for name in _reader(text).fieldnames or []]
        except csv.Error as unreadable:
            raise RuleBroken(
                "这不是CSV表格，请在Excel中另存为CSV（逗号分隔）后上传。", field="table"
            ) from unreadable


def cells_of(batch: ImportBatch) -> Iterator[tuple[int, dict[str, Any]]]:
    """Row number as a spreadsheet shows it (headings are row 1), and its cells."""
    with _open(batch) as text:
        reader = _reader(text)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
        yield from enumerate(reader, start=2)


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
