"""What was measured, as JSON for machines and as a table for people."""

import json
import os
import platform
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import connection

from portal.site.bench.measuring import DRIFT, ROUNDS, Measured
from portal.site.bench.sizes import Size

PACKAGES = ("Django", "psycopg2-binary", "celery", "redis", "holidays")
DATABASE_SETTINGS = (
    "shared_buffers",
    "work_mem",
    "effective_cache_size",
    "fsync",
    "synchronous_commit",
    "jit",
)


@dataclass(frozen=True)
class Surroundings:
    """On what it ran; read while the engine is at hand."""

    versions: dict[str, str]
    database: dict[str, str]
    cpus: int
    debug: bool

    @classmethod
    def now(cls) -> "Surroundings":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, current_setting(name) FROM unnest(%s) AS name", [list(DATABASE_SETTINGS)]
            )
            database = dict(cursor.fetchall())
            cursor.execute("SHOW server_version")
            versions = {"Python": platform.python_version(), "PostgreSQL": cursor.fetchone()[0].split()[0]}
        versions |= {name: version(name) for name in PACKAGES}
        return cls(versions, database, os.cpu_count() or 1, settings.DEBUG)


def as_json(measured: list[Measured], size: Size, surroundings: Surroundings, at: datetime) -> str:
    rows = [
        {
            "row": one.row.name,
            "sense": one.row.sense,
            "target": one.row.target,
            "pace": [one.row.pace, round(one.pace)],
            "median": round(one.median, 3),
            "ratios": [round(ratio, 3) for ratio in one.ratios],
            "turns_ms": [[round(a * 1000, 2), round(b * 1000, 2)] for a, b in one.turns],
            "noisy": one.noisy,
            "tries": one.tries,
            "meets": judged(one, size),
            "checked": one.checked,
        }
        for one in measured
    ]
    facts: dict[str, Any] = {"at": at.isoformat(timespec="seconds"), "size": vars(size), "rows": rows}
    return json.dumps(facts | vars(surroundings), ensure_ascii=False, indent=2)


def judged(one: Measured, size: Size) -> bool | None:
    """Whether the target is met; None where it speaks of another size."""
    return one.meets if one.row.only_at in ("", size.name) else None


def as_table(measured: list[Measured], size: Size) -> str:
    lines = [
        "| row | what | against | ratio: median (min–max) | target | met | ms a turn | checked |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in measured:
        row = one.row
        word = {True: "yes", False: "**no**", None: "–"}[judged(one, size)]
        noisy = " *noisy*" if one.noisy else ""
        ratio = f"{_round(one.median)}× ({_round(min(one.ratios))}–{_round(max(one.ratios))}){noisy}"
        target = f"{row.sense} {row.target:g}×" if row.target is not None else "–"
        if row.pace is not None:
            target = f"≥ {row.pace:,} {row.things}/s"
            ratio = f"{one.pace:,.0f} {row.things}/s; {ratio}"
        target += f" at {row.only_at}" if row.only_at else ""
        times = f"{one.candidate_ms:.1f} against {one.reference_ms:.1f}"
        lines.append(
            f"| {row.name} {row.title} | {row.candidate} | {row.reference} | {ratio} | {target} | {word}"
            f" | {times} | {one.checked} |"
        )
    return "\n".join(lines)


def as_page(measured: list[Measured], size: Size, surroundings: Surroundings, at: datetime) -> str:
    """The whole of ``docs/performance.md``."""
    versions = ", ".join(f"{name} {number}" for name, number in surroundings.versions.items())
    database = ", ".join(f"{name} = {value}" for name, value in surroundings.database.items())
    return f"""# Performance

Written by `manage.py bench --size {size.name} --write` on {at:%Y-%m-%d}; run it again rather than believe it.

Only ratios count. Both sides of a row run in turn in one process, A B A B, {ROUNDS} rounds or more, on the same
seeded and analysed rows; the ratio of each round is taken, and the table gives their median and spread. ≥ rows
say how many times faster than the reference, ≤ rows how many times its time. A reference that moved by more
than {DRIFT:.0%} makes the row be repeated, and *noisy* when it does not settle. Every row checks the
answers it times. Pages are asked for inside the process, without a server before it.

{as_table(measured, size)}

Size `{size.name}`: {size.cases:,} cases (and {size.few_cases:,} beside them), {size.documents:,} documents,
{size.notices:,} notices, {size.dates:,} dates, {size.clocks:,} clocks re-dated. {surroundings.cpus} processors. {versions}. PostgreSQL: {database}.
"""


def _round(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"
