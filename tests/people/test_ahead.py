"""The next made ready beside the work: in order, failures raised where the things are taken, nobody left running."""

import threading
from collections.abc import Iterator

import pytest

from portal.ahead import ahead


def test_things_come_in_order_and_a_failure_is_raised_where_they_are_taken():
    def made() -> Iterator[int]:
        yield from range(5)
        raise ValueError("the table is torn")

    taken = []
    with pytest.raises(ValueError, match="torn"):
        for thing in ahead(made()):
            taken.append(thing)

    assert taken == [0, 1, 2, 3, 4]


def test_whoever_stops_taking_leaves_no_thread_behind_and_nothing_made_for_nobody():
    made = 0

    def endless() -> Iterator[int]:
        nonlocal made
        while True:
            made += 1
            yield made

    before = threading.active_count()
    things = ahead(endless(), depth=2)
    assert next(things) == 1
    things.close()

    assert threading.active_count() == before
    assert made <= 5
