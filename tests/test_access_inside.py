"""The table of ``test_access`` for the other half of its visitors, in a process of their own."""

import pytest

from tests.test_access import INSIDE_WALKED, browser_of, walk, world

__all__ = ["browser_of", "world"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", INSIDE_WALKED)
def test_every_address_answers_this_visitor_as_the_table_says(world, browser_of, role):
    faults = walk(world, browser_of, role)
    assert not faults, f"{len(faults)} answers to {role} differ:\n" + "\n".join(faults)
