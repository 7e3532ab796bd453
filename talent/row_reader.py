"""Reading one row of a table cell by cell, keeping what is wrong with each. Pure: nothing is looked up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.db import models

from portal.people import identity
from portal.refusals import RuleBroken


@dataclass
class Row:
    """``keys`` find what the row is about, ``values`` are what it says of it."""

    number: int
    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


class Reader:
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


def by_label(codes: type[models.Choices], **others: Any) -> dict[str, Any]:
    return {str(label): value for value, label in codes.choices} | others


def said(values: dict[str, Any]) -> dict[str, Any]:
    """An empty cell says nothing: it takes nothing away."""
    return {name: value for name, value in values.items() if value not in ("", None)}


def id_number(read: Reader) -> str:
    return read.checked("证件号码", lambda number: identity.check_id_number(number, today=read.today))


def credit_code(read: Reader, heading: str = "统一社会信用代码", *, required: bool = True) -> str:
    return read.checked(heading, identity.check_uscc, required=required)
