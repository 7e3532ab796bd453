"""What changed between two versions, as a person reads it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # unchanged paragraphs kept on each side of a change
ALIKE = 0.4  # below this two paragraphs are another text, not a changed one


@dataclass(frozen=True)
class Span:
    """A run of characters; ``mark`` is same, added or removed."""

    mark: str
    text: str


@dataclass(frozen=True)
class Line:
    """A paragraph: same, added, removed or changed; ``skipped`` counts unchanged ones left out."""

    mark: str
    spans: tuple[Span, ...] = ()
    skipped: int = 0


def compare(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """The paragraphs of both, changed ones once with what went and what came; long same runs folded."""
    lines: list[Line] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    blocks = matcher.get_opcodes()
    for number, (tag, a, b, c, d) in enumerate(blocks):
        if tag == "equal":
            lines += _folded(old[a:b], is_first=number == 0, is_last=number == len(blocks) - 1)
        else:
            lines += _replaced(list(old[a:b]), list(new[c:d]))
    return lines


def has_changes(lines: Sequence[Line]) -> bool:
    return any(line.mark in ("added", "removed", "changed") for line in lines)


def _folded(same: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head, tail = 0 if is_first else AROUND, 0 if is_last else AROUND
    if len(same) <= head + tail + 1:
        head, tail = len(same), 0
    for text in same[:head]:
        yield Line("same", (Span("same", text),))
    if left := len(same) - head - tail:
        yield Line("skipped", skipped=left)
    for text in same[len(same) - tail :]:
        yield Line("same", (Span("same", text),))


def _replaced(old: list[str], new: list[str]) -> Iterator[Line]:
    while old and new:
        before, after = old.pop(0), new.pop(0)
        matcher = SequenceMatcher(a=before, b=after, autojunk=False)
        if matcher.ratio() < ALIKE:
            yield Line("removed", (Span("removed", before),))
            yield Line("added", (Span("added", after),))
        else:
            yield Line("changed", tuple(_spans(matcher, before, after)))
    for text in old:
        yield Line("removed", (Span("removed", text),))
    for text in new:
        yield Line("added", (Span("added", text),))


def _spans(matcher: "SequenceMatcher[str]", before: str, after: str) -> Iterator[Span]:
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Span("same", before[a:b])
            continue
        if b > a:
            yield Span("removed", before[a:b])
        if d > c:
            yield Span("added", after[c:d])
