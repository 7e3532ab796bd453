"""Databases of the bench's own on the configured engine, and nothing of it anywhere else."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import override_settings

GATEWAY = "portal.site.bench.rows.outbox.Counting"


@dataclass(frozen=True)
class Places:
    """Where to stand: the database under measure, and its twin with a hundredth of the cases."""

    many: Any
    few: Any
    peer: str = ""  # an interpreter with Wagtail

    @contextmanager
    def standing_in(self, place: Any) -> Iterator[None]:
        """Every query of this thread goes there."""
        before = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = place
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = before


@contextmanager
def own_surroundings() -> Iterator[None]:
    """Files, signing keys, messages and cache entries of the bench stay apart from the portal's."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        apart = {"MEDIA_ROOT": f"{folder}/media", "SIGNING_DIR": f"{folder}/ca", "SMS_GATEWAY": GATEWAY}
        prefix, cache.key_prefix = cache.key_prefix, f"bench-{uuid4().hex}"
        try:
            with override_settings(**apart, SMS_GATEWAY_OPTIONS={}):
                yield
        finally:
            cache.key_prefix = prefix


@contextmanager
def own_databases(load: Any, *, keep: bool = False, peer: str = "") -> Iterator[Places]:
    """``…_bench``, migrated and loaded once by ``load``, and ``…_bench_few`` copied from it; dropped at the end.

    With ``keep`` they stay, and those that stayed are used again: a million rows are made once.
    """
    own = settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]
    names = (f"{own}_bench", f"{own}_bench_few")
    test = connection.settings_dict["TEST"]
    asked, test["NAME"] = test["NAME"], names[0]
    try:
        stands = keep and _exists(names[0]) and _exists(names[1])
        if stands:
            connection.close()
            settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"] = connection.settings_dict["NAME"] = names[0]
        else:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        with ExitStack() as afterwards:
            if not keep:
                afterwards.callback(connection.creation.destroy_test_db, own, 0)
            if not stands:
                load()
                connection.close()
                _drop(names[1])
                with connection._nodb_cursor() as cursor:
                    cursor.execute(f'CREATE DATABASE "{names[1]}" TEMPLATE "{names[0]}"')
            if not keep:
                afterwards.callback(_drop, names[1])
                afterwards.callback(_drop, f"{names[0]}_peer")
            few = connection.copy()
            few.settings_dict["NAME"] = names[1]
            afterwards.callback(few.close)
            yield Places(many=connections[DEFAULT_DB_ALIAS], few=few, peer=peer)
    finally:
        test["NAME"] = asked


def create(name: str) -> None:
    """An empty database, where there is none of that name."""
    if not _exists(name):
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')


def _exists(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _drop(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
