"""The import of people from one table, against COPY of the very rows it makes into tables that check nothing."""

import csv
import io
import resource
import tempfile
import time
from pathlib import Path

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone

from portal.people.crypto import encrypt_all, keyed_hashes
from portal.people.models import Department, Party
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.site.seeding.registries import id_number
from talent import workflow
from talent.history import versions_of
from talent.models import OriginKind, Person, RegistryBatch
from talent.workflow import batches, loading

IMPORT = Row(
    "import", "人员导入", "COPY of the rows it makes (party, person, version) into bare tables",
    "loading.load: read, checked, encrypted, matched, stored with versions", Sense.FASTER, 0.3,
)  # fmt: skip
PEOPLE = {"tiny": 60, "small": 20_000}
MOST = 100_000  # a turn
FIRST = 2_000_000  # numbers that no seeded person has
SAMPLE = 200
HEADINGS = (
    "姓名", "证件号码", "手机号码", "学历", "毕业院校", "专业", "毕业日期", "职称", "职称证书编号", "从事工程管理起始日期",
)  # fmt: skip
BARE = (Party._meta.db_table, Person._meta.db_table, "talent_personhistory")


def write(path: Path, people: range) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        writer.writerows(cells(number) for number in people)


def cells(number: int) -> tuple[str, ...]:
    titled = number % 2 == 0
    return (
        f"测量{number}", id_number(number), f"139{number % 10**8:08d}", "大学本科" if number % 3 else "",
        f"示范大学{number % 90}", "土木工程", f"{2000 + number % 20}-07-01", "中级" if titled else "",
        f"职{number}" if titled else "", f"{2005 + number % 18}-03-01",
    )  # fmt: skip


def begun(people: range) -> RegistryBatch:
    """A table of so many, checked and begun, of which no row is loaded."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        path = Path(folder) / "people.csv"
        write(path, people)
        with path.open("rb") as content:
            batch = batches.receive(
                File(content), kind="people", source="测量", name=path.name, by=None, at=timezone.now()
            )
    return batches.begin(batches.check(batch, at=timezone.now()), by=None, at=timezone.now())


def import_row(places: Places, size: Size) -> Pair:
    """Each turn takes in as many new people; the first one's rows are what is copied into the bare tables."""
    count = PEOPLE.get(size.name, MOST)
    made = first = _free(count)
    ready: list[RegistryBatch] = []
    told = {"kilobytes": 0}

    def prepare() -> None:
        nonlocal made
        if not ready:
            ready.append(begun(range(made, made + count)))
            made += count

    def load() -> float:
        batch, before = ready.pop(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        batch = loading.load(batch, at=timezone.now())
        took = time.perf_counter() - began
        told["kilobytes"] = max(
            told["kilobytes"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        )
        assert (batch.loaded, batch.faulty) == (count, 0), batch.faulty  # noqa: S101
        return took

    prepare()
    load()
    texts = [_as_copied(table, count) for table in BARE]

    def bare() -> float:
        took = 0.0
        with transaction.atomic(), connection.cursor() as cursor:
            for table, text in zip(BARE, texts, strict=True):
                cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
                began = time.perf_counter()
                cursor.copy_expert(f"COPY bare_{table} FROM STDIN", io.BytesIO(text), 65_536)
                took += time.perf_counter() - began
            transaction.set_rollback(True)
        return took

    def check() -> str:
        _check_sample(first, count)
        _check_conflicts(first)
        return (
            f"{count:,} people, {SAMPLE} read field by field, conflicts decided by origin;"
            f" {told['kilobytes'] / 1024:.0f} MB more than before; encryption and hashes alone"
            f" {_sealing(count):.1f} s"
        )

    return Pair(reference=bare, candidate=load, check=check, ready=prepare, things=count)


def _free(step: int) -> int:
    """A number from which on nobody was taken in, where a database was kept."""
    number = FIRST
    while Person.objects.filter(name=cells(number)[0]).exists():
        number += step
    return number


def _as_copied(table: str, count: int) -> bytes:
    """The last ``count`` rows of a table."""
    out, key = io.BytesIO(), "pgh_id" if table.endswith("history") else "id"
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT * FROM {table} ORDER BY {key} DESC LIMIT {count}) TO STDOUT",  # noqa: S608
            out,
        )
    return out.getvalue()


def _sealing(count: int) -> float:
    """Seconds that the personal numbers of so many people take by themselves."""
    numbers = [id_number(FIRST + n) for n in range(min(count, 10_000))]
    began = time.perf_counter()
    for purpose in ("id_number", "phone"):
        encrypt_all(numbers, purpose)
        keyed_hashes(purpose, numbers)
    return (time.perf_counter() - began) * count / len(numbers)


def _check_sample(first: int, count: int) -> None:
    for number in range(first, first + count, max(count // SAMPLE, 1)):
        told = cells(number)
        person = Person.objects.select_related("party", "origin").get(name=told[0])
        assert person.party.id_number == told[1] and person.party.phone == told[2], told  # noqa: S101
        assert (person.school, str(person.graduated_on)) == (told[4], told[6]), told  # noqa: S101
        assert person.title == (2 if told[7] else 0) and person.title_no == told[8], told  # noqa: S101
        assert person.origin.kind == OriginKind.IMPORT and versions_of(person).count() == 1, told  # noqa: S101
        assert {fact.field for fact in person.own_facts() if fact.is_open} >= {"title_name"}, told  # noqa: S101


def _check_conflicts(first: int) -> None:
    """A second table over people of whom one speaks for himself and a decision speaks of another."""
    own, decided = (Person.objects.get(name=cells(first + n)[0]) for n in (0, 1))
    at = timezone.now()
    workflow.declare(own, {"title_name": "工程师"}, by=None, at=at)
    department = Department.objects.earliest("pk")
    origin = workflow.decided(department, decision_number="测量〔2026〕1号", by=None, at=at)
    workflow.state(decided, {"school": "按决定登记的大学"}, origin=origin)
    batch = loading.load(begun(range(first, first + 10)), at=at)
    own.refresh_from_db()
    decided.refresh_from_db()
    assert (batch.unchanged, batch.withheld) == (9, 1), (batch.unchanged, batch.withheld)  # noqa: S101
    assert (own.title_name, decided.school) == ("工程师", "按决定登记的大学")  # noqa: S101


ROWS = ((IMPORT, import_row),)
