"""Time triggers. Each selects what is not yet done, so a missed run is made up by the next."""

from datetime import timedelta

from django.utils import timezone

from disclosure import outside, readership, reminders, request_reminders, request_sweeps, sweeps, visitor
from disclosure.workflow import circulation, counts, outside_links, reports, transfers, watching
from portal.audit.jobs import job


@job("disclosure.publish_due_documents", every=timedelta(minutes=1))
def publish_due_documents() -> int:
    """Each minute: what was approved for a time that has come; looked at again under lock, so twice is harmless."""
    return sweeps.publish_due(at=timezone.now())


@job("disclosure.end_limited_documents", every=timedelta(minutes=5))
def end_limited_documents() -> str:
    """Every five minutes: what was public or valid until a day that has passed. Looked at again under lock."""
    at = timezone.now()
    return f"撤下{sweeps.end_limited(at=at)}件，失效{sweeps.lapse(at=at)}件"


@job("disclosure.fold_counts", every=timedelta(minutes=10))
def fold_counts() -> None:
    """Every ten minutes: what was added to the counts of the catalogue is put together; twice is harmless."""
    counts.fold()


@job("disclosure.reconcile_counts", every=timedelta(days=1))
def reconcile_counts() -> str:
    """Nightly: the counts of the catalogue against its documents; a second run finds nothing to mend."""
    return f"改正{counts.reconcile()}处"


@job("disclosure.remind_due_documents", every=timedelta(hours=1))
def remind_due_documents() -> int:
    """Hourly: dates of documents, findings, reports and transfers that are near or past; each told once."""
    at = timezone.now()
    return reminders.remind_due_documents(at=at) + reminders.remind_due_duties(at=at)


@job("disclosure.expire_requests", every=timedelta(hours=1))
def expire_requests() -> str:
    """Hourly: corrections, payments, reasons and opinions whose date has passed. Looked at again under lock."""
    at = timezone.now()
    opinions = request_sweeps.expire_consultations(at=at)
    given_up = request_sweeps.expire_corrections(at=at) + request_sweeps.expire_payments(at=at)
    silent = request_sweeps.expire_reasons(at=at)
    dropped = request_sweeps.drop_stale_files(at=at)
    return f"征求意见{opinions}件，未说明理由{silent}件，不再处理{given_up}件，清除未提交的文件{dropped}个"


@job("disclosure.remind_due_requests", every=timedelta(hours=1))
def remind_due_requests() -> int:
    """Hourly: tell handlers, heads and applicants what is near or past its date; once for each date."""
    return request_reminders.remind_due_requests(at=timezone.now())


@job("disclosure.watch_columns", every=timedelta(days=1))
def watch_columns() -> str:
    """Nightly: columns and links as they stand; the day's rows are written anew, so twice is harmless."""
    at = timezone.now()
    day = timezone.localdate(at)
    columns = watching.watch_columns(day=day, at=at)
    return f"栏目{columns}个，失效链接{watching.watch_links(day=day, at=at, ask=visitor.status_of)}处"


@job("disclosure.watch_outside_links", every=timedelta(days=1))
def watch_outside_links() -> str:
    """Nightly: the links to other sites, asked one by one outside any transaction; again asks again."""
    at = timezone.now()
    asked, broken = outside_links.watch_outside_links(day=timezone.localdate(at), at=at, ask=outside.Asker())
    return f"站外地址{asked}个，打不开{broken}个"


@job("disclosure.keep_reads", every=timedelta(minutes=5))
def keep_reads() -> int:
    """Every five minutes: openings of pages from Redis into rows. A run that broke off is taken up by the next."""
    kept = circulation.keep_reads(readership.take())
    readership.drop_taken()
    return kept


@job("disclosure.open_annual_reports", every=timedelta(days=1))
def open_annual_reports() -> int:
    """Nightly: from January to the last deadline, last year's reports with their clocks; each once."""
    return reports.open_due_reports(at=timezone.now())


@job("disclosure.open_transfers", every=timedelta(days=1))
def open_transfers() -> int:
    """Daily: the batches of months that are over and have none yet, so twice opens nothing."""
    return transfers.open_batches(at=timezone.now())


@job("disclosure.work_batches", every=timedelta(seconds=30))
def work_batches() -> int:
    """Twice a minute: check what was uploaded, load what was begun; each goes on where it stopped."""
    return sweeps.work_batches(at=timezone.now())
