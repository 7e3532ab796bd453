"""Does a record of deeds hold together? Needs no database: an outsider runs it on an export.

The export is JSON lines: the days with their leaves first, then the entries chain by chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.audit import sealing

Line = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold; ``where`` names the entry, the day or the row."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}"


def name_of(subject_type: str, subject_id: str, seq: int) -> str:
    return f"{subject_type}:{subject_id} 第{seq}条"


@dataclass
class Inspection:
    """Takes the lines of an export in order and collects what is broken."""

    faults: list[Fault] = field(default_factory=list)
    roots: list[tuple[str, str]] = field(default_factory=list)
    entries: int = 0
    unsealed: int = 0
    _day: Line | None = None
    _day_leaves: list[tuple[str, str, int, str]] = field(default_factory=list)
    _prev_root: str = sealing.NOTHING_BEFORE
    _leaves: dict[tuple[str, str], dict[int, tuple[str, str]]] = field(default_factory=dict)
    _chain: tuple[str, str] | None = None
    _after_seal: int = 0
    _seq: int = 0
    _hash: str = sealing.NOTHING_BEFORE

    def run(self, lines: Iterable[Line]) -> "Inspection":
        for line in lines:
            {"digest": self._digest, "leaf": self._leaf, "entry": self._entry}[line["record"]](line)
        self._close_day()
        self._close_chain()
        for (kind, ident), left in sorted(self._leaves.items()):
            for seq, (_, day) in sorted(left.items()):
                self._fault(name_of(kind, ident, seq), f"已列入{day}的每日摘要，现在找不到")
        return self

    def _fault(self, where: str, what: str) -> None:
        self.faults.append(Fault(where, what))

    def _digest(self, line: Line) -> None:
        self._close_day()
        self._day, self._day_leaves = line, []

    def _leaf(self, line: Line) -> None:
        kind, ident, seq, head = line["subject_type"], line["subject_id"], line["seq"], line["hash"]
        self._day_leaves.append((kind, ident, seq, head))
        self._leaves.setdefault((kind, ident), {})[seq] = (head, line["day"])

    def _close_day(self) -> None:
        if self._day is None:
            return
        line, where = self._day, f"{self._day['day']}的每日摘要"
        tops = sealing.merkle_root(sealing.leaf_hash(*leaf) for leaf in sorted(self._day_leaves))
        day = date.fromisoformat(line["day"])
        if line["prev_root"] != self._prev_root:
            self._fault(where, "与前一日的根值不相接（前一日的摘要被改动或删除）")
        if line["leaf_count"] != len(self._day_leaves):
            self._fault(where, f"应有{line['leaf_count']}条链，现有{len(self._day_leaves)}条")
        elif line["root"] != sealing.day_root(day, line["prev_root"], line["leaf_count"], tops):
            self._fault(where, "根值与内容不符")
        self.roots.append((line["day"], line["root"]))
        self._prev_root, self._day = line["root"], None

    def _close_chain(self) -> None:
        self.unsealed += self._after_seal
        self._after_seal = 0
        if self._chain is not None:
            sealed = self._leaves.get(self._chain)
            if sealed is not None and not sealed:
                del self._leaves[self._chain]

    def _entry(self, line: Line) -> None:
        self._close_day()
        key = (line["subject_type"], line["subject_id"])
        if key != self._chain:
            self._close_chain()
            self._chain, self._seq, self._hash = key, 0, sealing.NOTHING_BEFORE
        where, seq = name_of(*key, line["seq"]), line["seq"]
        if seq != self._seq + 1:
            self._fault(where, f"应为第{self._seq + 1}条：其间有记录被删除或重复")
        elif line["prev_hash"] != self._hash:
            self._fault(where, "与前一条不相接（前一条被换过，或本条是插入的）")
        if line["hash"] != sealing.entry_hash(line["prev_hash"], seq, _payload(line)):
            self._fault(where, "内容与摘要不符（被改动）")
        leaf = self._leaves.get(key, {}).pop(seq, None)
        if leaf and leaf[0] != line["hash"]:
            self._fault(where, f"与{leaf[1]}的每日摘要不符（整条链被重写）")
        self.entries += 1
        self._after_seal = 0 if leaf else self._after_seal + 1
        self._seq, self._hash = seq, line["hash"]


def _payload(line: Line) -> str:
    return sealing.payload(
        line["subject_type"],
        line["subject_id"],
        line["action"],
        line["actor_id"],
        line["actor_label"],
        line["behalf_label"],
        datetime.fromisoformat(line["at"]),
        line["facts"],
    )
