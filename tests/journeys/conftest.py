from collections.abc import Iterator

import pytest

from tests.journeys import city as demo_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo_city.City]:
    running = demo_city.start(tmp_path_factory.mktemp("city"))
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0
