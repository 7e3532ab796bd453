from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.site.findable import reconcile


class Command(BaseCommand):
    help = "Make the search index exactly what is public: search reconcile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["reconcile"])

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, difference in reconcile().items():
            for label, which in (
                ("补上", difference.added),
                ("更正", difference.changed),
                ("撤下", difference.removed),
            ):
                if which:
                    self.stdout.write(f"{kind} {label}{len(which)}条：{'、'.join(which[:20])}")
            if not difference.mended:
                self.stdout.write(f"{kind} 与公开内容一致。")
