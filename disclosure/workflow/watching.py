"""The nightly watch over columns and links, and the way of an assessment's finding."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urldefrag

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.html import strip_tags
from django.utils.timezone import localdate

from disclosure import staleness
from disclosure.links_in import addresses
from disclosure.models import BrokenLink, Column, ColumnDay, Document, Entry
from disclosure.models.watching import AssessmentFinding, FindingState
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.models import Department, Post, PostRole, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind

UNWATCHED = (Entry.REQUEST, Entry.GAZETTE, Entry.ANNUAL_REPORT)  # what stands there is no document
MOST_DOCUMENTS = 20_000  # whose links are followed in one night, the newest
FINDING_BASIS = "测评问题整改通知"
WAITING = "等待复核"


@transaction.atomic
def watch_columns(*, day: date, at: datetime) -> int:
    """A row for each active column, as it stands at ``at``; the day's rows are written anew each time."""
    columns = list(Column.objects.active().exclude(entry__in=UNWATCHED).order_by("pk"))
    found = _published(at)
    below: dict[int | None, list[Column]] = defaultdict(list)
    for column in columns:
        below[column.parent_id].append(column)
    rows = []
    for column in columns:
        parts = [found[each] for each in _tree(column, below) if each in found]
        newest = max((part["newest"] for part in parts if part["newest"]), default=None)
        newest_on = localdate(newest) if newest else None
        limit = column.rhythm_days
        rows.append(
            ColumnDay(
                day=day, column=column, department_id=column.department_id, rhythm=column.rhythm, limit=limit,
                visible=sum(part["visible"] for part in parts), undated=sum(part["undated"] for part in parts),
                newest_on=newest_on, breaks_on=staleness.breaks_on(newest_on, limit),
                light=staleness.light(day, newest_on, limit).value,
            )
        )  # fmt: skip
    ColumnDay.objects.filter(day=day).delete()
    ColumnDay.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _published(at: datetime) -> dict[int, dict[str, Any]]:
    """Of each column: how many documents stand in it, how many bear no date, the newest change."""
    counted = (
        Document.objects.visible_to(None, at)
        .values("column_id")
        .annotate(
            visible=Count("pk"),
            undated=Count("pk", filter=Q(current__formed_on=None)),
            newest=Max("current__published_at"),
        )
        .order_by()
    )
    return {row["column_id"]: dict(row) for row in counted}


def _tree(column: Column, below: dict[int | None, list[Column]]) -> Iterator[int]:
    yield column.pk
    for child in below[column.pk]:
        yield from _tree(child, below)


def watch_links(*, day: date, at: datetime, ask: Any) -> int:
    """Follow the links public documents make within the site; how many lead nowhere.

    ``ask(path)`` is the answer's status for a visitor nobody knows; each address is asked once.
    """
    answers: dict[str, int] = {}
    open_links = {
        (link.document_id, link.address): link
        for link in BrokenLink.objects.filter(closed_on=None, is_outside=False)
    }
    visible = Document.objects.visible_to(None, at).filter(current__body__contains="href=").newest_first()
    broken = 0
    for pk, body in visible.values_list("pk", "current__body")[:MOST_DOCUMENTS].iterator(chunk_size=500):
        for address in addresses(body, settings.PUBLIC_URL):
            path = urldefrag(address).url
            if path not in answers:
                answers[path] = ask(path)
            if answers[path] < 400:
                continue
            broken += 1
            link = open_links.pop((pk, address[:500]), None) or BrokenLink(
                document_id=pk, address=address[:500], first_seen_on=day
            )
            link.status, link.words, link.last_seen_on = answers[path], f"应答{answers[path]}", day
            link.save()
    for link in open_links.values():
        link.closed_on = day
        link.save(update_fields=["closed_on"])
    return broken


@transaction.atomic
def open_finding(
    *, source: str, department: Department, text: str, found_on: date, limit: int, by: User | None, at: datetime,
    veto: str = "other", number: str = "", address: str = "",
) -> AssessmentFinding:  # fmt: skip
    """Register what an assessment found; the department has ``limit`` working days from today to mend it."""
    require(by, "disclosure.add_assessmentfinding", "测评问题由政务公开机构登记。")
    if found_on > localdate(at):
        raise RuleBroken("发现日期不能晚于今天。", field="found_on")
    finding = AssessmentFinding.objects.create(
        source=source.strip(), number=number.strip(), department=department, veto=veto, address=address.strip(),
        text=text.strip(), found_on=found_on,
    )  # fmt: skip
    finding.clock = clocks.start(
        ClockKind.FINDING, subject=finding, on=localdate(at), limit=limit, basis=FINDING_BASIS,
        department=department, by=by, at=at, label=f"测评问题：{finding}",
    )  # fmt: skip
    finding.save(update_fields=["clock"])
    audit.record(
        "disclosure.finding.opened", subject=finding, actor=by, at=at, department=str(department),
        due_on=finding.clock.due_on.isoformat(),
    )  # fmt: skip
    _tell("assessment_finding", finding, at)
    return finding


@transaction.atomic
def rectify(finding: AssessmentFinding, *, text: str, by: User | None, at: datetime) -> AssessmentFinding:
    """The department says what it did; the clock stands still while the office looks."""
    finding = AssessmentFinding.objects.locked(finding)
    if (
        by is not None
        and not by.posts.in_force(localdate(at)).filter(department=finding.department_id).exists()
    ):
        raise RuleBroken(f"只有{finding.department}的人员可以填报整改情况。")
    if not text.strip():
        raise RuleBroken("请写明整改情况。", field="text")
    finding.move_to(FindingState.RECTIFIED)
    finding.rectification, finding.rectified_at, finding.rectified_by = text.strip(), at, by
    if finding.clock:
        clocks.pause(finding.clock, on=localdate(at), ground=WAITING, by=by, at=at)
    finding.save(update_fields=["state", "rectification", "rectified_at", "rectified_by"])
    audit.record("disclosure.finding.rectified", subject=finding, actor=by, at=at)
    return finding


@transaction.atomic
def recheck(
    finding: AssessmentFinding, *, passed: bool, opinion: str, by: User | None, at: datetime
) -> AssessmentFinding:
    """The office looks again: closed, or back to the department; the days it looked are not counted."""
    require(by, "disclosure.change_assessmentfinding", "测评问题由政务公开机构复核。")
    finding = AssessmentFinding.objects.locked(finding)
    if not opinion.strip():
        raise RuleBroken("请填写复核意见。", field="opinion")
    finding.move_to(FindingState.CLOSED if passed else FindingState.OPEN)
    if by is not None and by.pk == finding.rectified_by_id:
        raise RuleBroken("整改和复核不能是同一个人。")
    finding.recheck, finding.rechecked_at, finding.rechecked_by = opinion.strip(), at, by
    if finding.clock and passed:
        finding.clock = clocks.close(finding.clock, on=localdate(at), outcome="已整改", by=by, at=at)
    elif finding.clock:
        finding.clock = clocks.resume(finding.clock, on=localdate(at), by=by, at=at)
    finding.save(update_fields=["state", "recheck", "rechecked_at", "rechecked_by"])
    audit.record("disclosure.finding.rechecked", subject=finding, actor=by, at=at, passed=passed)
    if not passed:
        _tell("assessment_returned", finding, at)
    return finding


def _tell(code: str, finding: AssessmentFinding, at: datetime) -> None:
    posts = Post.objects.present(localdate(at)).filter(
        department=finding.department_id, role__in=(PostRole.EDITOR, PostRole.HEAD)
    )
    people = {post.user_id: post.user for post in posts.select_related("user").order_by("pk")}
    due_on = finding.clock.due_on if finding.clock else localdate(at)
    values = {"source": finding.source[:40], "text": strip_tags(finding.text)[:60], "due_on": due_on}
    key = f"{finding.pk}:{at:%Y%m%d%H%M}"
    notices.queue_all(
        code, [notices.Errand(person, key, 1, finding, None, values) for person in people.values()], at=at
    )
