"""Everything in one command: engines, tables, the demo city, web server, worker and beat."""

import io
import os
import re
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from portal.engines import EngineError
from portal.site.demo.accounts import Account, shown_accounts
from portal.site.demo.load import load_city
from portal.site.demo.supervisor import HOST, MARKER, DemoError, Stopped, Supervisor, step


class Command(BaseCommand):
    help = "Start the demo city: database, queue, web server, worker and beat. Ctrl-C stops all of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=8000, help="port of the web server on 127.0.0.1 (8000)"
        )
        parser.add_argument("--data", type=Path, help="data folder (PORTAL_DATA, or .data in the checkout)")
        parser.add_argument(
            "--fresh", action="store_true", help="forget what the data folder holds and start anew"
        )

    def handle(self, *, port: int, fresh: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The demo has passwords that everyone knows: it does not start with PORTAL_ENV=production."
            )
        if fresh and not settings.EMBEDDED_DATABASE:
            raise CommandError(
                "--fresh empties only the embedded database; empty the one in DATABASE_URL yourself."
            )
        supervisor = Supervisor(
            settings.DATA_DIR, database=settings.EMBEDDED_DATABASE, queue=settings.EMBEDDED_REDIS
        )
        known = (settings.DATA_DIR / MARKER).exists()
        try:
            with supervisor:
                port = supervisor.claim(port)
                if fresh and known:
                    with step(self.say, "Forgetting the old data"):
                        supervisor.wipe()
                self.run(supervisor, port)
        except Stopped as request:
            self.say(f"Stopped ({request}).")
        except (DemoError, EngineError) as failure:
            raise CommandError(str(failure)) from failure

    def run(self, supervisor: Supervisor, port: int) -> None:
        for engine in supervisor.engines:
            with step(self.say, f"Starting {engine.name}"):
                engine.start()
        with step(self.say, "Preparing the tables"):  # also brings calendar and templates up to date
            call_command("migrate", interactive=False, stdout=Applied(self.say), no_color=True)
        with step(self.say, "Loading the demo city"):
            load_city(lambda text: self.say(f"  {text}"))
        connections.close_all()
        os.environ.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")  # where printed QR codes lead
        with step(self.say, "Starting web server, worker and beat"):
            supervisor.start_children()
            supervisor.wait_ready()
        self.say(f"Ready: http://{HOST}:{port}")
        self.say(introduction(shown_accounts(), supervisor.data))
        supervisor.watch()

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


class Applied(io.StringIO):
    """What ``migrate`` prints, reduced to the app it has come to: a minute's silence looks like a fault."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self.say = say
        self.app = ""

    def write(self, text: str) -> int:
        if found := re.match(r"\s*Applying (\w+)\.", text):
            if found[1] != self.app:
                self.say(f"  {found[1]}")
            self.app = found[1]
        return len(text)


def introduction(accounts: list[Account], data: Path) -> str:
    """The sample accounts, and how to come by the six digits of the second factor."""
    rows = [("who", "sign in as", "password", "second factor (TOTP secret)")]
    rows += [
        (account.title, account.sign_in, account.password, account.totp_secret or "-") for account in accounts
    ]
    widths = [max(display_width(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell + " " * (widths[n] - display_width(cell)) for n, cell in enumerate(row)).rstrip()
        for row in rows
    ]
    named = f"PORTAL_DATA={shlex.quote(os.environ['PORTAL_DATA'])} " if os.environ.get("PORTAL_DATA") else ""
    lines += [
        "",
        f"Six digits of a second factor:  {named}{shlex.quote(sys.executable)} {sys.argv[0]} code window",
        f"SMS (sign-in codes too) go to the file {data / 'outbox' / 'sms.jsonl'}. Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


def display_width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
