from argparse import ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.site.bench import seeding, writing
from portal.site.bench.measuring import ROUNDS, Measured, measure
from portal.site.bench.places import Places, own_databases, own_surroundings
from portal.site.bench.rows import PEER_ROWS, ROWS
from portal.site.bench.sizes import SIZES, Size


class Command(BaseCommand):
    help = "Measure the portal side by side with the plain way, in databases of its own that it drops."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="small")
        parser.add_argument(
            "--cases",
            type=int,
            metavar="N",
            help="so many cases instead of those of the size: they take longest to make",
        )
        parser.add_argument("--rows", nargs="+", choices=ROWS, metavar="NAME", help=", ".join(ROWS))
        parser.add_argument("--rounds", type=at_least_five, default=ROUNDS)
        parser.add_argument("--json", type=Path, metavar="FILE", help="also every turn, as JSON")
        parser.add_argument(
            "--keep", action="store_true", help="leave its databases, and use those left before"
        )
        parser.add_argument(
            "--peer", default="", metavar="PYTHON", help="an interpreter with Wagtail, for the rows beside it"
        )
        parser.add_argument("--write", action="store_true", help="write docs/performance.md")

    def handle(self, *args: Any, **options: Any) -> None:
        size, names = SIZES[options["size"]], options["rows"] or list(ROWS)
        if not options["peer"]:
            names = [name for name in names if name not in PEER_ROWS]
        if options["cases"]:
            size = replace(size, cases=options["cases"])
        at = timezone.localtime()
        with (
            own_surroundings(),
            own_databases(
                seeding.load_city_without_cases, keep=options["keep"], peer=options["peer"]
            ) as places,
        ):
            surroundings = writing.Surroundings.now()
            self.say(f"{size.few_cases:,} and {size.cases:,} cases …")
            with places.standing_in(places.few):
                seeding.copy_cases(size.few_cases)
            seeding.copy_cases(size.cases)
            measured = [self.one(name, places, size, options["rounds"]) for name in names]
        self.stdout.write(writing.as_table(measured, size))
        if options["json"]:
            options["json"].write_text(writing.as_json(measured, size, surroundings, at), encoding="utf-8")
        if options["write"]:
            page = Path(settings.BASE_DIR) / "docs" / "performance.md"
            page.write_text(writing.as_page(measured, size, surroundings, at), encoding="utf-8")
            self.stdout.write(f"{page}")

    def one(self, name: str, places: Places, size: Size, rounds: int) -> Measured:
        self.say(f"{name} …")
        row, make = ROWS[name]
        measured = measure(row, make(places, size), rounds)
        self.say(f"  {measured.median:.2f}×{' noisy' if measured.noisy else ''}; {measured.checked}")
        return measured

    def say(self, line: str) -> None:
        self.stderr.write(line)


def at_least_five(text: str) -> int:
    if not text.isdigit() or int(text) < ROUNDS:
        raise ArgumentTypeError(f"at least {ROUNDS} rounds")
    return int(text)
