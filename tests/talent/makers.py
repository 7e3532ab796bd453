"""Registry rows in a known state. No random data; ``at`` is passed in."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile

from talent import workflow
from talent.models import (
    Enterprise,
    Grade,
    Origin,
    Person,
    Project,
    Qualification,
    QualificationCategory,
    Registration,
    RegistrationGrade,
    RegistrationKind,
    RegistryBatch,
    Series,
)
from talent.workflow import batches
from tests.people.makers import make_department, make_enterprise, make_party, valid_id_number

BEIJING = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 6)


def at(day: date = DAY, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING)


def make_import(source: str = "省住房和城乡建设厅") -> Origin:
    return workflow.imported(source, by=None, at=at())


def make_decision(number: str = "示建许〔2026〕1号", *, case_number: str = "") -> Origin:
    return workflow.decided(
        make_department(), decision_number=number, case_number=case_number, by=None, at=at()
    )


def make_builder(name: str = "示范市第一建筑工程有限公司", **values: Any) -> Enterprise:
    """An enterprise on the register, by import."""
    party = make_enterprise(name=name)
    return workflow.enter_enterprise(party, origin=make_import(), by=None, at=at(), **values)


def make_person(name: str = "李建国", *, user: Any = None, **values: Any) -> Person:
    party = make_party(user, name=name)
    if user is None:  # a phone of one's own: one shared with strangers is suspicious
        party.set_phone(f"137{party.pk:08d}")
        party.save(update_fields=["phone", "phone_hash"])
    return workflow.enter_person(party, origin=make_import(), by=None, at=at(), **values)


def make_constructor(
    enterprise: Enterprise,
    person: Person | None = None,
    *,
    name: str = "李建国",
    grade: str = RegistrationGrade.SECOND,
    specialities: tuple[str, ...] = ("building",),
    valid_from: date = date(2026, 1, 1),
    expires_on: date = date(2028, 12, 31),
) -> Registration:
    """A person with a constructor's registration held at the enterprise, employed there."""
    person = person or make_person(name)
    if not person.employments.exists():
        workflow.employ(
            person,
            enterprise,
            position="technical",
            origin=make_import(),
            valid_from=valid_from,
            by=None,
            at=at(),
        )
    return workflow.register(
        person,
        enterprise,
        kind=RegistrationKind.CONSTRUCTOR,
        grade=grade,
        specialities=list(specialities),
        certificate_no=f"示{grade}{Registration.objects.count() + 1:08d}",
        issued_on=valid_from,
        expires_on=expires_on,
        origin=make_import(),
        by=None,
        at=at(),
    )


def make_category(
    code: str = "building", *, series: str = Series.GENERAL, name: str = "建筑工程"
) -> QualificationCategory:
    return QualificationCategory.objects.get_or_create(
        code=code,
        defaults={
            "series": series,
            "name": name,
            "grades": [Grade.SPECIAL, Grade.FIRST, Grade.SECOND, Grade.THIRD],
            "valid_from": date(2015, 1, 1),
        },
    )[0]


def make_qualification(
    enterprise: Enterprise,
    *,
    grade: str = Grade.SECOND,
    origin: Origin | None = None,
    valid_from: date = date(2026, 1, 1),
    valid_to: date = date(2030, 12, 31),
    **values: Any,
) -> Qualification:
    return Qualification.objects.create(
        enterprise=enterprise,
        category=values.pop("category", None) or make_category(),
        grade=grade,
        certificate_no=f"D299{Qualification.objects.count() + 1:06d}",
        issuer="示范市住房和城乡建设局",
        issued_on=valid_from,
        valid_from=valid_from,
        valid_to=valid_to,
        origin=origin or make_import(),
    )


def make_project(enterprise: Enterprise, name: str = "示范小学教学楼", **values: Any) -> Project:
    return workflow.begin_project(
        enterprise,
        origin=make_import(),
        by=None,
        at=at(),
        name=name,
        code=values.pop("code", f"990100{Project.objects.count() + 1:06d}"),
        begun_on=values.pop("begun_on", date(2026, 1, 1)),
        **values,
    )


def make_checked_batch() -> RegistryBatch:
    """A table of two people, one of them with a wrong number; nothing of it is loaded."""
    table = ContentFile(f"姓名,证件号码\n王小明,{valid_id_number(900)}\n李建国,123\n".encode())
    batch = batches.receive(
        table, kind="people", source="省住房和城乡建设厅", name="人员.csv", by=None, at=at()
    )
    return batches.check(batch, at=at())
