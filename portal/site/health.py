"""Whether this process lives, and whether the portal can do its work."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.audit.jobs import JOBS
from portal.audit.models import Heartbeat

BORN = time.monotonic()
PATIENCE_ROUNDS = 3  # as Heartbeat.is_well counts
Finding = dict[str, Any]


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, migrations, broker and the jobs' heartbeats; 503 when one of them fails."""
    found: dict[str, Finding] = {"database": probe(ask_database)}
    if found["database"]["ok"]:
        found["migrations"] = probe(missing_migrations)
        found["jobs"] = probe(lambda: job_states(timezone.now()))
    found["broker"] = probe(ask_broker)
    well = all(finding["ok"] for finding in found.values())
    return JsonResponse({"ready": well, **found}, status=200 if well else 503)


def probe(ask: Callable[[], Finding]) -> Finding:
    """What a question found, or that it could not be asked; never how we are built."""
    begun = time.monotonic()
    try:
        finding = ask()
    except (DatabaseError, redis.RedisError, OSError) as failure:
        return {"ok": False, "error": type(failure).__name__}
    return {"ok": True} | finding | {"ms": round((time.monotonic() - begun) * 1000, 1)}


def ask_database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def ask_broker() -> Finding:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
    finally:
        client.close()
    return {}


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The newest migrations of each app on disk; they do not change while a process lives."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def missing_migrations() -> Finding:
    applied = MigrationRecorder(connection).applied_migrations()
    missing = sorted(f"{app}.{name}" for app, name in known_migrations() if (app, name) not in applied)
    return {"ok": not missing, "missing": missing}


def job_states(at: datetime) -> Finding:
    """Each declared job with the age of its heartbeat; one that never ran yet gets three rounds."""
    autodiscover_modules("tasks")
    beats = {beat.name: beat for beat in Heartbeat.objects.filter(name__in=JOBS)}
    states: dict[str, Finding] = {}
    for name, every in sorted(JOBS.items()):
        beat = beats.get(name)
        if beat is None:
            patience = (PATIENCE_ROUNDS * every + timedelta(minutes=1)).total_seconds()
            states[name] = {"ok": time.monotonic() - BORN < patience, "age_seconds": None}
        else:
            states[name] = {"ok": beat.is_well(at), "age_seconds": round((at - beat.at).total_seconds())}
    return {"ok": all(state["ok"] for state in states.values()), "each": states}
