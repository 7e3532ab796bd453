"""What the disclosure office of the demo city has done: an issue of the gazette, a month handed over, a finding."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import (
    AssessmentFinding,
    ColumnDay,
    Document,
    GazetteIssue,
    HigherSite,
    Receiver,
    Repost,
    TransferBatch,
)
from disclosure.workflow import circulation, gazette, transfers, watching
from portal.people.models import Department
from portal.refusals import RuleBroken


def load_office() -> int:
    """How many rows of the office's own were new; what is there stays as it is."""
    at = timezone.now()
    today = localdate(at)
    added = 0
    if not GazetteIssue.objects.exists():
        issue = gazette.compile_issue(year=today.year, number=1, by=None, at=at)
        try:
            gazette.take_in_period(issue, since=today - timedelta(days=200), until=today, by=None, at=at)
        except RuleBroken:  # nothing fit to print: the issue stays empty, for the office to fill
            return added + 1
        gazette.publish(issue, by=None, at=at)
        added += 1
    if not TransferBatch.objects.exists():
        added += transfers.open_batches(at=at)
        if batch := TransferBatch.objects.filter(receiver=Receiver.LIBRARY).first():
            transfers.send(batch, by=None, at=at)
    if not ColumnDay.objects.exists():
        added += watching.watch_columns(day=today, at=at)
    if not AssessmentFinding.objects.exists():
        watching.open_finding(
            source="示范省政务公开第三方评估",
            number="2026-07",
            department=Department.objects.get(code="zjj"),
            veto="v4",
            text="“规划计划”栏目超过一年没有更新。",
            found_on=today,
            limit=5,
            by=None,
            at=at,
        )
        added += 1
    return added + _circulation(at)


def _circulation(at: datetime) -> int:
    """Two documents that the province carried, and openings of the newest sixty over the last month."""
    newest = list(Document.objects.visible_to(None, at).newest_first()[:60])
    if Repost.objects.exists() or not newest:
        return 0
    today = localdate(at)
    for number, document in enumerate(newest[:2], start=1):
        circulation.enter_repost(
            index_no=document.index_no or "",
            level=HigherSite.PROVINCE,
            site="示范省人民政府门户网站",
            address=f"https://www.shifansheng.gov.cn.example/zwgk/{number}.html",
            on=today,
            by=None,
            at=at,
        )
    return 2 + circulation.keep_reads(
        [
            (today - timedelta(days=ago), document.pk, 1 + (document.pk * 7 + ago * 5) % 23)
            for document in newest
            for ago in range(0, 30, 3)
        ]
    )
