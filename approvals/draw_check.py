"""Drawing again: does every draw of a day follow from its seed and its candidates?"""

from dataclasses import dataclass
from datetime import date

from approvals import draw
from approvals.models import Draw, DutySeed
from portal.audit import workflow as audit


@dataclass(frozen=True)
class Fault:
    number: str
    message: str

    def __str__(self) -> str:
        return f"{self.number} {self.message}" if self.number else self.message


@dataclass(frozen=True)
class Verdict:
    """``is_public``: the seed is revealed, so that anyone could have found the same."""

    draws: int
    is_public: bool
    faults: list[Fault]


def verify_day(day: date) -> Verdict:
    """Recompute all draws of a day. A day without a seed had none, and is in order."""
    seed = DutySeed.objects.filter(day=day).first()
    if seed is None:
        return Verdict(0, False, [])
    found = _seed_faults(seed)
    draws = list(seed.draws.select_related("case").order_by("drawn_at", "pk"))
    for row in draws:
        found += _draw_faults(seed, row)
    return Verdict(len(draws), seed.revealed_at is not None, found)


def _seed_faults(seed: DutySeed) -> list[Fault]:
    found = []
    if draw.commitment(seed.seed) != seed.commitment:
        found.append(Fault("", "种子与承诺值不符。"))
    if seed.revealed_at and seed.revealed != seed.seed:
        found.append(Fault("", "公布的种子与当日使用的种子不符。"))
    said = audit.history(seed).filter(action="approvals.seed.committed").first()
    if said is None or said.facts["commitment"] != seed.commitment:
        found.append(Fault("", "承诺值与留痕记录不符。"))
    elif not seed.was_committed_before_its_day:
        found.append(Fault("", f"种子到{seed.committed_at:%Y-%m-%d %H:%M}才承诺，没有提前一日。"))
    return found


def _draw_faults(seed: DutySeed, row: Draw) -> list[Fault]:
    number = row.case.number
    entries = audit.history(row.case).filter(
        action__in=("approvals.case.drawn", "approvals.case.left_undrawn")
    )
    said = next((entry.facts for entry in entries if entry.facts.get("round") == row.round), None)
    if said is None:
        return [Fault(number, "没有留痕记录。")]
    found = []
    if said["candidates"] != row.candidates or said["excluded"] != row.excluded:
        found.append(Fault(number, "候选人与留痕记录不符。"))
    if said["commitment"] != seed.commitment:
        found.append(Fault(number, "抽取所用的承诺值不是当日的。"))
    if not row.candidates:
        return found + ([Fault(number, "没有候选人却抽出了承办人。")] if row.drawn_id else [])
    index = draw.place(seed.seed, seed.day, number, row.round, len(row.candidates))
    if row.index != index or said["index"] != index:
        found.append(Fault(number, f"应当抽中第{index}名，记录为第{row.index}名。"))
    elif row.drawn_id != row.candidates[index]["user"]:
        found.append(Fault(number, f"应当由{row.candidates[index]['name']}承办，记录为{row.drawn}。"))
    if [c["user"] for c in row.candidates] != sorted(c["user"] for c in row.candidates):
        found.append(Fault(number, "候选人没有按编号排序。"))
    return found
