"""The Celery application and its static beat schedule.

Every job selects what is not yet done, never what fell due since the last run,
so a missed run is made up by the next one.
"""

import os
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "papers.produce_papers": {"task": "papers.produce_papers", "schedule": timedelta(seconds=10)},
    "notices.drain": {"task": "notices.drain", "schedule": timedelta(seconds=3), "options": {"expires": 3}},
    "notices.settle_stuck": {
        "task": "notices.settle_stuck",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "notices.tell_authorisations": {
        "task": "notices.tell_authorisations",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "notices.expire": {
        "task": "notices.expire",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "audit.make_day_digests": {"task": "audit.make_day_digests", "schedule": timedelta(hours=1)},
    "site.reconcile_search": {"task": "site.reconcile_search", "schedule": crontab(hour=3, minute=10)},
    "site.check_exits": {"task": "site.check_exits", "schedule": timedelta(minutes=5)},
    "search.tell_saved": {"task": "search.tell_saved", "schedule": timedelta(hours=1)},
    "search.forget_unfound": {"task": "search.forget_unfound", "schedule": crontab(hour=3, minute=40)},
    "disclosure.open_annual_reports": {
        "task": "disclosure.open_annual_reports",
        "schedule": crontab(hour=2, minute=20),
    },
    "approvals.deem_accepted_cases": {
        "task": "approvals.deem_accepted_cases",
        "schedule": timedelta(hours=1),
    },
    "approvals.expire_supplements": {"task": "approvals.expire_supplements", "schedule": timedelta(hours=1)},
    "approvals.end_statement_periods": {
        "task": "approvals.end_statement_periods",
        "schedule": timedelta(hours=1),
    },
    "approvals.remind_due_clocks": {"task": "approvals.remind_due_clocks", "schedule": timedelta(hours=1)},
    "approvals.keep_duty_seeds": {"task": "approvals.keep_duty_seeds", "schedule": timedelta(hours=1)},
    "approvals.draw_undrawn_cases": {
        "task": "approvals.draw_undrawn_cases",
        "schedule": timedelta(minutes=30),
    },
    "disclosure.fold_counts": {"task": "disclosure.fold_counts", "schedule": timedelta(minutes=10)},
    "disclosure.reconcile_counts": {
        "task": "disclosure.reconcile_counts",
        "schedule": crontab(hour=3, minute=5),
    },
    "talent.end_blacklistings": {
        "task": "talent.end_blacklistings",
        "schedule": crontab(hour=0, minute=25),
    },
    "talent.work_batches": {"task": "talent.work_batches", "schedule": timedelta(seconds=30)},
    "disclosure.work_batches": {"task": "disclosure.work_batches", "schedule": timedelta(seconds=30)},
    "disclosure.publish_due_documents": {
        "task": "disclosure.publish_due_documents",
        "schedule": timedelta(minutes=1),
    },
    "disclosure.end_limited_documents": {
        "task": "disclosure.end_limited_documents",
        "schedule": timedelta(minutes=5),
    },
    "disclosure.remind_due_documents": {
        "task": "disclosure.remind_due_documents",
        "schedule": timedelta(hours=1),
    },
    "disclosure.expire_requests": {"task": "disclosure.expire_requests", "schedule": timedelta(hours=1)},
    "disclosure.remind_due_requests": {
        "task": "disclosure.remind_due_requests",
        "schedule": timedelta(hours=1),
    },
    "disclosure.open_transfers": {
        "task": "disclosure.open_transfers",
        "schedule": crontab(hour=0, minute=40),
    },
    "disclosure.watch_columns": {"task": "disclosure.watch_columns", "schedule": crontab(hour=4, minute=20)},
    "disclosure.watch_outside_links": {
        "task": "disclosure.watch_outside_links",
        "schedule": crontab(hour=4, minute=50),
    },
    "disclosure.keep_reads": {"task": "disclosure.keep_reads", "schedule": timedelta(minutes=5)},
    "talent.watch_flags": {"task": "talent.watch_flags", "schedule": crontab(hour=2, minute=5)},
    "talent.watch_staffing": {"task": "talent.watch_staffing", "schedule": crontab(hour=1, minute=40)},
    "workdays.redate_clocks": {"task": "workdays.redate_clocks", "schedule": timedelta(seconds=30)},
    "workdays.recompute_clocks": {
        "task": "workdays.recompute_clocks",
        "schedule": crontab(hour=2, minute=30),
    },
    "workdays.watch_calendar": {"task": "workdays.watch_calendar", "schedule": crontab(hour=8, minute=30)},
    "people.put_groups_in_step": {"task": "people.put_groups_in_step", "schedule": crontab(hour=0, minute=5)},
    "people.disable_idle_accounts": {
        "task": "people.disable_idle_accounts",
        "schedule": crontab(hour=1, minute=10),
    },
    "people.discard_unverified_accounts": {
        "task": "people.discard_unverified_accounts",
        "schedule": crontab(hour=1, minute=20),
    },
}
