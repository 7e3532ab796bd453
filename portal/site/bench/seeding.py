"""Two cases of the demo city led by the workflows, then copied by the hundred thousand in SQL.

Copies are ballast: their numbers, dates and people differ, but their chains of audit entries are
copies too and do not verify.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction

from approvals.models import Case, CaseMaterial, Step
from portal.audit.models import Chain, Entry
from portal.people.models import User
from portal.site.demo import applications
from portal.site.demo.accounts import read
from portal.site.demo.load import LOADERS
from portal.workdays.models import Clock, ClockSegment

STRIDE = 10_000  # copy k of a row has its key plus k times this
TASKS = 60  # open cases of one handler, however many cases there are
OPEN_SHARE = 50  # one case in so many is open
DAYS = 700  # over which closed cases are spread
OPEN_ROAD, CLOSED_ROAD = "accept", "close"
COPIED: tuple[type[models.Model], ...] = (
    Case, Clock, ClockSegment, Step, CaseMaterial, Entry, Chain, User,
)  # fmt: skip


def load_city_without_cases() -> None:
    """Departments, people and items of the demo city, and one case on each of the two roads."""
    for noun, load in LOADERS:
        if noun != "cases":
            with transaction.atomic():
                load()
    rows = read("applications")
    for number, last in enumerate((OPEN_ROAD, CLOSED_ROAD)):
        row = next(row for row in rows if row["road"] and row["road"][-1][0] == last)
        with transaction.atomic():
            applications.lead(row, number)


def handler() -> User:
    """Whose tasks are measured: the one who was drawn for the open case."""
    return Step.objects.filter(state="todo", assignee__isnull=False).earliest("pk").assignee  # type: ignore[return-value]


def closed_case() -> Case:
    return Case.objects.filter(closed_at__isnull=False).earliest("pk")


def copy_cases(total: int) -> None:
    """So many cases in all, most of them closed, with clocks, steps, materials and entries; ANALYZE.

    Where cases were copied before, nothing is done.
    """
    if User.objects.filter(username__startswith="bench-").exists():
        return
    opened = max(TASKS, total // OPEN_SHARE)
    drawn, handled = handler(), Case.objects.get(closed_at=None)
    closed = closed_case()
    with transaction.atomic(), connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        user = {"username": "'bench-' || k"}
        _copy(cursor, User, "id = %s", [drawn.pk], opened // TASKS, user)
        # Sixty cases each, the first sixty to the handler drawn.
        theirs = f"{drawn.pk} + (k - 1) / {TASKS} * {STRIDE}"
        _copy_case(cursor, handled, opened, 20, {"handler_id": theirs, "assignee_id": theirs})
        _copy_case(cursor, closed, max(total - opened, 1), DAYS, {})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in COPIED:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")
            table = model._meta.db_table
            highest = f"SELECT max(id) FROM {table}"  # noqa: S608 (a table of our own)
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), ({highest}))", [table])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy_case(cursor: Any, case: Case, copies: int, days: int, theirs: dict[str, str]) -> None:
    of_subject = "subject_type = 'approvals.case' AND subject_id = %s"
    shifted_subject = {"subject_id": f"(subject_id::bigint + k * {STRIDE})::text"}
    number = {
        "number": f"'9' || lpad((id + k * {STRIDE})::text, 13, '0')",
        "national_no": f"'B' || (id + k * {STRIDE})",
    }
    clocks = list(Clock.objects.of(case).values_list("pk", flat=True))
    parts: Iterable[tuple[type[models.Model], str, list[Any], dict[str, str]]] = (
        (Clock, of_subject, [str(case.pk)], shifted_subject | theirs),
        (ClockSegment, "clock_id = ANY(%s)", [clocks], {}),
        (Case, "id = %s", [case.pk], number | theirs),
        (Step, "case_id = %s", [case.pk], theirs),
        (CaseMaterial, "case_id = %s", [case.pk], {}),
        (Entry, of_subject, [str(case.pk)], shifted_subject),
        (Chain, of_subject, [str(case.pk)], shifted_subject),
    )
    for model, where, values, columns in parts:
        _copy(cursor, model, where, values, copies, columns, days)


def _copy(
    cursor: Any,
    model: type[models.Model],
    where: str,
    values: list[Any],
    copies: int,
    columns: dict[str, str],
    days: int = 1,
) -> None:
    """Copies 1 to ``copies`` of the rows: keys and what points at them moved on, dates spread over ``days``."""
    names, sources = [], []
    for field in model._meta.local_concrete_fields:
        column = str(field.column)
        source = f'"{column}"'
        if field.primary_key or (field.is_relation and field.related_model in COPIED[:-1]):
            source = f"{source} + k * {STRIDE}"
        elif column in columns:
            source = columns[column]
        elif isinstance(field, models.UUIDField):
            source = "gen_random_uuid()"
        elif isinstance(field, models.DateTimeField):
            source = f"{source} - make_interval(days => k % {days})"
        elif isinstance(field, models.DateField):
            source = f"{source} - k % {days}"
        names.append(f'"{column}"')
        sources.append(source)
    sql = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "  # noqa: S608 (names of our own models)
        f"SELECT {', '.join(sources)} FROM {model._meta.db_table}, generate_series(1::int, {copies}) AS k "
        f"WHERE {where}"
    ).replace("%", "%%")
    cursor.execute(sql.replace("%%s", "%s"), values)
