"""How often pages are opened, without knowing by whom: no cookie, no address, only a number a day.

A view adds one to a field of a hash in Redis and asks the database nothing; a job brings the numbers
into rows. While Redis cannot be reached the process keeps its own count and tries again a little later.
"""

import re
import threading
import time
from collections import Counter
from datetime import date
from functools import cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

TIMEOUT = 0.2  # seconds a page may lose when Redis does not answer
PAUSE = 10.0  # seconds before it is asked again
MOST_KEPT = 10_000  # documents counted in a process; further ones wait for Redis
PROGRAMS = re.compile(r"bot|spider|crawl|slurp|curl|wget|python|monitor|scan", re.I)

_lock = threading.Lock()
_kept: Counter[str] = Counter()
_silent_until = 0.0


def is_person(agent: str) -> bool:
    """Whether a browser asks, as far as it says so itself; the name is looked at and forgotten."""
    return agent.startswith("Mozilla/") and not PROGRAMS.search(agent)


def count(document: int, on: date) -> None:
    """One more opening. Never raises, never waits longer than ``TIMEOUT``."""
    global _silent_until
    name = f"{on.isoformat()}:{document}"
    with _lock:
        if len(_kept) < MOST_KEPT or name in _kept:
            _kept[name] += 1
        if time.monotonic() < _silent_until:
            return
        ready = dict(_kept)
        _kept.clear()
    try:
        pipe = _redis().pipeline(transaction=False)
        for key, number in ready.items():
            pipe.hincrby(_hash(), key, number)
        pipe.execute()
    except RedisError:
        with _lock:
            _kept.update(ready)
            _silent_until = time.monotonic() + PAUSE


def take() -> list[tuple[date, int, int]]:
    """Day, document and openings since the last time; what is taken is gone from Redis.

    Raises RedisError, upon which the job is shown as failed and the numbers stay.
    """
    redis, taken = _redis(), f"{_hash()}:taken"
    if not redis.exists(taken):  # else the last run broke off: its numbers first
        if not redis.exists(_hash()):
            return []
        redis.rename(_hash(), taken)
    rows = []
    for name, number in redis.hgetall(taken).items():
        day, _, document = (name.decode() if isinstance(name, bytes) else name).partition(":")
        rows.append((date.fromisoformat(day), int(document), int(number)))
    return sorted(rows)


def drop_taken() -> None:
    """After what was taken is kept."""
    _redis().delete(f"{_hash()}:taken")


def _hash() -> str:
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}disclosure:reads"


@cache
def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


def _redis() -> Redis:
    return _client(settings.REDIS_URL)
