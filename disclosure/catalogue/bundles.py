"""Several files in one ZIP, as they are, under names that do not collide."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import IO

from django.core.files.storage import default_storage

from disclosure.models import DocumentFile
from portal.refusals import RuleBroken

IN_MEMORY = 2**20


def bundle(files: Iterable[DocumentFile]) -> IO[bytes]:
    """An open ZIP at its beginning. Call only for files the reader may have.

    Raises RuleBroken when the bytes of one are lost.
    """
    made = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
    taken: set[str] = set()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for each in files:
            try:
                source = default_storage.open(each.attachment.stored_as, "rb")
            except FileNotFoundError as gone:
                raise RuleBroken("文件暂时无法读取，请稍后再试。") from gone
            with source, archive.open(_free_name(each.attachment.name, taken), "w") as target:
                shutil.copyfileobj(source, target)
    made.seek(0)
    return made


def _free_name(name: str, taken: set[str]) -> str:
    path, number, free = PurePath(name), 1, name
    while free in taken:
        number += 1
        free = f"{path.stem}（{number}）{path.suffix}"
    taken.add(free)
    return free
