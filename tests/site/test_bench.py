"""The measuring stick itself: what it says of two sides, and two of its rows at the smallest size."""

import json

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from portal.site.bench import documents, writing
from portal.site.bench.measuring import ROUNDS, TRIES, Measured, Pair, Row, Sense, measure
from portal.site.bench.places import Places
from portal.site.bench.rows import ROWS
from portal.site.bench.sizes import SIZES
from talent import workflow
from tests.people.makers import make_department

TINY = SIZES["tiny"]
ROW = Row("row", "行", "the plain way", "ours", Sense.FASTER, 2)


class Hands:
    """A clock that moves as the sides say, so that a turn lasts what the test wants."""

    def __init__(self, references: list[float], candidate: float = 1.0) -> None:
        self.now, self.references, self.took = 0.0, references, candidate
        self.order = ""

    def reference(self) -> None:
        self.order += "A"
        self.now += self.references[(self.order.count("A") - 1) % len(self.references)]

    def candidate(self) -> None:
        self.order += "B"
        self.now += self.took

    def measured(self, row: Row = ROW) -> Measured:
        pair = Pair(self.reference, self.candidate, lambda: "looked at")
        return measure(row, pair, clock=lambda: self.now)


def test_the_sides_take_turns_and_the_ratio_is_that_of_each_round():
    hands = Hands([4.0])

    measured = hands.measured()

    assert hands.order == "AB" * (1 + ROUNDS)
    assert measured.ratios == pytest.approx([4.0] * ROUNDS)
    assert measured.meets and not measured.noisy and measured.checked == "looked at"


def test_what_is_done_in_a_blink_is_done_many_times_a_turn():
    hands = Hands([4.0])
    pair = Pair(hands.reference, hands.candidate, lambda: "looked at", times=3)

    measured = measure(ROW, pair, clock=lambda: hands.now)

    assert hands.order == "ABBB" * (1 + ROUNDS)
    assert measured.ratios == pytest.approx([4.0] * ROUNDS)


def test_a_page_that_takes_longer_than_it_may_misses_its_target():
    slower = Row("row", "行", "few", "many", Sense.SLOWER, 1.2)

    measured = Hands([1.0], candidate=1.5).measured(slower)

    assert measured.median == pytest.approx(1.5)
    assert not measured.meets


def test_a_reference_that_moves_is_measured_again_and_told_as_noisy_but_never_fails():
    measured = Hands([1.0, 2.0]).measured()

    assert measured.noisy and measured.tries == TRIES
    assert "*noisy*" in writing.as_table([measured], TINY)


def test_a_target_of_another_size_is_shown_and_not_judged():
    measured = Hands([4.0]).measured(Row("row", "行", "plain", "ours", Sense.FASTER, 100, only_at="large"))

    assert writing.judged(measured, TINY) is None
    assert writing.judged(measured, SIZES["large"]) is False


def test_a_pace_is_judged_by_what_the_candidate_does_in_a_second():
    row = Row("row", "行", "plain", "ours", Sense.SLOWER, None, pace=150, things="clocks")
    hands = Hands([1.0], candidate=2.0)

    def measured(things: int) -> Measured:
        pair = Pair(hands.reference, hands.candidate, lambda: "looked at", things=things)
        return measure(row, pair, clock=lambda: hands.now)

    quick, slow = measured(400), measured(200)

    assert (quick.pace, quick.meets, slow.meets) == (200, True, False)
    assert "200 clocks/s; 2.00×" in writing.as_table([quick], TINY)
    assert "≥ 150 clocks/s" in writing.as_table([quick], TINY)


@pytest.mark.django_db
def test_a_row_checks_its_answers_and_is_written_as_table_and_json():
    make_department()
    places = Places(many=connection, few=connection)
    measured = []
    for name in ("deadlines", "search-common", "redating", "import"):
        if name == "search-common":
            documents.fill(TINY.documents)
        row, make = ROWS[name]
        measured.append(measure(row, make(places, TINY)))
    at, surroundings = timezone.now(), writing.Surroundings.now()

    page = writing.as_page(measured, TINY, surroundings, at)
    facts = json.loads(writing.as_json(measured, TINY, surroundings, at))

    assert "200 dates equal" in page and "none missed, none wrong" in page and "300 of 300 moved" in page
    assert "60 people, 200 read field by field, conflicts decided by origin" in page
    assert [row["row"] for row in facts["rows"]] == ["deadlines", "search-common", "redating", "import"]
    assert all(len(row["turns_ms"]) == ROUNDS for row in facts["rows"])
    assert facts["versions"]["PostgreSQL"] and facts["database"]["shared_buffers"]


def test_a_wrong_answer_stops_the_row():
    def wrong() -> str:
        raise AssertionError("a date differs")

    with pytest.raises(AssertionError, match="a date differs"):
        measure(ROW, Pair(lambda: None, lambda: None, wrong))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["search-growth-middling", "search-guard", "search-call", "search-page", "search-withdraw"]
)
def test_each_row_about_search_checks_its_answers(name):
    documents.fill(TINY.documents)
    row, make = ROWS[name]
    own = connections[DEFAULT_DB_ALIAS]

    measured = measure(row, make(Places(many=own, few=own), TINY))

    assert measured.checked
    assert len(measured.ratios) == ROUNDS


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["registry-search", "precheck-sql"])
def test_each_row_about_the_registries_checks_its_answers(name):
    workflow.load_rules(department=make_department())
    row, make = ROWS[name]
    own = connections[DEFAULT_DB_ALIAS]

    measured = measure(row, make(Places(many=own, few=own), TINY))

    assert "by number and by name" in measured.checked or "are told so" in measured.checked
    assert len(measured.ratios) == ROUNDS
