#!/usr/bin/env python
"""Command line of the portal; ``manage.py demo`` starts everything."""

import os
import sys

from portal import engines


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["demo"] and (data := engines.named_data(sys.argv[2:])):
        os.environ["PORTAL_DATA"] = str(data)  # settings read it, and every child inherits it
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError
    from redis.exceptions import ConnectionError as RedisConnectionError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        sys.exit(f"{refusal}")
    except (OperationalError, RedisConnectionError) as failure:
        if "--traceback" in sys.argv or not engines.unreachable(failure):
            raise
        sys.exit(what_to_start(failure))


def what_to_start(failure: Exception) -> str:
    from django.conf import settings
    from django.db import OperationalError

    if isinstance(failure, OperationalError):
        what, embedded, url = "database", settings.EMBEDDED_DATABASE, "DATABASE_URL"
    else:
        what, embedded, url = "queue", settings.EMBEDDED_REDIS, "REDIS_URL"
    if embedded:
        return f"The embedded {what} is not running: start it with `{sys.argv[0]} demo`, or set {url}."
    return (
        f"The {what} that {url} names does not answer: start it, or correct {url}. ({str(failure).strip()})"
    )


if __name__ == "__main__":
    main()
