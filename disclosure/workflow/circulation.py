"""Reposts entered by the office, and the daily counts of openings."""

import csv
import io
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.utils.timezone import localdate
from psycopg2.extras import execute_values

from disclosure.models import Document, DocumentState
from disclosure.models.circulation import HigherSite, Repost
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken

RIGHT, REFUSAL = "disclosure.add_repost", "上级网站转载由政务公开机构登记。"
MOST_LINES = 1_000
HEADINGS = ("索引号", "网站层级", "网站名称", "转载网址", "转载日期")

# A document's row may be gone by the time its openings come in; then so are they.
_ADD = """
INSERT INTO disclosure_readday AS r (document_id, day, count)
SELECT v.document, v.day, v.number FROM (VALUES %s) AS v (document, day, number)
JOIN disclosure_document d ON d.id = v.document
ON CONFLICT (day, document_id) DO UPDATE SET count = r.count + excluded.count
"""


@transaction.atomic
def enter_repost(
    *, index_no: str, level: str, site: str, address: str, on: date, by: User | None, at: datetime
) -> Repost:
    """Register that a higher organ's site carried a document of ours. Raises RuleBroken naming the field."""
    require(by, RIGHT, REFUSAL)
    document = Document.objects.filter(index_no=index_no.strip()).exclude(published_on=None).first()
    if document is None or document.published_on is None:
        raise RuleBroken(f"没有索引号为“{index_no.strip()[:60]}”的公开文件。", field="index_no")
    if document.state != DocumentState.PUBLISHED:
        raise RuleBroken("这份文件已经撤下，请先核对。", field="index_no")
    if not document.published_on <= on <= localdate(at):
        raise RuleBroken(f"转载日期应在文件发布的{document.published_on}和今天之间。", field="on")
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or "." not in parts.netloc:
        raise RuleBroken("网址应以http://或者https://开头，写明转载的那一页。", field="address")
    if not site.strip():
        raise RuleBroken("请填写网站名称。", field="site")
    if Repost.objects.standing().filter(document=document, address=address.strip()).exists():
        raise RuleBroken("这条转载已经登记过。", field="address")
    row = Repost.objects.create(
        document=document, level=HigherSite(level), site=site.strip()[:100], address=address.strip(), on=on,
        by=by, at=at,
    )  # fmt: skip
    audit.record(
        "disclosure.repost.entered", subject=document, actor=by, at=at, site=row.site, address=row.address,
        on=on.isoformat(),
    )  # fmt: skip
    return row


@transaction.atomic
def enter_table(content: bytes, *, by: User | None, at: datetime) -> int:
    """As ``enter_repost`` for each line of a CSV file, all or none; how many. Raises RuleBroken with the line."""
    require(by, RIGHT, REFUSAL)
    entered = 0
    for line, cells in enumerate(_lines(content), start=2):
        try:
            enter_repost(**_repost(cells), by=by, at=at)
        except RuleBroken as refusal:
            raise RuleBroken(
                f"第{line}行：{refusal}整个文件都没有登记，请改正后重新上传。", field="file"
            ) from refusal
        entered += 1
    if not entered:
        raise RuleBroken("文件里只有表头，没有转载记录。", field="file")
    return entered


@transaction.atomic
def withdraw_repost(row: Repost, *, reason: str, by: User | None, at: datetime) -> Repost:
    require(by, RIGHT, REFUSAL)
    row = Repost.objects.select_for_update(of=("self",)).select_related("document").get(pk=row.pk)
    if row.withdrawn_at:
        raise RuleBroken("这条转载已经作废。")
    if len(reason.strip()) < 4:
        raise RuleBroken("请写明作废的理由，至少4个字。", field="reason")
    row.withdrawn_at, row.withdrawn_reason = at, reason.strip()[:300]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    audit.record(
        "disclosure.repost.withdrawn", subject=row.document, actor=by, at=at, address=row.address,
        reason=row.withdrawn_reason,
    )  # fmt: skip
    return row


@transaction.atomic
def keep_reads(rows: list[tuple[date, int, int]]) -> int:
    """Add openings (day, document, number) to the days' rows; how many rows."""
    if rows:
        with connection.cursor() as cursor:
            values = [(document, day, number) for day, document, number in rows]
            execute_values(cursor, _ADD, values, template="(%s::bigint, %s::date, %s::int)")
    return len(rows)


def _lines(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RuleBroken("文件不是文字表格，请另存为CSV后上传。", field="file")
    rows = [
        row for row in csv.reader(io.StringIO(text.replace("\x00", ""))) if any(cell.strip() for cell in row)
    ]
    if not rows or tuple(cell.strip() for cell in rows[0][: len(HEADINGS)]) != HEADINGS:
        raise RuleBroken(f"第一行应为表头：{'，'.join(HEADINGS)}。", field="file")
    if len(rows) - 1 > MOST_LINES:
        raise RuleBroken(f"一次最多登记{MOST_LINES}条，现有{len(rows) - 1}条，请分成几个文件。", field="file")
    return rows[1:]


def _repost(cells: list[str]) -> dict[str, Any]:
    index_no, level, site, address, on = (*(cell.strip() for cell in cells[:5]), *[""] * 5)[:5]
    levels = {str(label): value for value, label in HigherSite.choices}
    if level not in levels:
        raise RuleBroken(f"网站层级应为{'、'.join(levels)}之一，现为“{level[:40]}”。")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise RuleBroken(f"转载日期应为“2026-09-18”的样子，现为“{on[:40]}”。") from None
    return {"index_no": index_no, "level": levels[level], "site": site, "address": address, "on": day}
