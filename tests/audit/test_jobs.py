from datetime import UTC, datetime, timedelta

import pytest

from portal.audit.jobs import JOBS, job
from portal.audit.models import Heartbeat
from portal.celery import app

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def _forget_jobs():
    known = dict(JOBS)
    yield
    JOBS.clear()
    JOBS.update(known)
    app.tasks.pop("tests.sweep", None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_forget_jobs")
def test_a_job_leaves_a_heartbeat_when_it_succeeds_and_when_it_fails():
    outcomes = iter([3, ValueError("短信网关不通")])

    def sweep():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    task = job("tests.sweep", every=timedelta(seconds=5))(sweep)
    task()
    good = Heartbeat.objects.get(name="tests.sweep")
    with pytest.raises(ValueError, match="短信网关不通"):
        task()
    bad = Heartbeat.objects.get(name="tests.sweep")

    assert (good.ok, good.note, good.ok_at) == (True, "3", good.at)
    assert (bad.ok, bad.note, bad.ok_at) == (False, "ValueError: 短信网关不通", good.at)


@pytest.mark.django_db
def test_silence_of_more_than_three_rounds_is_late():
    beat = Heartbeat(name="x", every=timedelta(seconds=60), at=NOON, ok=True)

    assert beat.is_well(NOON + timedelta(seconds=240))
    assert not beat.is_well(NOON + timedelta(seconds=241))
    beat.save()
    assert Heartbeat.objects.late(NOON + timedelta(hours=1)) == [beat]


def test_every_declared_job_is_in_the_beat_schedule():
    app.loader.import_default_modules()
    scheduled = {line["task"] for line in app.conf.beat_schedule.values()}

    assert set(JOBS) == scheduled
