"""Re-encrypting every personal number under today's key."""

from collections.abc import Callable, Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, transaction

from portal.people import crypto

BATCH = 500
TOTP_PURPOSE = "second_factor"


def encrypted_columns() -> Iterator[tuple[str, str, str]]:
    """(table, column, purpose) of every encrypted field; history tables, which never change, are not."""
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, crypto.EncryptedTextField):
                yield model._meta.db_table, field.column or "", field.purpose


def rotate_keys(*, batch: int = BATCH, report: Callable[[str, int], None] | None = None) -> int:
    """Bring every stored value under the current key; how many values changed.

    Each batch is its own transaction and selects what is not yet under the current key, so it may
    be stopped at any moment and started again. Raises CannotDecrypt when an old key is missing.
    """
    total = 0
    for table, column, purpose in encrypted_columns():
        while moved := _rotate_batch(table, column, purpose, batch):
            total += moved
            if report is not None:
                report(f"{table}.{column}", moved)
    moved = _rotate_second_factors()
    if moved and report is not None:
        report("mfa_authenticator.data", moved)
    return total + moved


@transaction.atomic
def _rotate_batch(table: str, column: str, purpose: str, batch: int) -> int:
    quote = connection.ops.quote_name
    name, col = quote(table), quote(column)
    prefix = f"{crypto.current_key_id()}:"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {col} FROM {name} WHERE {col} <> '' AND NOT starts_with({col}, %s)"  # noqa: S608
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [prefix, batch],
        )
        rows = cursor.fetchall()
        for key, stored in rows:
            fresh = crypto.encrypt(crypto.decrypt(stored, purpose), purpose)
            cursor.execute(f"UPDATE {name} SET {col} = %s WHERE id = %s", [fresh, key])  # noqa: S608
    return len(rows)


@transaction.atomic
def _rotate_second_factors() -> int:
    """The secrets of second factors, kept by the accounts library inside a JSON column."""
    prefix, moved = f"{crypto.current_key_id()}:", 0
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        stale = {
            key: value
            for key, value in row.data.items()
            if key in {"secret", "seed"} and not value.startswith(prefix)
        }
        if not stale:
            continue
        for key, value in stale.items():
            plain = crypto.decrypt(value, TOTP_PURPOSE)
            row.data[key] = crypto.encrypt(plain, TOTP_PURPOSE)
        row.save(update_fields=["data"])
        moved += 1
    return moved
