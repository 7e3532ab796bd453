"""A row of a table taken into the registries, read and checked. Pure: nothing is looked up.

The headings are the words of the registers, so that what one system exports another imports.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import models

from portal.people import identity
from portal.refusals import RuleBroken
from talent import act_rows
from talent.models.codes import (
    Education,
    EnterpriseStatus,
    Position,
    RegistrationGrade,
    RegistrationKind,
    Speciality,
    TitleLevel,
)
from talent.row_reader import Reader, Row, by_label, credit_code, id_number, said


class TableKind(models.TextChoices):
    ENTERPRISES = "enterprises", "企业基本信息"
    PEOPLE = "people", "人员基本信息"
    EMPLOYMENTS = "employments", "任职信息"
    REGISTRATIONS = "registrations", "注册信息"
    INSURANCE = "insurance", "社会保险缴费"
    PENALTIES = "penalties", "行政处罚"


_STATUS = by_label(EnterpriseStatus)
_EDUCATION = by_label(Education, **dict.fromkeys(("高中", "中专", "技校"), Education.SENIOR))
_TITLES = by_label(TitleLevel, 正高级=TitleLevel.SENIOR, 副高级=TitleLevel.SENIOR)
_POSITIONS = by_label(Position)
_REGISTRATIONS = by_label(RegistrationKind)
_GRADES = by_label(RegistrationGrade)
_SPECIALITIES = by_label(Speciality)
_FULL_TIME = {"是": True, "否": False, "全职": True, "兼职": False}


def _enterprise(read: Reader) -> None:
    read.row.keys = {"uscc": credit_code(read)}
    read.row.values = said(
        {
            "name": read.text("企业名称", 200, required=True),
            "kind": read.text("企业类型", 60),
            "region_code": read.checked("所在区划", _region, required=False),
            "address": read.text("注册地址", 200),
            "legal_representative": read.text("法定代表人", 50),
            "contact": read.text("联系人", 50),
            "contact_phone": read.checked("联系电话", identity.check_phone, required=False),
            "founded_on": read.day("成立日期", past=True),
            "capital": read.amount("注册资本（万元）"),
            "status": read.choice("登记状态", _STATUS),
        }
    )


def _region(code: str) -> str:
    if len(code) != 6 or not code.isdigit():
        raise RuleBroken("区划代码应为6位数字。")
    return code


def _person(read: Reader) -> None:
    read.row.keys = {
        "id_number": id_number(read),
        "phone": read.checked("手机号码", identity.check_mobile, required=False),
    }
    read.row.values = said(
        {
            "name": read.text("姓名", 50, required=True),
            "education": read.choice("学历", _EDUCATION),
            "school": read.text("毕业院校", 100),
            "major": read.text("专业", 60),
            "graduated_on": read.day("毕业日期", past=True),
            "title": read.choice("职称", _TITLES, default=None),
            "title_name": read.text("职称名称", 60),
            "title_no": read.text("职称证书编号", 60),
            "career_from": read.day("从事工程管理起始日期", past=True),
            "region_code": read.checked("所在区划", _region, required=False),
        }
    )


def _employment(read: Reader) -> None:
    read.row.keys = {
        "id_number": id_number(read),
        "uscc": credit_code(read),
    }
    begins, ends = read.day("入职日期", required=True, past=True), read.day("离职日期")
    if begins and ends and ends < begins:
        read.fault("离职日期", "离职日期不能早于入职日期。")
    read.row.values = {
        "position": read.choice("岗位", _POSITIONS, required=True),
        "trade": read.text("工种或者岗位名称", 40),
        "is_full_time": read.choice("全职", _FULL_TIME, default=True),
        "valid_from": begins,
        "valid_to": ends,
    }


def _registration(read: Reader) -> None:
    read.row.keys = {
        "id_number": id_number(read),
        "uscc": credit_code(read),
    }
    named = [name for name in read.text("注册专业", 100).replace("，", "、").split("、") if name]
    for name in named:
        if name not in _SPECIALITIES:
            read.fault("注册专业", f"“{name}”不是注册专业；多个专业用顿号隔开。")
    issued, expires = read.day("发证日期", required=True, past=True), read.day("有效期至", required=True)
    if issued and expires and expires < issued:
        read.fault("有效期至", "有效期不能早于发证日期。")
    read.row.values = {
        "kind": read.choice("注册类别", _REGISTRATIONS, required=True),
        "grade": read.choice("级别", _GRADES, default=RegistrationGrade.NONE),
        "specialities": [_SPECIALITIES[name] for name in named if name in _SPECIALITIES],
        "certificate_no": read.text("注册证书编号", 60, required=True),
        "issued_on": issued,
        "expires_on": expires,
    }


@dataclass(frozen=True)
class Table:
    """What a table of a kind must and may bring."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Reader], None]
    codes: dict[str, str] = field(default_factory=dict)  # other names of its columns

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.required, *self.optional, *self.codes)

    def lacks(self, present: Iterable[str]) -> list[str]:
        named = {self.codes.get(heading, heading) for heading in present}
        return [heading for heading in self.required if heading not in named]


TABLES: dict[str, Table] = {
    TableKind.ENTERPRISES: Table(
        ("统一社会信用代码", "企业名称"),
        ("企业类型", "所在区划", "注册地址", "法定代表人", "联系人", "联系电话", "成立日期", "注册资本（万元）", "登记状态"),
        _enterprise,
    ),
    TableKind.PEOPLE: Table(
        ("姓名", "证件号码"),
        ("手机号码", "学历", "毕业院校", "专业", "毕业日期", "职称", "职称名称", "职称证书编号", "从事工程管理起始日期", "所在区划"),
        _person,
    ),
    TableKind.EMPLOYMENTS: Table(
        ("证件号码", "统一社会信用代码", "岗位", "入职日期"), ("工种或者岗位名称", "离职日期", "全职"), _employment
    ),
    TableKind.REGISTRATIONS: Table(
        ("证件号码", "统一社会信用代码", "注册类别", "注册证书编号", "发证日期", "有效期至"), ("级别", "注册专业"), _registration
    ),
    TableKind.INSURANCE: Table(
        ("证件号码", "缴费单位", "统一社会信用代码", "缴费月份"), ("缴费月份止",), act_rows.read_insurance
    ),
    TableKind.PENALTIES: Table(
        act_rows.PENALTY_REQUIRED, act_rows.PENALTY_OPTIONAL, act_rows.read_penalty, act_rows.PENALTY_CODES
    ),
}  # fmt: skip


def read_row(kind: str, number: int, cells: Mapping[str, str], today: date) -> Row:
    """The row with everything that is wrong with it in ``faults``, each as heading and sentence."""
    table = TABLES[kind]
    if table.codes:
        cells = {table.codes.get(heading, heading): cell for heading, cell in cells.items()}
    reader = Reader(number, cells, today)
    table.read(reader)
    return reader.row
