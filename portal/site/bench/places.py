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
def own_databases(load: Any) -> Iterator[Places]:
    """``…_bench``, migrated and loaded once by ``load``, and ``…_bench_few`` copied from it; both dropped at the end."""
    own = settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]
    names = (f"{own}_bench", f"{own}_bench_few")
    test = connection.settings_dict["TEST"]
    asked, test["NAME"] = test["NAME"], names[0]
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        with ExitStack() as afterwards:
            afterwards.callback(connection.creation.destroy_test_db, own, 0)
            load()
            connection.close()
            afterwards.callback(_drop, names[1])
            _drop(names[1])
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{names[1]}" TEMPLATE "{names[0]}"')
            few = connection.copy()
            few.settings_dict["NAME"] = names[1]
            afterwards.callback(few.close)
            yield Places(many=connections[DEFAULT_DB_ALIAS], few=few)
    finally:
        test["NAME"] = asked


def _drop(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
