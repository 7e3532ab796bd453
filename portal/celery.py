"""The Celery application and its static beat schedule.

Every job selects what is not yet done, never what fell due since the last run,
so a missed run is made up by the next one.
"""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "audit.make_day_digests": {"task": "audit.make_day_digests", "schedule": timedelta(hours=1)},
    "approvals.deem_accepted_cases": {
        "task": "approvals.deem_accepted_cases",
        "schedule": timedelta(hours=1),
    },
    "approvals.expire_supplements": {"task": "approvals.expire_supplements", "schedule": timedelta(hours=1)},
    "approvals.remind_due_clocks": {"task": "approvals.remind_due_clocks", "schedule": timedelta(hours=1)},
    "approvals.keep_duty_seeds": {"task": "approvals.keep_duty_seeds", "schedule": timedelta(hours=1)},
    "approvals.draw_undrawn_cases": {
        "task": "approvals.draw_undrawn_cases",
        "schedule": timedelta(minutes=30),
    },
}
