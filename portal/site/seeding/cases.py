"""Invented cases by the hundred thousand: those of the demo city, again, for the invented enterprises.

Number k is the same case every time: which case it follows, how many days earlier, and whose it is depend on
k alone, so a run goes on where one ended, and batches are transactions. Clocks are settled anew for the days
they fall on. They are ballast: nobody opened a file of theirs, and one entry each tells that they were seeded.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from approvals.models import Case, CaseMaterial, Certificate, Decision, Step
from approvals.models.codes import OPEN
from portal import copying
from portal.audit import workflow as audit
from portal.people.models import PartyKind
from portal.refusals import RuleBroken
from portal.site.seeding.registries import SOURCE
from portal.workdays.models import Clock, ClockSegment, current_calendar
from portal.workdays.recomputing import DERIVED, derive
from talent.models import Enterprise, Person

BATCH = 5_000
BASE = 10**9  # above every key a row of the city has
STRIDE = 10**6  # between the keys of two copies of a row: more than the city has of any
CLOSED_DAYS, OPEN_DAYS = 700, 15  # over which their beginnings are spread
OPEN_SHARE = 50  # one case in so many is open
MOST_FOLLOWED = 12  # different cases of the city, closed and open
COPIED: tuple[type[models.Model], ...] = (
    Clock, ClockSegment, Case, Step, CaseMaterial, Decision, Certificate,
)  # fmt: skip

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Followed:
    """A case of the city, and which numbers follow it: ``first``, and every ``step``-th after it."""

    case: Case
    first: int
    step: int
    days: int

    def numbers(self, start: int, end: int) -> tuple[int, int]:
        """The first number from ``start`` on, and the last before ``end``; none where it is beyond."""
        begin = start + (self.first - start) % self.step
        return begin, end - 1


def seed_cases(total: int, *, at: datetime, progress: Progress = lambda done: None) -> int:
    """Have so many invented cases in all; how many were added.

    Raises RuleBroken without cases of the city to follow, or without invented enterprises.
    """
    followed, parties = _followed(), _parties()
    if not followed:
        raise RuleBroken("还没有办件，请先装载示范市。")
    if not parties[PartyKind.ENTERPRISE]:
        raise RuleBroken("请先生成企业，再生成办件。")
    had = _have(total, followed)
    progress(had)
    with connection.cursor() as cursor:
        _settle(cursor, followed)
        _gather(cursor, parties)
    for start in range(had, total, BATCH):
        end = min(start + BATCH, total)
        _insert(start, end, followed, parties, at)
        progress(end)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE seeding_moved, seeding_parties")
        names = ", ".join(model._meta.db_table for model in COPIED)
        cursor.execute(f"ANALYZE {names}, audit_entry, audit_chain")
    return total - had


def key(followed: Followed, number: int) -> int:
    return BASE + followed.case.pk + number * STRIDE


def _followed() -> list[Followed]:
    """Closed ones share all numbers but each fiftieth, open ones share those."""
    own = Case.objects.filter(pk__lt=BASE).select_related("party").order_by("pk")
    closed = list(own.exclude(closed_at=None)[:MOST_FOLLOWED])
    running = list(own.filter(status__in=OPEN)[:MOST_FOLLOWED]) or closed[:1]
    if not closed:
        return []
    found = [Followed(case, n, len(closed), CLOSED_DAYS) for n, case in enumerate(closed)]
    return found + [
        Followed(case, n * OPEN_SHARE, len(running) * OPEN_SHARE, OPEN_DAYS) for n, case in enumerate(running)
    ]


def _of(number: int, followed: list[Followed]) -> Followed:
    """The one a number follows."""
    is_open = number % OPEN_SHARE == 0
    return next(
        one
        for one in followed
        if (one.days == OPEN_DAYS) == is_open and number % one.step == one.first % one.step
    )


def _have(most: int, followed: list[Followed]) -> int:
    """How many there are, from number 0 without a gap: batches were committed in order."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if Case.objects.filter(pk=key(_of(middle, followed), middle)).exists():
            low = middle + 1
        else:
            high = middle
    return low


def _parties() -> dict[str, list[int]]:
    """Whose the cases are: the invented enterprises, and people where the case followed is a person's."""
    firms = Enterprise.objects.filter(origin__source=SOURCE).order_by("uscc")
    people = Person.objects.filter(origin__source=SOURCE).order_by("pk")
    return {
        PartyKind.ENTERPRISE: list(firms.values_list("party_id", flat=True)),
        PartyKind.NATURAL: list(people.values_list("party_id", flat=True)[:20_000]),
    }


def _gather(cursor: Any, parties: dict[str, list[int]]) -> None:
    """Parties by a number of their own, so that a case finds its party by arithmetic."""
    cursor.execute("DROP TABLE IF EXISTS seeding_parties")
    cursor.execute(
        "CREATE TEMP TABLE seeding_parties AS SELECT g.kind, g.n - 1 AS n, g.id, p.name FROM ("
        " SELECT %s AS kind, * FROM unnest(%s::bigint[]) WITH ORDINALITY AS u (id, n) UNION ALL"
        " SELECT %s, * FROM unnest(%s::bigint[]) WITH ORDINALITY AS u (id, n)) g JOIN people_party p USING (id)",
        [
            PartyKind.ENTERPRISE, parties[PartyKind.ENTERPRISE], PartyKind.NATURAL, parties[PartyKind.NATURAL],
        ],
    )  # fmt: skip
    cursor.execute("CREATE UNIQUE INDEX ON seeding_parties (kind, n)")
    cursor.execute("ANALYZE seeding_parties")


def _settle(cursor: Any, followed: list[Followed]) -> None:
    """The dates of every clock to be copied, for each number of days it may be moved back."""
    calendar, rows = current_calendar(), []
    for one in followed:
        for clock in Clock.objects.of(one.case):
            steps = clock.steps()
            for days in range(1, one.days + 1):
                moved = [replace(step, on=step.on - timedelta(days=days)) for step in steps]
                rows.append(
                    [clock.pk, days, *derive(moved, calendar, unit=clock.unit, warn_days=clock.warn_days)]
                )
    columns = ", ".join(f"{name} {_TYPES.get(name, 'date')}" for name in DERIVED)
    cursor.execute("DROP TABLE IF EXISTS seeding_moved")
    cursor.execute(f"CREATE TEMP TABLE seeding_moved (clock_id bigint, days int, {columns})")
    cursor.execute("CREATE UNIQUE INDEX ON seeding_moved (clock_id, days)")
    copying.copy("seeding_moved", map(copying.line, rows))
    cursor.execute("ANALYZE seeding_moved")


_TYPES = {"due_ordinal": "int", "left_at_stop": "int"}


def _insert(
    start: int, end: int, followed: list[Followed], parties: dict[str, list[int]], at: datetime
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        for one in followed:
            _copy_case(cursor, one, *one.numbers(start, end), parties)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for model in COPIED:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")
        made = Case.objects.filter(pk__in=[key(_of(n, followed), n) for n in range(start, end)])
        deeds = [
            audit.Deed((Case._meta.label_lower, str(pk)), {"number": number, "source": SOURCE})
            for pk, number in made.values_list("pk", "number")
        ]
        audit.record_all("approvals.case.submitted", deeds, actor=None, at=at)


def _copy_case(cursor: Any, one: Followed, begin: int, last: int, parties: dict[str, list[int]]) -> None:
    case = one.case
    values: dict[str, Any] = {"begin": begin, "last": last, "step": one.step, "days": one.days}
    kind = PartyKind.NATURAL if case.party.is_natural and parties[PartyKind.NATURAL] else PartyKind.ENTERPRISE
    values |= {"kind": kind, "parties": len(parties[kind]), "old": case.number, "case": case.pk}
    values |= {"subject": str(case.pk), "subject_type": Case._meta.label_lower}
    of_subject = "s.subject_type = %(subject_type)s AND s.subject_id = %(subject)s"
    of_clocks = f"s.clock_id IN (SELECT s.id FROM {Clock._meta.db_table} s WHERE {of_subject})"  # noqa: S608
    for model in COPIED:
        where = {Clock: of_subject, ClockSegment: of_clocks, Case: "s.id = %(case)s"}.get(
            model, "s.case_id = %(case)s"
        )
        _copy(cursor, model, where, values, closed=one.days == CLOSED_DAYS)


_NUMBER = "'8' || lpad(k::text, 13, '0')"  # no case number of the city begins with it
_OWN: dict[type[models.Model], dict[str, str]] = {
    Case: {
        "number": _NUMBER, "national_no": "'SEED' || k", "query_code_hash": "md5('a' || k) || md5('b' || k)",
        "applicant_user_id": "NULL", "party_id": "y.id", "party_name": "y.name",
    },
    Clock: {
        **{name: f"m.{name}" for name in DERIVED}, "warned_for": "m.due_on", "missed_for": "m.due_on",
        "party_id": "CASE WHEN s.party_id IS NOT NULL THEN y.id END",
        "subject_id": f"({BASE} + s.subject_id::bigint + k * {STRIDE}::bigint)::text",
        "subject_label": f"replace(s.subject_label, %(old)s, {_NUMBER})",
    },
    Decision: {"number": "'测' || k || '号'", "paper_id": "NULL"},
    Certificate: {"number": "'测证' || k || '号'", "holder": "y.name", "paper_id": "NULL"},
}  # fmt: skip


def _copy(
    cursor: Any, model: type[models.Model], where: str, values: dict[str, Any], *, closed: bool
) -> None:
    """Copies ``begin`` to ``last``: keys and what points at them moved on, dates moved back."""
    own, columns = _OWN.get(model, {}), {}
    for field in model._meta.local_concrete_fields:
        column = str(field.column)
        if column in own:
            columns[column] = own[column]
        elif field.primary_key or (field.is_relation and field.related_model in COPIED):
            columns[column] = f"{BASE} + s.{column} + k * {STRIDE}::bigint"
        elif isinstance(field, models.UUIDField):
            columns[column] = f"md5('{model._meta.db_table}' || s.id || ':' || k)::uuid"
        elif isinstance(field, models.DateTimeField):
            columns[column] = f"s.{column} - make_interval(days => d)"
        elif isinstance(field, models.DateField):
            columns[column] = f's."{column}" - d'
        else:
            columns[column] = f's."{column}"'
    names = ", ".join(f'"{column}"' for column in columns)
    table, others = model._meta.db_table, f"AND k %% {OPEN_SHARE} <> 0" if closed else ""
    settled = "JOIN seeding_moved m ON m.clock_id = s.id AND m.days = d" if model is Clock else ""
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} "  # noqa: S608 (names of our own models)
        "FROM generate_series(%(begin)s::int, %(last)s, %(step)s) AS k "
        "CROSS JOIN LATERAL (SELECT k / %(step)s %% %(days)s + 1 AS d) AS back "
        "JOIN seeding_parties y ON y.kind = %(kind)s AND y.n = k::bigint * 7919 %% %(parties)s "
        f"CROSS JOIN {table} s {settled} WHERE {where} {others}"
    )
    cursor.execute(sql, values)
