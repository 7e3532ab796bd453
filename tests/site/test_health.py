"""The two addresses a service manager and a load balancer ask."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from portal.audit.models import Heartbeat
from portal.site import health


@pytest.fixture
def one_job(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(health, "JOBS", {"test.sweep": timedelta(seconds=5)})
    return "test.sweep"


def beat(name: str, *, ago: timedelta, ok: bool = True) -> None:
    at = timezone.now() - ago
    Heartbeat.objects.create(name=name, every=timedelta(seconds=5), at=at, ok_at=at if ok else None, ok=ok)


@pytest.mark.django_db
def test_a_living_process_says_so_without_asking_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
@pytest.mark.engine
def test_the_portal_is_ready_when_database_queue_tables_and_jobs_are(client: Client, one_job: str):
    beat(one_job, ago=timedelta(seconds=3))
    answer = client.get("/readyz")
    told = answer.json()
    assert answer.status_code == 200, told
    assert told["ready"] and all(told[part]["ok"] for part in ("database", "migrations", "broker", "jobs"))
    assert 3 <= told["jobs"]["each"][one_job]["age_seconds"] < 30


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "ok"), [(timedelta(hours=1), True), (timedelta(seconds=3), False)])
def test_a_silent_or_failing_job_makes_the_portal_not_ready(
    client: Client, one_job: str, ago: timedelta, ok: bool
):
    beat(one_job, ago=ago, ok=ok)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["jobs"]["each"][one_job]["ok"] is False
    assert answer.json()["database"]["ok"] is True


@pytest.mark.django_db
def test_a_job_that_never_ran_gets_three_rounds_before_it_counts_as_silent(
    client: Client, one_job: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health, "BORN", health.time.monotonic() - 10)
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "BORN", health.time.monotonic() - 3600)
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_a_missing_table_is_named(client: Client, one_job: str):
    beat(one_job, ago=timedelta(0))
    app, name = next(leaf for leaf in sorted(health.known_migrations()) if leaf[0] == "audit")
    MigrationRecorder(connection).record_unapplied(app, name)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"]["missing"] == [f"{app}.{name}"]


@pytest.mark.django_db
def test_a_queue_that_is_gone_makes_the_portal_not_ready(client: Client, one_job: str, settings: Settings):
    beat(one_job, ago=timedelta(0))
    settings.REDIS_URL = "unix:///nowhere/valkey.sock?db=0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == {"ok": False, "error": "ConnectionError"}


@pytest.mark.django_db
def test_every_job_the_beat_starts_leaves_a_heartbeat():
    from portal.celery import app

    health.job_states(timezone.now())
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == set(health.JOBS)
