"""Invented enterprises and people by the hundred thousand: posts, registrations, titles, finances, qualifications.

They are ballast: nobody stated or decided anything, no trigger keeps their versions and no audit entry
tells of them. Number n is the same enterprise or person every time, so a run goes on where one ended,
and batches are transactions.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from stdnum.cn import ric, uscc

from portal import copying
from portal.people.crypto import encrypt_all, keyed_hash, keyed_hashes
from portal.people.models import ApplicantType, IdType, Party, PartyKind
from portal.refusals import RuleBroken
from portal.site.seeding.texts import SEED
from talent import workflow
from talent.models import (
    Employment,
    Enterprise,
    FinanceYear,
    Grade,
    Origin,
    Person,
    Position,
    Qualification,
    QualificationCategory,
    Registration,
    RegistrationKind,
    Series,
    Sex,
    Speciality,
)

BATCH = 5_000
SOURCE = "测量用的虚构数据"
ENTERED = date(2024, 1, 1)
BIRTHS = date(1962, 1, 1)
BIRTH_DAYS, STRIDE = 15_000, 7_919  # coprime: neighbours in number are strangers in age
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰建国志文辉力斌波宁浩然宇轩子涵欣怡思远"
PLACES = ("东", "西", "南", "北", "中", "新", "和", "平", "兴", "安", "康", "宁", "永", "华", "丰", "泰")
TRADES = ("建筑工程", "市政工程", "机电安装", "电力工程", "装饰工程", "劳务", "监理咨询", "勘察设计")
REGIONS = ("990101", "990102", "990103", "990121", "990122")
# What people do, of a hundred.
POSITIONS = (
    [Position.WORKER] * 62 + [Position.TECHNICAL] * 16 + [Position.SITE_MANAGER] * 14 + [Position.OTHER] * 6
    + [Position.ACCOUNTANT] * 2
)  # fmt: skip
SPECIALITIES = [Speciality.BUILDING] * 5 + [Speciality.MUNICIPAL] * 2 + [Speciality.MECHANICAL] * 3
TABLES: tuple[type[models.Model], ...] = (
    Party, Enterprise, FinanceYear, Qualification, Person, Employment, Registration,
)  # fmt: skip

Progress = Callable[[int], None]


def seed_enterprises(total: int, *, at: datetime, progress: Progress = lambda done: None) -> int:
    """Have so many invented enterprises in all; how many were added."""
    had = _have(total, lambda n: Enterprise.objects.filter(uscc=credit_code(n)))
    progress(had)
    origin = _origin(at)
    category = _category()
    for first in range(had, total, BATCH):
        _insert_enterprises(range(first, min(first + BATCH, total)), origin, category)
        progress(min(first + BATCH, total))
    _analyse()
    return total - had


def seed_people(total: int, *, at: datetime, progress: Progress = lambda done: None) -> int:
    """Have so many invented people in all, employed by the invented enterprises; how many were added.

    Raises RuleBroken when there are no enterprises to employ them.
    """
    firms = list(
        Enterprise.objects.filter(origin__source=SOURCE).order_by("uscc").values_list("pk", flat=True)
    )
    if not firms:
        raise RuleBroken("请先生成企业，再生成人员。")
    hashed = lambda n: keyed_hash("id_number", id_number(n))  # noqa: E731 (one use, beside it)
    had = _have(total, lambda n: Party.objects.filter(id_type=IdType.ID_CARD, id_hash=hashed(n)))
    progress(had)
    origin = _origin(at)
    for first in range(had, total, BATCH):
        _insert_people(range(first, min(first + BATCH, total)), firms, origin)
        progress(min(first + BATCH, total))
    _analyse()
    return total - had


def credit_code(number: int) -> str:
    """A well-formed credit code of nobody."""
    body = f"91990100MB{number:07d}"
    return str(body + uscc.calc_check_digit(body))


def id_number(number: int) -> str:
    """A well-formed identity number of nobody, in a region of its own; a day of birth has a thousand."""
    born = BIRTHS + timedelta(days=number * STRIDE % BIRTH_DAYS)
    body = f"990188{born:%Y%m%d}{number // BIRTH_DAYS:03d}"
    return str(body + ric.calc_check_digit(body + "0"))


def _have(most: int, found: Callable[[int], models.QuerySet[Any]]) -> int:
    """How many there are, from number 0 without a gap: batches were committed in order."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if found(middle).exists():
            low = middle + 1
        else:
            high = middle
    return low


def _origin(at: datetime) -> Origin:
    return Origin.objects.filter(source=SOURCE).first() or workflow.imported(SOURCE, by=None, at=at)


def _category() -> QualificationCategory:
    return QualificationCategory.objects.get_or_create(
        series=Series.GENERAL,
        name="建筑工程",
        defaults={"code": "building", "grades": ["0", "1", "2", "3"], "valid_from": date(2015, 1, 1)},
    )[0]


def _dice(kind: int, number: int) -> random.Random:
    return random.Random(SEED * kind + number)  # noqa: S311 (seeded on purpose)


@transaction.atomic
def _insert_enterprises(numbers: range, origin: Origin, category: QualificationCategory) -> None:
    parties, firms, years, held = [], [], [], []
    party_keys, keys = copying.keys(Party, len(numbers)), copying.keys(Enterprise, len(numbers))
    for number, party_key, key in zip(numbers, party_keys, keys, strict=True):
        dice = _dice(11, number)
        code = credit_code(number)
        name = f"示范市{dice.choice(PLACES)}{dice.choice(PLACES)}{number}{dice.choice(TRADES)}有限公司"
        leader = dice.choice(SURNAMES) + dice.choice(GIVEN)
        party = Party(
            pk=party_key, kind=PartyKind.ENTERPRISE, applicant_type=ApplicantType.BUSINESS, name=name,
            id_type=IdType.USCC, legal_representative=leader, registry_verified=True, created_at=origin.at,
        )  # fmt: skip
        party.set_id_number(code)
        parties.append(party)
        firms.append(
            Enterprise(
                pk=key, party=party, uscc=code, name=name, origin=origin, registered_on=ENTERED,
                region_code=dice.choice(REGIONS), legal_representative=leader,
                capital=dice.choice((500, 800, 1_000, 4_000, 6_000, 10_000)),
                founded_on=date(2000 + dice.randrange(24), 1 + dice.randrange(12), 1),
            )
        )  # fmt: skip
        years.append(
            FinanceYear(
                enterprise_id=key, year=2025, net_assets=dice.choice((600, 900, 3_000, 4_500, 11_000)),
                origin=origin,
            )
        )  # fmt: skip
        if dice.random() < 0.6:
            begins = date(2023 + dice.randrange(3), 1 + dice.randrange(12), 1)
            grade = dice.choices((Grade.FIRST, Grade.SECOND, Grade.THIRD), (1, 9, 30))[0]
            held.append(
                Qualification(
                    enterprise_id=key, category=category, grade=grade, certificate_no=f"D2{number:08d}",
                    issuer=SOURCE, issued_on=begins, valid_from=begins, origin=origin,
                    valid_to=begins.replace(year=begins.year + 5),
                )
            )  # fmt: skip
    _number(FinanceYear, years)
    _number(Qualification, held)
    _copy(parties, firms, years, held)


@transaction.atomic
def _insert_people(numbers: range, firms: list[int], origin: Origin) -> None:
    cell = copying.cell
    codes = [id_number(number) for number in numbers]
    sealed = zip(encrypt_all(codes, "id_number"), keyed_hashes("id_number", codes), strict=True)
    party_keys, keys = copying.keys(Party, len(numbers)), copying.keys(Person, len(numbers))
    parties, people, posts, held = [], [], [], []
    each = zip(numbers, codes, sealed, party_keys, keys, copying.keys(Employment, len(numbers)), strict=True)
    for number, code, stored, party, key, post in each:
        dice = _dice(13, number)
        name = dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(("", dice.choice(GIVEN)))
        parties.append((str(party), name, *stored))
        firm = firms[int(len(firms) * dice.random() ** 1.5)]  # some are many times larger than others
        position = dice.choice(POSITIONS)
        begins = date(2016 + dice.randrange(10), 1 + dice.randrange(12), 1 + dice.randrange(28))
        technical = position in (Position.TECHNICAL, Position.SITE_MANAGER)
        registered = technical and dice.random() < 0.3
        title = dice.choices((0, 1, 2, 3), (2, 3, 4, 1))[0] if technical else 0
        people.append(
            (
                str(key), str(party), _uuid(number), name, Sex.MALE.value if int(code[16]) % 2 else Sex.FEMALE.value,
                f"{code[6:10]}-{code[10:12]}-{code[12:14]}", str(title), cell(begins if technical else None),
                cell(registered),
            )
        )  # fmt: skip
        posts.append((str(post), str(key), str(firm), position.value, begins.isoformat()))
        if registered:
            issued = date(2024 + dice.randrange(2), 1 + dice.randrange(12), 1)
            expires = issued.replace(year=issued.year + 3)
            held.append(
                Registration(
                    person_id=key, enterprise_id=firm, kind=RegistrationKind.CONSTRUCTOR,
                    grade=dice.choice("122"), specialities=[dice.choice(SPECIALITIES)],
                    certificate_no=f"示{number:09d}", issued_on=issued, expires_on=expires,
                    valid_from=issued, valid_to=expires, origin=origin,
                )
            )  # fmt: skip
    _number(Registration, held)
    natural = {"kind": PartyKind.NATURAL, "applicant_type": ApplicantType.NATURAL, "id_type": IdType.ID_CARD}
    party_rows = copying.Pattern(
        Party, ("id", "name", "id_number", "id_hash"), registry_verified=True, created_at=origin.at, **natural
    )
    person_rows = copying.Pattern(Person, _PERSON, origin=origin, registered_on=ENTERED)
    post_rows = copying.Pattern(
        Employment, ("id", "person", "enterprise", "position", "valid_from"), origin=origin
    )
    with _untriggered():
        party_rows.copy(parties)
        person_rows.copy(people)
        post_rows.copy(posts)
        copying.copy_models(held)


_PERSON = ("id", "party", "key", "name", "sex", "born_on", "title", "career_from", "is_professional")


def _uuid(number: int) -> str:
    return str(UUID(bytes=sha256(f"person {number}".encode()).digest()[:16], version=4))


def _number(model: type[models.Model], instances: Sequence[models.Model]) -> None:
    for key, each in zip(copying.keys(model, len(instances)), instances, strict=True):
        each.pk = key


def _copy(*groups: Sequence[models.Model]) -> None:
    with _untriggered():
        for group in groups:
            copying.copy_models(group)


@contextmanager
def _untriggered() -> Iterator[None]:
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for model in TABLES:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in TABLES)}")
