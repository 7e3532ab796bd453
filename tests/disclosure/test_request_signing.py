"""A reply is drafted by one person and signed by another; until then nothing has been answered."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from disclosure.models import InformationRequest, ReplyStep, RequestReply
from disclosure.models.requests import LEGAL_MOVES, RequestStatus
from disclosure.request_reminders import remind_due_requests
from disclosure.workflow import requests as workflow
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import make_upload
from tests.disclosure.request_makers import at, draft, make_officer, make_request, words
from tests.people.makers import make_department

pytestmark = pytest.mark.django_db
TUESDAY, THURSDAY = date(2026, 9, 22), date(2026, 9, 24)


def submitted(**more) -> InformationRequest:
    request = draft(make_request(**more), when=at(TUESDAY))
    return workflow.submit_reply(request, by=make_officer(), at=at(TUESDAY))


def sign(request, by, **more):
    return workflow.sign_reply(request, opinion="同意签发。", by=by, at=at(THURSDAY), **more)


def test_only_a_signature_answers_and_nothing_else_leads_there():
    assert [state for state, onward in LEGAL_MOVES.items() if RequestStatus.REPLIED in onward] == [
        RequestStatus.SIGNING
    ]
    request = submitted()
    assert (request.status, request.reply, request.reply_clock.is_paused) == ("signing", "", False)
    assert not Paper.objects.of(request).exclude(kind="foi_receipt").exists()
    assert not Notice.objects.filter(template__code="foi_replied").exists()
    request = sign(request, make_officer(PostRole.APPROVER))
    assert (request.status, request.replied_on, request.reply_clock.closed_on) == (
        "replied",
        THURSDAY,
        THURSDAY,
    )
    letter = request.reply_words.paper
    assert (letter.kind, letter.issued_by) == ("foi_disclosure", make_officer(PostRole.APPROVER))
    assert [(step.deed, step.person, step.opinion) for step in ReplyStep.objects.order_by("pk")] == [
        ("drafted", make_officer(), ""),
        ("submitted", make_officer(), ""),
        ("signed", make_officer(PostRole.APPROVER), "同意签发。"),
    ]
    assert {"disclosure.request.reply_signed", "disclosure.request.replied"} <= set(
        audit.history(request).values_list("action", flat=True)
    )


def test_who_had_a_hand_in_the_draft_does_not_sign_it():
    request, head = make_request(), make_officer(PostRole.HEAD)
    workflow.draft_reply(request, kind="granted", words=words(content="旧稿"), by=head, at=at(TUESDAY))
    draft(request, when=at(TUESDAY))
    request = workflow.submit_reply(request, by=make_officer(), at=at(TUESDAY))
    for person in (head, make_officer()):
        assert not InformationRequest.objects.to_sign(person).exists()
        with pytest.raises(RuleBroken):
            sign(request, person)
    outsider = make_officer(PostRole.APPROVER, make_department("gtj"))
    with pytest.raises(RuleBroken, match="岗位"):
        sign(request, outsider)
    office = make_officer(PostRole.APPROVER, make_department("zwgk"))
    assert InformationRequest.objects.to_sign(office).get() == request
    assert sign(request, office).status == "replied"
    row = RequestReply.objects.get(request=request)
    with pytest.raises(DatabaseError, match="another_than_its_drafter"), transaction.atomic():
        RequestReply.objects.filter(pk=row.pk).update(drafted_by=row.signed_by)


def test_a_returned_draft_keeps_what_was_written_and_enclosed_and_says_why():
    request, officer, head = make_request(), make_officer(), make_officer(PostRole.HEAD)
    workflow.enclose(
        request, [make_upload("甲.png", 44), make_upload("乙.png", 45)], by=officer, at=at(TUESDAY)
    )
    draft(request, said=words(content="见附件。"), when=at(TUESDAY))
    workflow.submit_reply(request, opinion="请核对页码", by=officer, at=at(TUESDAY))
    with pytest.raises(RuleBroken, match="退回理由"):
        workflow.return_reply(request, reason=" ", by=head, at=at(THURSDAY))
    request = workflow.return_reply(request, reason="请区分处理个人信息。", by=head, at=at(THURSDAY))
    assert (request.status, request.reply_words.content) == ("open", "见附件。")
    assert Notice.objects.filter(template__code="foi_reply_returned", user=officer).count() == 1
    first, second = request.files.filter(purpose="draft").order_by("pk")
    workflow.draft_reply(request, kind="partial", words=words(), kept=[second], by=officer, at=at(THURSDAY))
    workflow.submit_reply(request, by=officer, at=at(THURSDAY))
    request = sign(request, head)  # who returned it may sign the next one
    assert (request.reply, request.reply_words.edition) == ("partial", 2)
    assert [row.purpose for row in request.files.order_by("pk")] == ["identity", "reply"]
    assert request.reply_words.paper.data["materials"][0]["name"] == "乙.png" and first.pk != second.pk
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        ReplyStep.objects.filter(deed="returned").delete()


def test_nobody_signs_other_words_than_they_have_read():
    request, officer, head = submitted(), make_officer(), make_officer(PostRole.HEAD)
    read = request.reply_words.edition
    workflow.recall_reply(request, by=officer, at=at(TUESDAY))
    with pytest.raises(RuleBroken, match="没有待审签"):
        sign(request, head, edition=read)
    draft(request, said=words(content="改过的内容。"), when=at(TUESDAY))
    workflow.submit_reply(request, by=officer, at=at(TUESDAY))
    with pytest.raises(RuleBroken, match="有改动"):
        sign(request, head, edition=read)
    assert sign(request, head, edition=read + 1).reply_words.content == "改过的内容。"


def test_the_limit_goes_on_while_a_draft_waits_and_its_signer_is_told():
    signer, request = make_officer(PostRole.APPROVER), submitted()
    assert Notice.objects.filter(template__code="foi_reply_waiting", user=signer).count() == 1
    remind_due_requests(at=at(request.reply_clock.warn_on))
    assert Notice.objects.filter(template__code="foi_clock_warning", user=signer).count() == 1
    extended = workflow.extend(
        request, days=5, reason="需要核对案卷", by=make_officer(PostRole.HEAD), at=at(THURSDAY)
    )
    assert (extended.status, extended.current_clock.due_on) == ("signing", extended.reply_clock.due_on)
    withdrawn = workflow.withdraw(extended, by=None, at=at(THURSDAY))
    assert (withdrawn.status, withdrawn.reply) == ("withdrawn", "oth3")
