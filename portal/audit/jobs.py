"""Periodic jobs that leave a heartbeat, so that silence is seen."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from celery import shared_task
from django.utils import timezone

from portal.audit.models import Heartbeat

# Every declared job and how often it should run; /readyz and the dashboard read it.
JOBS: dict[str, timedelta] = {}


def job(name: str, *, every: timedelta) -> Callable[[Callable[[], Any]], Any]:
    """Declare a beat job: a Celery task of this name that records each run in ``Heartbeat``.

    The function takes no arguments; what it returns (a count, a sentence) becomes the note.
    A failure is recorded and raised again. Add the name to the beat schedule in portal/celery.py.
    """

    def decorate(run: Callable[[], Any]) -> Any:
        JOBS[name] = every

        @wraps(run)
        def beat() -> None:
            try:
                result = run()
            except Exception as failure:
                _leave(name, every, ok=False, note=f"{type(failure).__name__}: {failure}")
                raise
            _leave(name, every, ok=True, note="" if result is None else str(result))

        return shared_task(name=name)(beat)

    return decorate


def _leave(name: str, every: timedelta, *, ok: bool, note: str) -> None:
    at = timezone.now()
    values: dict[str, Any] = {"every": every, "at": at, "ok": ok, "note": note[:500]}
    if ok:
        values["ok_at"] = at
    Heartbeat.objects.update_or_create(name=name, defaults=values)
