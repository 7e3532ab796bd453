"""The house as the chaos test runs it: the real worker and the real tasks, only beating faster.

``python -m tests.notices.chaos_worker fill 20000`` lays out the outbox; ``work`` and ``beat FOLDER``
drain it.
"""

import os
import sys
from datetime import timedelta

BEATS = {"notices.drain": 0.3, "notices.settle_stuck": 0.7, "notices.expire": 5.0}


def fill(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from portal.notices.models import Channel
    from tests.notices.makers import make_notices, make_template

    call_command("migrate", verbosity=0)
    # Allowed at any hour, for this test runs at any hour.
    template = make_template(channels=[Channel.SMS], bypass_quiet=True)
    make_notices(count, at=timezone.now(), template=template)


def work() -> None:
    from portal.celery import app

    options = ["--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    app.worker_main(["worker", *options])


def beat(folder: str) -> None:
    from portal.celery import app

    app.conf.beat_schedule = {
        name: {"task": name, "schedule": timedelta(seconds=every), "options": {"expires": 5}}
        for name, every in BEATS.items()
    }
    app.Beat(schedule=f"{folder}/beat-{os.getpid()}", loglevel="WARNING").run()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    does, *given = sys.argv[1:]
    if does == "fill":
        fill(int(given[0]))
    elif does == "work":
        work()
    else:
        beat(given[0])
