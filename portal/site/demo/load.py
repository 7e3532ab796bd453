"""The demo city: loaded from YAML through the workflows, a second time without effect."""

from collections.abc import Callable

from django.db import transaction


def load_city(progress: Callable[[str], None]) -> None:
    """Whatever is not there yet, a transaction a loader; says what it added."""
    for noun, load in LOADERS:
        with transaction.atomic():
            added = load()
        if added:
            progress(f"{noun}: {added}")


# In this order; each is idempotent and says how many rows it added.
LOADERS: list[tuple[str, Callable[[], int]]] = []
