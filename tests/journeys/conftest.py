from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import city as demo_city


@pytest.fixture(scope="session")
def one_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo_city.City]:
    running = demo_city.start(tmp_path_factory.mktemp("city"))
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0


@pytest.fixture
def city(one_city: demo_city.City) -> demo_city.City:
    """Running, whatever the test before did to it."""
    if one_city.process.poll() is not None:
        one_city.start_again()
    return one_city


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A page that signs a letter on a busy machine is slow, not wrong."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)
