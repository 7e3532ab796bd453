"""Search for other machines: the same question and the same answer as the page."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import BeforeValidator, Field

from portal.search import workflow as search
from portal.search.models import Kind
from portal.search.query import LONGEST, Sort
from portal.search.views.exports import line
from portal.workdays.api import Problems, iso_day

router = Router(tags=["检索"])
IsoDay = Annotated[date, BeforeValidator(iso_day)]


class ResultOut(Schema):
    title: str
    url: str
    date: date
    kind: str = Field(description="类别")
    column: str = Field(description="栏目，没有时为空")
    topic: str = Field(description="主题分类，没有时为空")
    genre: str = Field(description="体裁分类，没有时为空")
    validity: str = Field(description="有效性，没有时为空")
    index_no: str = Field(description="索引号，没有时为空")


class SearchOut(Schema):
    count: int = Field(description="结果总数；capped为true时为至少这么多")
    capped: bool = Field(description="结果是否多于一万条，总数不再细数")
    results: list[ResultOut] = Field(description="本页结果，至多20条")
    next: str | None = Field(description="下一页的after；没有下一页时为空")


class Narrowing(Schema):
    """What the answer may be narrowed to."""

    kind: Kind | None = Field(
        None,
        description="类别：guide 办事指南，document 政府信息，article 法规标准，enterprise 企业，person 注册人员",
    )
    column: str = Field("", max_length=100, description="栏目名称")
    topic: str = Field("", max_length=100, description="主题分类")
    genre: str = Field("", max_length=100, description="体裁分类")
    department: int | None = Field(None, ge=1, le=2**31 - 1, description="部门编号")
    year: int | None = Field(None, ge=1900, le=2100, description="年份")
    validity: str = Field("", max_length=20, description="有效性：有效、失效、废止或已修改")
    since: IsoDay | None = Field(None, description="不早于这一天")
    until: IsoDay | None = Field(None, description="不晚于这一天")


@router.get(
    "/search",
    response={200: SearchOut, 422: Problems},
    operation_id="search",
    url_name="search",
    summary="检索公开信息和办事指南",
    description="两个字以上的任意字串都能找到，几个词用空格隔开，表示都要有。",
)
def find(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=LONGEST, description="要找的词", examples=["施工许可"])],
    narrowing: Query[Narrowing],
    sort: Annotated[Sort, Query(description="relevance 按相关程度，date 按日期")] = Sort.RELEVANCE,
    after: Annotated[str, Query(max_length=200, description="上一页给出的next；第一页不填")] = "",
) -> SearchOut:
    chosen = narrowing.dict() | {"kind": narrowing.kind or ""}
    found = search.find(q, search.Filters(**chosen), after, sort=sort)
    return SearchOut(
        count=found.count,
        capped=found.capped,
        results=[ResultOut(**line(hit, request)) for hit in found.rows],
        next=found.after or None,
    )
