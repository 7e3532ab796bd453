"""开放数据: what anyone may take of the registries, whole; through the rules of who sees what. Reads only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from portal.people.masking import mask_name
from talent.models import (
    CreditRecord,
    Enterprise,
    EnterpriseStatus,
    Grade,
    Person,
    Qualification,
    QualificationCategory,
    Registration,
    RegistrationGrade,
    RegistrationKind,
    Scope,
    Speciality,
)

A_READING = 2_000
LICENCE = "可以免费使用、复制和再加工，须注明数据来源和日期，不得歪曲原意，不得用于识别特定自然人。"
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """``type`` as in Table Schema: string, integer, number, date."""

    name: str
    title: str
    type: str = "string"
    meaning: str = ""


@dataclass(frozen=True)
class Dataset:
    code: str
    title: str
    columns: tuple[Column, ...]
    scopes: tuple[Scope, ...]
    read: Callable[[date], Iterator[Row]]

    @property
    def headings(self) -> list[str]:
        return [column.title for column in self.columns]


def _whole(rows: Any) -> Iterator[Any]:
    """All rows in the order of their key, a portion at a time: the memory used does not grow with the table."""
    last = 0
    while portion := list(rows.filter(pk__gt=last).order_by("pk")[:A_READING]):
        yield from portion
        last = portion[-1]["pk"]


def _enterprises(on: date) -> Iterator[Row]:
    rows = Enterprise.objects.visible_to(None).values(
        "pk", "uscc", "name", "kind", "region_code", "address", "legal_representative", "founded_on", "capital",
        "status", "registered_on",
    )  # fmt: skip
    for row in _whole(rows):
        told = {name: value for name, value in row.items() if name != "pk"}
        yield {**told, "status": EnterpriseStatus(row["status"]).label}


def _qualifications(on: date) -> Iterator[Row]:
    names = {one.pk: str(one) for one in QualificationCategory.objects.all()}
    held = Qualification.objects.in_force(on).filter(enterprise__in=Enterprise.objects.visible_to(None))
    rows = held.values(
        "pk", "enterprise__uscc", "enterprise__name", "category", "grade", "certificate_no", "issuer",
        "issued_on", "valid_to", "origin__decision_number",
    )  # fmt: skip
    for row in _whole(rows):
        yield {
            "uscc": row["enterprise__uscc"],
            "enterprise": row["enterprise__name"],
            "category": names[row["category"]],
            "grade": Grade(row["grade"]).label,
            "certificate_no": row["certificate_no"],
            "issuer": row["issuer"],
            "issued_on": row["issued_on"],
            "valid_to": row["valid_to"],
            "decision_number": row["origin__decision_number"],
        }


def _people(on: date) -> Iterator[Row]:
    held = Registration.objects.in_force(on).filter(person__in=Person.objects.visible_to(None))
    rows = held.values(
        "pk", "person__name", "kind", "grade", "specialities", "certificate_no", "enterprise__uscc",
        "enterprise__name", "valid_to",
    )  # fmt: skip
    for row in _whole(rows):
        graded = row["grade"] != RegistrationGrade.NONE
        yield {
            "name": mask_name(row["person__name"]),
            "kind": RegistrationKind(row["kind"]).label,
            "grade": RegistrationGrade(row["grade"]).label if graded else "",
            "specialities": "、".join(Speciality(code).label for code in row["specialities"]),
            "certificate_no": row["certificate_no"],
            "uscc": row["enterprise__uscc"],
            "enterprise": row["enterprise__name"],
            "valid_to": row["valid_to"],
        }


def _credit(on: date) -> Iterator[Row]:
    """Of people only the surname, whatever they did."""
    firms, people = Enterprise.objects.visible_to(None), Person.objects.visible_to(None)
    used = CreditRecord.objects.in_use(on).filter(Q(enterprise__in=firms) | Q(person__in=people))
    rows = used.values(
        "pk", "enterprise__uscc", "enterprise__name", "person__name", "item__code", "item__name",
        "item__is_good", "delta", "decision_number", "organ", "decided_on", "public_until",
    )  # fmt: skip
    for row in _whole(rows):
        person = row["person__name"]
        yield {
            "uscc": row["enterprise__uscc"] or "",
            "subject": f"{person[0]}某" if person else row["enterprise__name"],
            "subject_type": "人员" if person else "企业",
            "item_code": row["item__code"],
            "item": row["item__name"],
            "nature": "优良" if row["item__is_good"] else "不良",
            "points": row["delta"],
            "decision_number": row["decision_number"],
            "organ": row["organ"],
            "decided_on": row["decided_on"],
            "public_until": row["public_until"],
        }


USCC = Column("uscc", "统一社会信用代码", meaning="GB 32100-2015，18位")
DATASETS = {
    dataset.code: dataset
    for dataset in (
        Dataset(
            "enterprises", "企业名录",
            (
                USCC, Column("name", "企业名称"), Column("kind", "企业类型"),
                Column("region_code", "所在区划代码", meaning="行政区划代码，6位"), Column("address", "注册地址"),
                Column("legal_representative", "法定代表人"), Column("founded_on", "成立日期", "date"),
                Column("capital", "注册资本", "number", "万元"), Column("status", "登记状态", meaning="存续、吊销或者注销"),
                Column("registered_on", "入库日期", "date"),
            ),
            (Scope.ENTERPRISE_BASIC,), _enterprises,
        ),
        Dataset(
            "qualifications", "企业资质",
            (
                USCC, Column("enterprise", "企业名称"), Column("category", "资质类别"), Column("grade", "等级"),
                Column("certificate_no", "证书编号"), Column("issuer", "发证机关"), Column("issued_on", "发证日期", "date"),
                Column("valid_to", "有效期至", "date", "长期有效的为空"),
                Column("decision_number", "决定文号", meaning="批后自动入库的才有"),
            ),
            (Scope.ENTERPRISE_QUALIFICATIONS,), _qualifications,
        ),
        Dataset(
            "people", "注册人员",
            (
                Column("name", "姓名", meaning="隐去部分"), Column("kind", "注册类别"),
                Column("grade", "级别", meaning="不分级的为空"), Column("specialities", "专业", meaning="几个专业用顿号隔开"),
                Column("certificate_no", "注册证书编号"), Column("uscc", "注册单位统一社会信用代码"),
                Column("enterprise", "注册单位"), Column("valid_to", "在该单位注册至", "date"),
            ),
            (Scope.PERSON_REGISTRATIONS,), _people,
        ),
        Dataset(
            "credit", "公示期内的诚信记录",
            (
                Column("uscc", "统一社会信用代码", meaning="人员的为空"),
                Column("subject", "对象", meaning="人员只列姓氏"), Column("subject_type", "对象类别", meaning="企业或者人员"),
                Column("item_code", "行为编码"), Column("item", "行为"), Column("nature", "性质", meaning="优良或者不良"),
                Column("points", "分值", "integer"), Column("decision_number", "决定书文号"), Column("organ", "决定机关"),
                Column("decided_on", "决定日期", "date"), Column("public_until", "公示截止期", "date"),
            ),
            (Scope.ENTERPRISE_CREDIT, Scope.PERSON_CREDIT), _credit,
        ),
    )
}  # fmt: skip


def schema(dataset: Dataset, address: str) -> Row:
    """Table Schema of the CSV file, which is also what the members of the JSON rows mean."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": dataset.code,
        "title": dataset.title,
        "path": address,
        "licence": LICENCE,
        "encoding": "utf-8",
        "missingValues": [""],
        "fields": [
            {
                "name": column.name,
                "title": column.title,
                "type": column.type,
                **({"description": column.meaning} if column.meaning else {}),
            }
            for column in dataset.columns
        ],
    }
