import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    """The limits by address and the used-up codes stand in the cache."""
    cache.clear()
