"""The deadline calculator for other machines: the same function as the page."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from portal.workdays.deadlines import Unit
from portal.workdays.explanation import explain_count
from portal.workdays.forms import LONGEST
from portal.workdays.models import current_calendar

router = Router(tags=["期限"])


class Direction(StrEnum):
    FORWARD = "forward"
    BACKWARD = "backward"


def iso_day(value: object) -> object:
    """Only 2026-09-18: the parser would also take a number of seconds or an ISO week."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("chinese", "应为“年-月-日”格式的日期，例如 2026-09-18")
    return value


IsoDay = Annotated[date, BeforeValidator(iso_day)]


class DayOut(Schema):
    date: date
    counts: bool = Field(description="是否计入期限")
    number: int | None = Field(description="计入的第几日；不计入时为空")
    why: str = Field(description="计入或者不计入的理由")


class DeadlineOut(Schema):
    start: date
    limit: int = Field(description="期限天数")
    unit: Unit
    direction: Direction
    due_on: date = Field(description="期限届满日；倒推时为最迟办理日")
    provisional: bool = Field(description="是否涉及放假安排尚未公布的年份")
    note: str = Field(description="暂行推算的说明，没有时为空")
    days: list[DayOut] = Field(description="从早到晚的每一天，起算当日不计")


class Problem(Schema):
    field: str = Field(description="有问题的参数名")
    message: str = Field(description="怎样改")


class Problems(Schema):
    detail: list[Problem]


@router.get(
    "/deadlines",
    response={200: DeadlineOut, 422: Problems},
    operation_id="deadlines",
    summary="计算期限",
    description="起算当日为第0日，从次日数起；工作日含调休上班的周末，不含周末与国务院办公厅通知的放假日。",
)
def deadlines(
    request: HttpRequest,
    start: Annotated[IsoDay, Query(description="起算日期", examples=["2026-09-18"])],
    days: Annotated[int, Query(ge=0, le=LONGEST, description="期限天数", examples=[20])],
    unit: Annotated[
        Unit,
        Query(
            description="working 工作日，calendar 自然日（最后一日是休息日的顺延），fixed 自然日（不顺延）"
        ),
    ] = Unit.WORKING,
    direction: Annotated[Direction, Query(description="forward 往后数，backward 倒推")] = Direction.FORWARD,
) -> DeadlineOut:
    told = explain_count(start, days, unit, current_calendar(), backwards=direction == Direction.BACKWARD)
    return DeadlineOut(
        start=told.start,
        limit=told.limit,
        unit=told.unit,
        direction=direction,
        due_on=told.due_on,
        provisional=told.provisional,
        note=told.provisional_note,
        days=[
            DayOut(date=line.day, counts=line.counts, number=line.number, why=line.why) for line in told.lines
        ],
    )
