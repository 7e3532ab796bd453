"""What the request page lays before the person who answers: everything in one window."""

from datetime import date
from typing import Any

from django.urls import reverse

from disclosure import deadlines
from disclosure.models import InformationRequest
from disclosure.models.requests import RequestStatus
from disclosure.request_timeline import timeline
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people.models import User
from portal.workdays.models import Clock, current_calendar

MOST_SHOWN = 5


def facts(found: InformationRequest, user: User, on: date) -> dict[str, Any]:
    """The context of the request page; a fixed number of queries whatever the request holds."""
    visible = InformationRequest.objects.visible_to(user)
    repeats = visible.repeats_of(found).select_related("department").defer("tokens")[:MOST_SHOWN]
    others = visible.filter(id_hash=found.id_hash).exclude(pk=found.pk)
    same_topic = (
        visible.filter(topic=found.topic_id).exclude(id_hash=found.id_hash)
        if found.topic_id
        else visible.none()
    )
    return {
        "files": [
            (row, reverse("disclosure:request_file", args=[found.number, row.attachment.key]))
            for row in found.files.shown_to(user).select_related("attachment").order_by("pk")
        ],
        "clocks": [
            (clock, reverse("disclosure:request_date", args=[found.number, clock.public_key]))
            for clock in Clock.objects.of(found).with_light(on).order_by("pk")
        ],
        "papers": [
            (paper, reverse("disclosure:request_paper", args=[found.number, paper.key]))
            for paper in Paper.objects.of(found)
        ],
        "consultations": list(found.consultations.select_related("clock").order_by("pk")),
        "counsels": list(found.counsels.select_related("asked_by", "asked_of").order_by("pk")),
        "fee": found.fee_notices.order_by("pk").last(),
        "words": getattr(found, "reply_words", None),
        "steps": list(found.reply_steps.select_related("person").order_by("pk")),
        "repeats": list(repeats),
        "others": list(others.defer("tokens").order_by("-pk")[:MOST_SHOWN]),
        "same_topic": list(same_topic.select_related("department").defer("tokens").order_by("pk")[:MOST_SHOWN]),
        "correct_until": _correct_until(found),
        "notices": list(
            Notice.objects.about("disclosure.informationrequest", str(found.pk))
            .select_related("template").order_by("pk")[:50]
        ),
        "timeline": timeline(found, audience="staff"),
    }  # fmt: skip


def _correct_until(found: InformationRequest) -> date | None:
    """Until when the applicant may still be told to correct; None once that is over or done."""
    if found.status != RequestStatus.OPEN or found.asked_correction or not found.received_on:
        return None
    return deadlines.correction_last_day(found.received_on, current_calendar())
