"""``seed``: invented rows in great number, for measuring and for reports whose figures are known."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal.refusals import RuleBroken
from portal.site.seeding.cases import seed_cases
from portal.site.seeding.documents import seed_documents
from portal.site.seeding.registries import seed_enterprises, seed_people
from portal.site.seeding.requests import seed_requests

REGISTRIES: tuple[tuple[str, Callable[..., int]], ...] = (
    ("enterprises", seed_enterprises),
    ("people", seed_people),
    ("cases", seed_cases),
)
NOUNS = ("documents", "enterprises", "people", "cases", "requests")


class Command(BaseCommand):
    help = "Insert invented documents until there are so many, or requests, and print the table 3 these must give."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--documents",
            type=int,
            default=0,
            metavar="N",
            help="how many documents in all; goes on where it ended",
        )
        parser.add_argument(
            "--enterprises",
            type=int,
            default=0,
            metavar="N",
            help="how many enterprises; goes on where it ended",
        )
        parser.add_argument(
            "--people",
            type=int,
            default=0,
            metavar="N",
            help="how many people they employ; goes on where it ended",
        )
        parser.add_argument(
            "--cases",
            type=int,
            default=0,
            metavar="N",
            help="how many cases of the invented enterprises; goes on where it ended",
        )
        parser.add_argument("--requests", type=int, default=0, metavar="N", help="how many requests")
        parser.add_argument("--year", type=int, help="the year of the report (this year by default)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if all(options[noun] < 1 for noun in NOUNS):
            raise CommandError(f"Say how many: {', '.join(f'--{noun} N' for noun in NOUNS)}.")
        try:
            if total := options["documents"]:
                with bar("documents", total) as tell:
                    added = seed_documents(total, progress=tell)
                self.stdout.write(f"{added:,} documents added, {total:,} in all.")
            for noun, seed in REGISTRIES:
                if total := options[noun]:
                    with bar(noun, total) as tell:
                        added = seed(total, at=at, progress=tell)
                    self.stdout.write(f"{added:,} {noun} added, {total:,} in all.")
            if count := options["requests"]:
                year = options["year"] or timezone.localdate(at).year
                with bar("requests", count) as tell:
                    table = seed_requests(count, year, at=at, progress=tell)
                self.stdout.write(json.dumps(table, ensure_ascii=False))
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal


@contextmanager
def bar(noun: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar in the terminal, apart from what is printed for programs."""
    shown = (TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*shown, console=Console(stderr=True)) as progress:
        task = progress.add_task(noun, total=total)
        yield lambda done: progress.update(task, completed=done)
