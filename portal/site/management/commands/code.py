"""The six digits an authenticator app would show now, for the demo's staff accounts."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.management import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Print the current code of the second factor of a demo account."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Second factors of real people are theirs: not with PORTAL_ENV=production.")
        factor = Authenticator.objects.filter(user__username=username, type=Authenticator.Type.TOTP).first()
        if factor is None:
            raise CommandError(f"{username} has no second factor.")
        secret = get_adapter().decrypt(factor.data["secret"])
        counters = list(yield_hotp_counters_from_time())
        self.stdout.write(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))
