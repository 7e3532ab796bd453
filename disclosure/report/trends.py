"""Figures of several years side by side, as bars with a table and a sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from disclosure.report import wording
from disclosure.report.cells import Figures, count

# What is worth comparing: the name of a figure in braces, and how it is called here.
_MEASURES = (
    ("新收", "新收申请", "件"),
    ("办结", "办理结果", "件"),
    ("予以公开", "予以公开", "件"),
    ("部分公开", "部分公开", "件"),
    ("不予公开", "不予公开", "件"),
    ("无法提供", "无法提供", "件"),
    ("复议", "行政复议", "件"),
    ("诉讼", "行政诉讼", "件"),
    ("行政许可", "行政许可决定", "件"),
)


@dataclass(frozen=True)
class Bar:
    """``width`` is of a hundred, the largest of its measure being the whole."""

    year: int
    value: str
    width: str


@dataclass(frozen=True)
class Trend:
    label: str
    sentence: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Trends:
    years: tuple[int, ...]
    measures: tuple[Trend, ...]


def compare(year: int, known: Sequence[tuple[int, Figures]]) -> Trends | None:
    """None when there is no other year to compare with. ``known``: by year, oldest first."""
    if len(known) < 2:
        return None
    measures: list[Trend] = []
    for name, label, unit in _MEASURES:
        values: list[tuple[int, int | Decimal]] = [
            (then, _value(name, figures, then)) for then, figures in known
        ]
        largest = max(float(value) for _, value in values)
        if not largest:
            continue
        bars = tuple(_bar(then, value, largest) for then, value in values)
        measures.append(Trend(label, _sentence(label, unit, values), bars))
    return Trends(tuple(then for then, _ in known), tuple(measures))


def _bar(year: int, value: int | Decimal, largest: float) -> Bar:
    return Bar(year, wording.printed(value), f"{float(value) * 100 / largest:.1f}")


def _value(name: str, figures: Figures, year: int) -> int | Decimal:
    found: int | Decimal = 0
    for address in wording.cells_of(name, year):
        found += count(figures.get(address))
    return found


def _sentence(label: str, unit: str, values: list[tuple[int, int | Decimal]]) -> str:
    (before, was), (year, now) = values[-2:]
    told = f"{year}年{label}{wording.printed(now)}{unit}，"
    if now == was:
        return f"{told}与{before}年持平"
    word, difference = ("增加", now - was) if now > was else ("减少", was - now)
    share = f"（{float(difference) * 100 / float(was):.1f}%）" if was else ""
    return f"{told}比{before}年{word}{wording.printed(difference)}{unit}{share}"
