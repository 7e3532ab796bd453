"""A row of a table taken into the registries, read and checked. Pure: nothing is looked up.

The headings are the words of the registers, so that what one system exports another imports.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.db import models

from portal.people import identity
from portal.refusals import RuleBroken
from talent.models.codes import (
    Education,
    EnterpriseStatus,
    Position,
    RegistrationGrade,
    RegistrationKind,
    Speciality,
    TitleLevel,
)


class TableKind(models.TextChoices):
    ENTERPRISES = "enterprises", "企业基本信息"
    PEOPLE = "people", "人员基本信息"
    EMPLOYMENTS = "employments", "任职信息"
    REGISTRATIONS = "registrations", "注册信息"


@dataclass
class Row:
    """``keys`` find what the row is about, ``values`` are what it says of it."""

    number: int
    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


class _Reader:
    """Takes cells one by one and keeps what is wrong with each."""

    def __init__(self, number: int, cells: Mapping[str, str], today: date) -> None:
        self.row, self.cells, self.today = Row(number), cells, today

    def text(self, heading: str, most: int, *, required: bool = False) -> str:
        value = self.cells.get(heading) or ""
        if value:
            value = value.replace("\x00", "").strip()
        if required and not value:
            self.fault(heading, f"请填写{heading}。")
        elif len(value) > most:
            self.fault(heading, f"不能超过{most}个字，现为{len(value)}个字。")
        return value

    def fault(self, heading: str, message: str) -> None:
        self.row.faults.append((heading, message))

    def checked(self, heading: str, check: Callable[[str], str], *, required: bool = True) -> str:
        value = self.text(heading, 60, required=required)
        if not value:
            return ""
        try:
            return check(value)
        except RuleBroken as refusal:
            self.fault(heading, str(refusal))
            return ""

    def day(self, heading: str, *, required: bool = False, past: bool = False) -> date | None:
        value = self.text(heading, 20, required=required)
        if not value:
            return None
        read = _as_day(value)
        if read is None:
            self.fault(heading, f"“{value}”不是日期，请写成2026-11-25的样子。")
            return None
        if past and read > self.today:
            self.fault(heading, f"{heading}不能晚于今天。")
        return read

    def amount(self, heading: str) -> Decimal | None:
        value = self.text(heading, 20).replace(",", "").replace("，", "")
        if not value:
            return None
        try:
            read = Decimal(value).quantize(Decimal("0.01"))
        except InvalidOperation:
            self.fault(heading, f"“{value}”不是金额，请填写数字，单位为万元。")
            return None
        if not 0 <= read < Decimal(10) ** 12:
            self.fault(heading, "金额应当不小于0，单位为万元。")
            return None
        return read

    def choice(
        self, heading: str, choices: Mapping[str, Any], *, default: Any = "", required: bool = False
    ) -> Any:
        value = self.text(heading, 60, required=required)
        if not value:
            return default
        if value not in choices:
            self.fault(heading, f"“{value}”不在可填的内容中：{'、'.join(list(choices)[:12])}。")
            return default
        return choices[value]


@lru_cache(maxsize=16_384)
def _as_day(value: str) -> date | None:
    for sign in "年月/.":
        value = value.replace(sign, "-")
    try:
        year, month, day = (int(part) for part in value.replace("日", "").split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def _by_label(codes: type[models.Choices], **others: Any) -> dict[str, Any]:
    return {str(label): value for value, label in codes.choices} | others


_STATUS = _by_label(EnterpriseStatus)
_EDUCATION = _by_label(Education, **dict.fromkeys(("高中", "中专", "技校"), Education.SENIOR))
_TITLES = _by_label(TitleLevel, 正高级=TitleLevel.SENIOR, 副高级=TitleLevel.SENIOR)
_POSITIONS = _by_label(Position)
_REGISTRATIONS = _by_label(RegistrationKind)
_GRADES = _by_label(RegistrationGrade)
_SPECIALITIES = _by_label(Speciality)
_FULL_TIME = {"是": True, "否": False, "全职": True, "兼职": False}


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """An empty cell says nothing: it takes nothing away."""
    return {name: value for name, value in values.items() if value not in ("", None)}


def _enterprise(read: _Reader) -> None:
    read.row.keys = {"uscc": read.checked("统一社会信用代码", lambda code: identity.check_uscc(code))}
    read.row.values = _said(
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


def _number(read: _Reader) -> str:
    return read.checked("证件号码", lambda number: identity.check_id_number(number, today=read.today))


def _person(read: _Reader) -> None:
    read.row.keys = {
        "id_number": _number(read),
        "phone": read.checked("手机号码", identity.check_mobile, required=False),
    }
    read.row.values = _said(
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


def _employment(read: _Reader) -> None:
    read.row.keys = {
        "id_number": _number(read),
        "uscc": read.checked("统一社会信用代码", lambda code: identity.check_uscc(code)),
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


def _registration(read: _Reader) -> None:
    read.row.keys = {
        "id_number": _number(read),
        "uscc": read.checked("统一社会信用代码", lambda code: identity.check_uscc(code)),
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
    read: Callable[[_Reader], None]

    @property
    def headings(self) -> tuple[str, ...]:
        return self.required + self.optional


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
}  # fmt: skip


def read_row(kind: str, number: int, cells: Mapping[str, str], today: date) -> Row:
    """The row with everything that is wrong with it in ``faults``, each as heading and sentence."""
    reader = _Reader(number, cells, today)
    TABLES[kind].read(reader)
    return reader.row
