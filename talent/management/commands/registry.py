"""`manage.py registry import KIND TABLE --source NAME`: registry tables from the terminal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal.papers.batches import BatchState
from portal.people.models import Department
from portal.refusals import RuleBroken
from talent.batch_rows import TableKind
from talent.models import RegistryBatch
from talent.workflow import batches, loading


class Command(BaseCommand):
    help = (
        "Import enterprises, people, posts, registrations, insurance or penalties;"
        " `--resume KEY` goes on with a broken-off batch."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["import"])
        parser.add_argument("kind", nargs="?", choices=TableKind.values)
        parser.add_argument("table", nargs="?", type=Path, help="CSV or XLSX, headings in row 1")
        parser.add_argument("--source", default="", help="whose data it is, as pages will say it")
        parser.add_argument("--department", metavar="CODE", help="of the city, if one of its own provides it")
        parser.add_argument("--dry-run", action="store_true", help="check every row and touch nothing")
        parser.add_argument("--resume", metavar="KEY", help="the batch's key, as printed when it began")

    def handle(self, **options: Any) -> None:
        try:
            self._run(**options)
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal

    def _run(
        self, kind: str, table: Path | None, source: str, department: str | None, dry_run: bool, resume: str, **_: Any
    ) -> None:  # fmt: skip
        if resume:
            batch = RegistryBatch.objects.filter(key=resume).first()
            if batch is None:
                raise CommandError("There is no batch with this key.")
        elif table is None or not table.is_file():
            raise CommandError("Name the kind and the table to import.")
        else:
            provider = Department.objects.filter(code=department).first() if department else None
            if department and provider is None:
                raise CommandError(f"No department has the code {department}.")
            with table.open("rb") as content:
                batch = batches.receive(
                    File(content), kind=kind, source=source, name=table.name, department=provider, by=None,
                    at=timezone.now(),
                )  # fmt: skip
            self.stdout.write(f"Batch {batch.key}")
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        ) as bar:
            if batch.state == BatchState.RECEIVED:
                reading = bar.add_task("Checking", total=None)
                batch = batches.check(
                    batch, at=timezone.now(), progress=lambda done, total: bar.update(reading, completed=done)
                )
            if dry_run:
                return self._tell(batch)
            if batch.state == BatchState.CHECKED:
                batch = batches.begin(batch, by=None, at=timezone.now())
            task = bar.add_task("Loading", total=batch.rows, completed=batch.position)
            batch = loading.load(
                batch, at=timezone.now(),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        self._tell(batch)

    def _tell(self, batch: RegistryBatch) -> None:
        self.stdout.write(
            f"{batch.rows} rows, {batch.loaded} loaded, {batch.unchanged} without change, {batch.faulty} with faults."
        )
        for fault in batch.faults.order_by("row", "pk")[:20]:
            self.stdout.write(str(fault))
