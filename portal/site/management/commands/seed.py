"""``seed``: invented rows in great number, for measuring and for reports whose figures are known."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.refusals import RuleBroken
from portal.site.seeding.requests import seed_requests


class Command(BaseCommand):
    help = "Insert invented requests for information and print the table 3 they must give."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=0, metavar="N", help="how many requests")
        parser.add_argument("--year", type=int, help="the year of the report (this year by default)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["requests"] < 1:
            raise CommandError("Say how many: seed --requests N [--year Y].")
        try:
            table = seed_requests(
                options["requests"], options["year"] or timezone.localdate(at).year, at=at,
                progress=lambda done: self.stderr.write(f"requests: {done}"),
            )  # fmt: skip
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(table, ensure_ascii=False))
