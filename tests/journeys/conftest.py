from collections.abc import Iterator

import pytest

from tests.journeys import city as demo_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[demo_city.City]:
    running = demo_city.start(tmp_path_factory.mktemp("city"))
    yield running
    assert running.stop() == 0
