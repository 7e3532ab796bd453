"""Nothing is sent twice and nothing is lost, whatever is killed between whichever two steps."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest

from portal.engines import database_url, redis_url
from portal.engines.postgres import Postgres
from portal.engines.valkey import Valkey
from tests.notices.gateway_server import SECRET

ROOT = Path(__file__).resolve().parents[2]
NOTICES = 20_000
KILLS = 20
SEED = int(os.environ.get("CHAOS_SEED", "20261122"))
PATIENCE = 60  # seconds without any progress before the test gives up


class City:
    """Engines, a worker and a beat of its own, each of which can be killed and comes back."""

    def __init__(self, data, gateway):
        self.data = data
        self.postgres, self.valkey = Postgres(data), Valkey(data)  # durable: a commit survives kill -9
        options = {"url": gateway.url, "secret": SECRET, "timeout": 0.5, "lanes": 4}
        self.environment = os.environ | {
            "PORTAL_DATA": str(data),
            "DATABASE_URL": database_url(data),
            "REDIS_URL": redis_url(data),
            "SMS_GATEWAY": "portal.notices.gateways.web.SignedGateway",
            "SMS_GATEWAY_OPTIONS": json.dumps(options),
            "NOTICE_LEASE": "2",
        }
        self.began = []
        self.worker = self.beat = None

    def start(self):
        self.postgres.start()
        self.valkey.start()
        assert self._run("fill", str(NOTICES)).wait() == 0, (self.data / "processes.log").read_text()
        self.worker, self.beat = self._run("work"), self._run("beat", str(self.data))

    def tend(self):
        """What the service manager does: Celery ends itself when its broker vanishes in mid-task."""
        if self.worker.poll() is not None:
            self.worker = self._run("work")
        if self.beat.poll() is not None:
            self.beat = self._run("beat", str(self.data))

    def kill_sender(self, chance):
        """A process of the worker, perhaps in the middle of a batch; the worker replaces it."""
        children = children_of(self.worker.pid)
        if not children:
            return self.kill_worker(chance)
        with suppress(ProcessLookupError):
            os.kill(chance.choice(children), signal.SIGKILL)

    def kill_worker(self, chance):
        """The worker's head alone, so that what its hands are doing may go on, or all of it."""
        with suppress(ProcessLookupError):
            if chance.random() < 0.5:
                self.worker.kill()
            else:
                os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def kill_broker(self, chance):
        os.kill(self.valkey.pid(), signal.SIGKILL)
        self.valkey.child.wait()
        self.valkey.start()

    def kill_database(self, chance):
        os.kill(self.postgres.pid(), signal.SIGKILL)
        self.postgres.child.wait()
        self.postgres.start()

    def counts(self):
        """How many notices are in which state; empty while the database is coming back."""
        with suppress(psycopg2.Error):
            connection = psycopg2.connect(self.environment["DATABASE_URL"])
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT state, count(*) FROM notices_notice GROUP BY state")
                    return dict(cursor.fetchall())
            finally:
                connection.close()
        return {}

    def stop(self):
        for process in self.began:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.valkey.stop()
        self.postgres.stop()

    def _run(self, *arguments):
        with (self.data / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.notices.chaos_worker", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.began.append(process)
        return process


def children_of(pid):
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def await_progress(city, measure, goal):
    """Until ``measure`` reaches the goal; fails when it has not moved for long."""
    seen, since = measure(), time.monotonic()
    while seen < goal:
        city.tend()
        time.sleep(0.05)
        now = measure()
        if now > seen:
            seen, since = now, time.monotonic()
        assert time.monotonic() - since < PATIENCE, f"stuck at {seen} of {goal} (CHAOS_SEED={SEED})"


@pytest.mark.engine
def test_twenty_kills_over_twenty_thousand_notices_lose_none_and_double_none(server, tmp_path):
    chance = random.Random(SEED)
    server.idempotent = False  # it sends whatever it is given, so that a double would show
    city = City(tmp_path, server)
    victims = [city.kill_sender] * 11 + [city.kill_worker] * 2 + [city.kill_broker] * 2
    victims += [city.kill_database] * (KILLS - len(victims))
    chance.shuffle(victims)
    moments = sorted(chance.randrange(NOTICES // 100, NOTICES - NOTICES // 50) for _ in victims)
    try:
        city.start()
        for kill, moment in zip(victims, moments, strict=True):
            await_progress(city, lambda: len(server.arrived), moment)
            server.faults += [chance.choice(["drop", "swallow"])]
            kill(chance)
        await_progress(city, lambda: len(server.taken), NOTICES)
        await_progress(city, lambda: city.counts().get("sent", 0), NOTICES)
    finally:
        city.stop()
    assert server.doubles == {}, f"CHAOS_SEED={SEED}"
    assert len(server.taken) == NOTICES
    assert sum(server.asked.values()) > 0, "no kill left anything to ask about"
