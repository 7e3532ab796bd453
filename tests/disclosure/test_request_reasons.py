"""第三十五条: asked for more than is reasonable, the office asks why; the limit does not wait for the answer."""

from datetime import date

import pytest
from django.test import Client
from django.utils.timezone import localdate

from disclosure import request_sweeps as sweeps
from disclosure.models import InformationRequest
from disclosure.request_reminders import remind_due_requests
from disclosure.workflow import requests as workflow
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import make_upload
from tests.disclosure.request_makers import FRIDAY, at, draft, make_officer, make_reply, make_request, words

pytestmark = pytest.mark.django_db
TUESDAY, LAST, AFTER = date(2026, 9, 22), date(2026, 10, 9), date(2026, 10, 10)
FACTS = "本年内提出申请43件，其中本月12件。"


def told_why(day: date = TUESDAY, **more) -> InformationRequest:
    return workflow.ask_reasons(make_request(), facts=FACTS, by=make_officer(), at=at(day), **more)


def test_the_limit_runs_on_while_the_applicant_is_asked_why():
    with pytest.raises(RuleBroken) as refusal:
        told_why(date(2026, 10, 16), days=5)
    assert refusal.value.field == "days"  # it would end after the reply is due
    InformationRequest.objects.first()
    request = told_why()
    assert (request.status, request.current_clock.kind) == ("reasons", "foi_reasons")
    assert (request.reply_clock.is_paused, request.reply_clock.due_on) == (False, date(2026, 10, 22))
    letter = Paper.objects.of(request).get(kind="foi_reasons")
    assert (letter.data["content"], letter.data["due_days"]) == ([FACTS], "7个工作日")
    assert Notice.objects.filter(template__code="foi_reasons").count() == 1
    remind_due_requests(at=at(request.current_clock.warn_on))
    assert Notice.objects.filter(template__code="foi_reasons_reminder").count() == 1
    request = workflow.receive_reasons(request, answer="研究需要。", by=None, at=at(date(2026, 9, 28)))
    assert (request.status, request.current_clock) == ("open", request.reply_clock)
    assert request.reply_clock.due_on == date(2026, 10, 22)
    with pytest.raises(RuleBroken, match="已经要求过"):
        workflow.ask_reasons(request, facts=FACTS, by=make_officer(), at=at(date(2026, 9, 29)))


def test_only_who_was_asked_why_can_be_refused_for_asking_too_much():
    request = make_request()
    with pytest.raises(RuleBroken, match="要求过说明理由"):
        draft(request, "np4", when=at(TUESDAY))
    request = workflow.ask_reasons(request, facts=FACTS, by=make_officer(), at=at(TUESDAY))
    due = request.current_clock.due_on
    assert due == LAST
    assert sweeps.expire_reasons(at=at(due)) == 0
    assert sweeps.expire_reasons(at=at(AFTER)) == 1
    assert sweeps.expire_reasons(at=at(AFTER)) == 0
    request.refresh_from_db()
    assert (request.status, request.current_clock) == ("open", request.reply_clock)
    with pytest.raises(RuleBroken, match="不需要说明理由"):
        workflow.receive_reasons(request, answer="晚了", by=None, at=at(AFTER))
    with pytest.raises(RuleBroken, match="说明了理由"):
        workflow.set_delay(request, days=10, reason="多", by=make_officer(PostRole.HEAD), at=at(AFTER))
    request = make_reply(request, "np4", words(reasons="没有说明申请理由。"), when=at(AFTER))
    letter = request.reply_words.paper
    assert (letter.kind, request.reply) == ("foi_not_processed", "np4")
    assert letter.data["basis"].endswith("第三十五条") and "明显超过合理范围" in letter.data["finding"]


def test_reasonable_reasons_that_cannot_be_met_in_time_get_a_reasonable_period_once():
    request, head = told_why(), make_officer(PostRole.HEAD)
    request = workflow.receive_reasons(request, answer="研究需要。", by=None, at=at(date(2026, 9, 28)))
    with pytest.raises(RuleBroken, match="岗位"):
        workflow.set_delay(request, days=30, reason="件数多", by=make_officer(), at=at(LAST))
    with pytest.raises(RuleBroken, match="1至60"):
        workflow.set_delay(request, days=61, reason="件数多", by=head, at=at(LAST))
    with pytest.raises(RuleBroken, match="届满"):
        workflow.set_delay(request, days=30, reason="件数多", by=head, at=at(date(2026, 10, 23)))
    request = workflow.set_delay(request, days=30, reason="涉及43件档案。", by=head, at=at(LAST))
    assert (request.reply_clock.due_on, request.extended_days) == (date(2026, 12, 3), 0)
    letter = Paper.objects.of(request).get(kind="foi_delay")
    assert (letter.data["days"], letter.data["due_on"]) == ("30个工作日", "2026-12-03")
    assert audit.history(request).filter(action="disclosure.request.delayed").get().facts["days"] == 30
    assert Notice.objects.filter(template__code="foi_delayed").count() == 1
    with pytest.raises(RuleBroken, match="确定过"):
        workflow.set_delay(request, days=1, reason="再延", by=head, at=at(LAST))
    assert make_reply(request, when=at(date(2026, 11, 30))).reply_clock.was_kept


def test_the_applicant_says_why_on_the_page_and_no_file_is_chosen_twice(client: Client):
    make_officer()
    request = make_request(localdate())
    request = workflow.ask_reasons(request, facts=FACTS, by=make_officer(), at=at(localdate()))
    client.post("/disclosure/requests/", {"number": request.number, "code": request.query_code})
    page = client.get(f"/disclosure/requests/{request.number}/").content.decode()
    assert FACTS in page and "需要您说明申请理由" in page
    address = f"/disclosure/requests/{request.number}/reasons/"
    refused = client.post(address, {"answer": " ", "materials": make_upload("课题.png", 51)})
    assert refused.status_code == 422 and "课题.png" in refused.content.decode()
    assert client.post(address, {"answer": "研究需要。"}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.files.filter(purpose="reasons").count()) == ("open", 1)
    assert client.get(address).status_code == 302
    assert request.received_on >= FRIDAY
