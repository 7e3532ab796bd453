"""Published documents and columns for other machines: the same visibility as the pages."""

from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from ninja import Path, Router, Schema, Status
from pydantic import Field

from disclosure.catalogue.tombstones import tombstone
from disclosure.models import Column, Document
from disclosure.models.codes import ColumnType, Entry
from portal.workdays.api import Problems

router = Router(tags=["政府信息公开"])


class FileOut(Schema):
    title: str
    mime: str = Field(description="文件类型")
    size: int = Field(description="字节数")
    url: str


class DocumentOut(Schema):
    index_no: str = Field(description="索引号")
    title: str
    summary: str = Field(description="内容概述")
    doc_no: str = Field(description="文号，没有时为空")
    publisher: str = Field(description="发布机构")
    joint_publishers: list[str] = Field(description="联合发文机关")
    column: str = Field(description="栏目的网址名")
    topic: str = Field(description="主题分类")
    genre: str = Field(description="体裁分类")
    statutory_item: str = Field(description="法定主动公开内容的代码，如20-7")
    validity: str = Field(description="有效、失效、废止、已修改；没有时效的为空")
    formed_on: date | None = Field(description="成文日期")
    effective_on: date | None = Field(description="施行日期")
    expires_on: date | None = Field(description="有效期至")
    published_at: datetime = Field(description="发布时间")
    url: str
    text: str = Field(description="正文纯文本")
    files: list[FileOut]


class ColumnOut(Schema):
    slug: str = Field(description="网址名")
    name: str
    parent: str | None = Field(description="上级栏目的网址名")
    department: str = Field(description="责任部门")
    type: str = Field(description="栏目类型")
    entry: str = Field(description="固定入口的名称，没有时为空")
    url: str
    feed: str = Field(description="订阅地址（Atom）")


def absolute(name: str, *args: Any) -> str:
    return settings.PUBLIC_URL + reverse(f"disclosure:{name}", args=args)


@router.get(
    "/documents/{path:index_no}",
    response={200: DocumentOut, 404: Problems, 410: Problems},
    operation_id="document",
    summary="读取一件公开文件",
    description="按索引号读取，索引号里的斜杠照写。已撤下的返回410和理由。",
)
def document(
    request: HttpRequest,
    index_no: Annotated[str, Path(description="索引号", examples=["11341702486344515H/202110-00013"])],
) -> Status:
    now = timezone.now()
    asked = index_no.replace("\x00", "")
    found = (
        Document.objects.visible_to(None, now)
        .filter(index_no=asked)
        .select_related("current", "column", "publisher")
        .prefetch_related("joint_publishers")
        .first()
    )
    if found is not None and found.current is not None:
        return Status(200, _told(found, now))
    gone = tombstone(now, index_no=asked)
    message = gone.reason if gone else "没有这个索引号的公开文件，请核对索引号。"
    return Status(410 if gone else 404, {"detail": [{"field": "index_no", "message": message}]})


def _told(found: Document, now: datetime) -> dict[str, Any]:
    version: Any = found.current
    files = version.files.public().in_order().select_related("attachment").defer("text")
    return {
        "index_no": found.index_no,
        "title": version.title,
        "summary": version.summary,
        "doc_no": version.doc_no,
        "publisher": found.publisher.name,
        "joint_publishers": [each.name for each in found.joint_publishers.all()],
        "column": found.column.slug,
        "topic": version.get_topic_display(),
        "genre": version.get_genre_display(),
        "statutory_item": version.statutory_item,
        "validity": found.validity_on(localdate(now)),
        "formed_on": version.formed_on,
        "effective_on": version.effective_on,
        "expires_on": found.expires_on,
        "published_at": found.published_at,
        "url": absolute("document", found.key),
        "text": version.text,
        "files": [
            {
                "title": each.title,
                "mime": each.attachment.mime,
                "size": each.attachment.size,
                "url": absolute("document_file", found.key, each.key),
            }
            for each in files
        ],
    }


@router.get(
    "/columns",
    response=list[ColumnOut],
    operation_id="columns",
    summary="列出栏目",
    description="全部在用的信息公开栏目，按显示顺序。",
)
def columns(request: HttpRequest) -> list[dict[str, Any]]:
    rows = (
        Column.objects.active()
        .in_order()
        .values("slug", "name", "parent__slug", "department__name", "type", "entry")
    )
    return [
        {
            "slug": row["slug"],
            "name": row["name"],
            "parent": row["parent__slug"],
            "department": row["department__name"],
            "type": ColumnType(row["type"]).label,
            "entry": Entry(row["entry"]).label if row["entry"] else "",
            "url": absolute("column", row["slug"]),
            "feed": absolute("column_feed", row["slug"]),
        }
        for row in rows
    ]
