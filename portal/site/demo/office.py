"""What the disclosure office of the demo city has done: an issue of the gazette, a month handed over, a finding."""

from datetime import timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import AssessmentFinding, ColumnDay, GazetteIssue, Receiver, TransferBatch
from disclosure.workflow import gazette, transfers, watching
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
    return added
