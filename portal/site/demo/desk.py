"""The publishing desk of the demo city: documents at every step of the chain, led there by the workflows."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.timezone import localdate
from openpyxl import Workbook

from disclosure.batch_rows import HEADINGS
from disclosure.models import (
    SECRECY_CHECKLIST,
    Column,
    Document,
    DocumentVersion,
    Genre,
    ImportBatch,
    LinkKind,
    Topic,
)
from disclosure.workflow import batches, documents, files, links, review
from portal.people.models import Department, PostRole, User
from portal.site.demo.accounts import read
from portal.site.demo.applications import moment

OFFICE = "zjj"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = "旧网站补充文件.csv"
CHECKED = dict.fromkeys(SECRECY_CHECKLIST, True)
STEPS_OF_A_DAY = timedelta(minutes=20)


def load_desk() -> int:
    """Documents at every step, and a table that was checked and has faults; how many were made."""
    return _load_chain() + _load_table()


def _load_chain() -> int:
    rows = read("desk")
    if DocumentVersion.objects.filter(title=rows[0]["title"]).exists():
        return 0
    office = Department.objects.get(code=OFFICE)
    staff = {post.role: post.user for post in office.posts.select_related("user").order_by("-pk")}
    known: dict[str, Document] = {}
    for number, row in enumerate(rows):
        at = moment(row["formed"], 0, number)
        version = _draft(row, office, staff, at)
        if "key" in row:
            known[row["key"]] = version.document
        if "interprets" in row:
            target = known[row["interprets"]]
            links.add(LinkKind.INTERPRETS, source=version.document, target=target, by=version.author, at=at)
        for place, (verb, after, *words) in enumerate(row.get("road", ()), start=1):
            when = min(moment(row["formed"], after, number) + place * STEPS_OF_A_DAY, timezone.now())
            version = _step(version, verb, words, staff, when)
    return len(rows)


def _draft(row: dict[str, Any], office: Department, staff: dict[str, User], at: datetime) -> DocumentVersion:
    by = staff[PostRole.EDITOR]
    version = documents.draft(
        column=Column.objects.get(slug=row["column"]),
        publisher=office,
        title=row["title"],
        by=by,
        at=at,
        summary=row["title"][:100],
        body="\n".join(row["body"]),
        formed_on=localdate(at),
        doc_no=row.get("doc_no", ""),
        topic=next(code for code, name in Topic.choices if name == row["topic"]),
        genre=next(code for code, name in Genre.choices if name == row["genre"]),
        statutory_item=row["item"],
        public_until=localdate(at) + timedelta(days=row["limited"]) if "limited" in row else None,
        methods=["website"],
        editor=by.name,
        office="办公室",
    )
    if table := row.get("table"):
        file = SimpleUploadedFile(f"{table['name']}.xlsx", _workbook(table["rows"]), WORKBOOK)
        files.attach(version, file=file, by=by, at=at, title=table["name"])
    return version


def _workbook(rows: list[list[Any]]) -> bytes:
    book, content = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("名单")
    for row in rows:
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def _step(
    version: DocumentVersion, verb: str, words: list[Any], staff: dict[str, User], at: datetime
) -> DocumentVersion:
    editor, approver = staff[PostRole.EDITOR], staff[PostRole.APPROVER]
    if verb == "submit":
        return review.submit(version, by=editor, at=at)
    if verb == "review":
        return review.review(version, opinion=words[0], by=staff[PostRole.REVIEWER], at=at)
    if verb == "clear":
        secrecy = staff[PostRole.SECRECY]
        return review.secrecy_review(version, checklist=CHECKED, opinion=words[0], by=secrecy, at=at)
    if verb == "publish":
        return review.approve(version, opinion=words[0], by=approver, at=at)
    if verb == "schedule":
        hour = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
        publish_at = hour + timedelta(days=words[1])
        return review.approve(version, opinion=words[0], by=approver, at=at, publish_at=publish_at)
    if verb == "return":
        return review.return_to_author(version, reason=words[0], by=staff[words[1]], at=at)
    if verb == "urgent":
        head = staff[PostRole.HEAD]
        return review.publish_urgently(version, reason=words[0], checklist=CHECKED, by=head, at=at)
    if verb == "revise":
        draft = documents.revise(version.document, by=editor, at=at, change_note=words[0])
        return documents.edit(draft, body="\n".join(words[1]["body"]), by=editor, at=at)
    if verb == "withdraw":
        documents.withdraw(version.document, reason=words[0], by=approver, at=at)
        return version
    if verb == "takedown":
        documents.order_takedown(
            version.document, reason=words[0], changed_on=localdate(at), by=editor, at=at
        )
        return version
    raise ValueError(f"no such step: {verb}")


def _load_table() -> int:
    """A table from an old site, checked: one row is fit, two are to be mended."""
    if ImportBatch.objects.filter(name=TABLE).exists():
        return 0
    common = {
        "栏目": "announcements", "发布机构": Department.objects.get(code=OFFICE).name, "主题分类": "其他",
        "法定主动公开内容": "20-15", "体裁分类": "公告",
    }  # fmt: skip
    rows = [
        {"标题": "关于2019年桥梁限行的公告", "发布日期": "2019-05-17", "正文": "湖滨桥自5月20日起限行货车。"},
        {"标题": "关于2019年冬季除雪安排的公告", "发布日期": "2019年11月", "正文": "除雪责任区划分见现场公示牌。"},
        {"标题": "关于领取安置补助的公告", "发布日期": "2020-03-06", "正文": "咨询请拨打13912340000。", "主题分类": "安置"},
    ]  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    writer.writerows({**common, **row} for row in rows)
    at, by = timezone.now(), User.objects.get(username="publicity")
    batch = batches.receive(ContentFile(text.getvalue().encode()), name=TABLE, by=by, at=at)
    batches.check(batch, at=at)
    return len(rows)
