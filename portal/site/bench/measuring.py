"""Two sides in turn, and what the turns say: a ratio with its spread, never a bare time."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

ROUNDS = 5
DRIFT = 0.30  # a reference that moved more than this says the machine was busy with something else
TRIES = 3


class Sense(StrEnum):
    """Which way of the target is good, and which way the ratio is taken."""

    FASTER = "≥"  # reference time over candidate time
    SLOWER = "≤"  # candidate time over reference time


@dataclass(frozen=True)
class Pair:
    """The two sides of a row; ``ready`` puts things back before every turn, outside the time.

    A side that returns a float has measured itself, in seconds: a percentile instead of the whole.
    ``check`` raises AssertionError when the candidate's answer is wrong, and says what it compared.
    """

    reference: Callable[[], object]
    candidate: Callable[[], object]
    check: Callable[[], str]
    ready: Callable[[], object] = lambda: None
    things: int = 0  # what the candidate does in one turn, where the target is a pace
    times: int = 1  # a candidate done in a blink is done so often in a turn, lest one hiccup decides


@dataclass(frozen=True)
class Row:
    """What is measured, against what, and what is expected of it."""

    name: str
    title: str
    reference: str
    candidate: str
    sense: Sense
    target: float | None
    only_at: str = ""  # the size the target speaks of; at others it is shown, not judged
    pace: int | None = None  # things a second, judged instead of the ratio
    things: str = ""


@dataclass(frozen=True)
class Measured:
    row: Row
    ratios: list[float]
    reference_ms: float
    candidate_ms: float
    checked: str
    noisy: bool
    tries: int
    turns: list[tuple[float, float]] = field(default_factory=list)
    pace: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def meets(self) -> bool | None:
        """Whether the median reaches the target; None without one."""
        if self.row.pace is not None:
            return self.pace >= self.row.pace
        if self.row.target is None:
            return None
        if self.row.sense == Sense.FASTER:
            return self.median >= self.row.target
        return self.median <= self.row.target


def measure(
    row: Row, pair: Pair, rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter
) -> Measured:
    """Warm both sides, check the answer, then A B A B; a noisy row is tried again, and at last kept as it is.

    Raises AssertionError only when the candidate's answer is wrong.
    """

    def turn(side: Callable[[], object], times: int = 1) -> float:
        pair.ready()
        began = clock()
        for _ in range(times):
            told = side()
        return told if isinstance(told, float) else (clock() - began) / times

    turn(pair.reference)
    turn(pair.candidate, pair.times)
    checked = pair.check()
    for tries in range(1, TRIES + 1):  # noqa: B007 (the last one is told)
        turns = [(turn(pair.reference), turn(pair.candidate, pair.times)) for _ in range(rounds)]
        references = [reference for reference, _ in turns]
        noisy = max(references) > min(references) * (1 + DRIFT)
        if not noisy:
            break
    faster = row.sense == Sense.FASTER
    candidate = statistics.median(candidate for _, candidate in turns)
    return Measured(
        row=row,
        ratios=[a / b if faster else b / a for a, b in turns],
        reference_ms=statistics.median(references) * 1000,
        candidate_ms=candidate * 1000,
        checked=checked,
        noisy=noisy,
        tries=tries,
        turns=turns,
        pace=pair.things / candidate,
    )
