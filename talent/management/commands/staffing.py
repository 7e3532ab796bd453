from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.people.models import Department
from talent import workflow
from talent.workflow import staffing


class Command(BaseCommand):
    help = "Load the staffing rules that are not on file yet, or look at every enterprise now."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        load = deeds.add_parser("load", help="rules, categories and suspensions that are new")
        load.add_argument("--department", required=True, metavar="CODE", help="who watches over the rules")
        deeds.add_parser("watch", help="what the nightly job does")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deed"] == "watch":
            changed, settled = staffing.watch(at=timezone.now())
            self.stdout.write(f"{changed} states changed, {settled} alerts opened or closed")
            return
        department = Department.objects.filter(code=options["department"]).first()
        if department is None:
            raise CommandError(f"No department has the code {options['department']}.")
        self.stdout.write(f"{workflow.load_rules(department=department)} added")
