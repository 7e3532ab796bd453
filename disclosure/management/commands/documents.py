"""`manage.py documents import TABLE`: published documents taken over in bulk, from the terminal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from disclosure.batch_tables import Files
from disclosure.models import BatchState, ImportBatch
from disclosure.workflow import batches, loading
from portal.refusals import RuleBroken


class Command(BaseCommand):
    help = "Import published documents from a CSV table; `--resume KEY` goes on with a batch that was broken off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["import"])
        parser.add_argument("table", nargs="?", type=Path, help="CSV in UTF-8 or GB 18030, headings in row 1")
        parser.add_argument("--files", type=Path, help="the folder the attachments lie in")
        parser.add_argument("--dry-run", action="store_true", help="check every row and touch nothing")
        parser.add_argument("--resume", metavar="KEY", help="the batch's key, as printed when it began")

    def handle(self, **options: Any) -> None:
        try:
            self._run(**options)
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal

    def _run(self, table: Path | None, files: Path | None, dry_run: bool, resume: str, **_: Any) -> None:
        find = _folder(files) if files else None
        if resume:
            batch = ImportBatch.objects.filter(key=resume).first()
            if batch is None:
                raise CommandError("There is no batch with this key.")
        elif table is None or not table.is_file():
            raise CommandError("Name the table to import.")
        else:
            with table.open("rb") as content:
                batch = batches.receive(File(content), name=table.name, by=None, at=timezone.now())
            self.stdout.write(f"Batch {batch.key}")
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        ) as bar:
            if batch.state == BatchState.RECEIVED:
                reading = bar.add_task("Checking", total=None)
                batch = batches.check(
                    batch, at=timezone.now(), files=find,
                    progress=lambda done, total: bar.update(reading, completed=done),
                )  # fmt: skip
            if dry_run:
                return self._tell(batch)
            if batch.state == BatchState.CHECKED:
                batch = batches.begin(batch, by=None, at=timezone.now())
            task = bar.add_task("Loading", total=batch.rows, completed=batch.position)
            batch = loading.load(
                batch, at=timezone.now(), files=find,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        self._tell(batch)

    def _tell(self, batch: ImportBatch) -> None:
        self.stdout.write(f"{batch.rows} rows, {batch.loaded} loaded, {batch.faulty} with faults.")
        for fault in batch.faults.order_by("row", "pk")[:20]:
            self.stdout.write(str(fault))


def _folder(root: Path) -> Files:
    """Look-up below the folder only, by name."""
    names = {path.name: path for path in root.rglob("*") if path.is_file()}

    def find(name: str) -> bytes | None:
        path = names.get(name.rsplit("/", 1)[-1])
        return path.read_bytes() if path else None

    return find
