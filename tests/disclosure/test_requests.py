"""A request for information from receipt to reply (政府信息公开条例 第二十九条至第四十条)."""

from datetime import date
from uuid import uuid4

import pytest

from disclosure import request_sweeps as sweeps
from disclosure.deadlines import reply_due
from disclosure.models import InformationRequest, RequestReply
from disclosure.replies import RULES, Reply, ReplyGroup
from disclosure.workflow import requests as workflow
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people.models import ApplicantType, PostRole
from portal.refusals import RuleBroken
from portal.workdays.models import Clock, current_calendar
from tests.approvals.makers import make_upload
from tests.disclosure.request_makers import (
    FRIDAY,
    asked,
    at,
    draft,
    make_officer,
    make_reply,
    make_request,
    words,
)
from tests.people.makers import make_department

pytestmark = pytest.mark.django_db

SUNDAY = date(2026, 9, 20)  # a make-up working day
TUESDAY = date(2026, 9, 22)


def kinds(request) -> list[str]:
    return [paper.kind for paper in Paper.objects.of(request)]


def told(request) -> list[str]:
    return list(
        Notice.objects.about("disclosure.informationrequest", str(request.pk)).order_by("pk")
        .values_list("template__code", flat=True)
    )  # fmt: skip


def registered(channel: str, **more) -> InformationRequest:
    return workflow.register(
        asked(), department=make_department(), channel=channel, handed_in=FRIDAY, form_key=uuid4(),
        by=make_officer(PostRole.CLERK), at=at(TUESDAY), **more,
    )  # fmt: skip


def test_a_request_over_the_web_is_confirmed_the_same_day_and_answered_within_twenty_working_days():
    request = make_request()
    assert request.number == "YSQ-zjj-2026-00001"
    assert (request.received_on, request.reply_clock.due_on) == (FRIDAY, date(2026, 10, 22))
    assert kinds(request) == ["foi_receipt"]
    assert "foi_submitted" in told(request)
    assert InformationRequest.objects.tracked(request.number, request.query_code).get() == request
    assert make_request(serial=2).number == "YSQ-zjj-2026-00002"


def test_the_same_form_sent_twice_is_one_request():
    key = uuid4()
    for _ in range(2):
        workflow.submit(asked(), department=make_department(), form_key=key, by=None, at=at(),
                        identity_files=[make_upload()])  # fmt: skip
    assert InformationRequest.objects.count() == 1


@pytest.mark.parametrize("channel", ["counter", "registered", "oral"])
def test_what_is_handed_over_or_signed_for_is_received_that_day(channel):
    request = registered(channel)
    assert (request.received_on, request.reply_clock.due_on) == (FRIDAY, date(2026, 10, 22))


@pytest.mark.parametrize("channel", ["mail", "fax", "email"])
def test_a_letter_by_ordinary_mail_counts_from_the_day_both_sides_confirm(channel):
    request = registered(channel)
    assert (request.status, request.received_on, request.reply_clock) == ("unconfirmed", None, None)
    assert request.current_clock.due_on == (FRIDAY if channel == "mail" else SUNDAY)
    assert not InformationRequest.objects.carried_out_of(2026).exists()
    request = workflow.confirm(request, on=TUESDAY, by=make_officer(), at=at(TUESDAY))
    assert (request.received_on, request.reply_clock.started_on) == (TUESDAY, TUESDAY)
    assert kinds(request) == ["foi_receipt"]
    assert Clock.objects.of(request).running().get() == request.reply_clock


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
        ({"phone": ""}, "phone"),
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"way": "post"}, "address"),
        ({"way": "email"}, "email"),
        ({"applicant_type": ApplicantType.BUSINESS, "id_type": "id_card"}, "id_type"),
    ],
)
def test_what_article_29_asks_for_is_asked_for_at_its_field(fields, field):
    with pytest.raises(RuleBroken) as refusal:
        make_request(**fields)
    assert refusal.value.field == field
    assert not InformationRequest.objects.exists()


def test_a_request_without_proof_of_identity_is_refused():
    with pytest.raises(RuleBroken) as refusal:
        workflow.submit(
            asked(), department=make_department(), form_key=uuid4(), identity_files=[], by=None, at=at()
        )
    assert refusal.value.field == "identity_files"


def test_a_correction_is_asked_once_within_seven_working_days_and_the_limit_starts_anew():
    request, officer = make_request(), make_officer()
    request = workflow.ask_correction(request, items=["请写明工程名称"], by=officer, at=at(date(2026, 9, 29)))
    assert (request.status, request.reply_clock.is_paused) == ("correction", True)
    request = workflow.receive_correction(request, answer="湖滨路二期", by=None, at=at(date(2026, 10, 12)))
    assert (request.received_on, request.counted_from) == (FRIDAY, date(2026, 10, 12))
    assert request.reply_clock.due_on == date(2026, 11, 9)
    with pytest.raises(RuleBroken, match="只能一次性告知"):
        workflow.ask_correction(request, items=["再问一次"], by=officer, at=at(date(2026, 10, 13)))


def test_after_the_seventh_working_day_no_correction_can_be_asked():
    request = make_request()
    with pytest.raises(RuleBroken, match="2026年9月29日"):
        workflow.ask_correction(request, items=["请写明名称"], by=make_officer(), at=at(date(2026, 9, 30)))


def test_a_request_not_corrected_in_time_is_given_up_once():
    request = workflow.ask_correction(
        make_request(), items=["名称"], days=10, by=make_officer(), at=at(TUESDAY)
    )
    last = request.current_clock.due_on
    assert sweeps.expire_corrections(at=at(last)) == 0
    assert sweeps.expire_corrections(at=at(date(2026, 10, 20))) == 1
    assert sweeps.expire_corrections(at=at(date(2026, 10, 21))) == 0
    request.refresh_from_db()
    assert (request.status, request.reply, request.replied_on) == ("abandoned", "oth1", date(2026, 10, 20))
    assert not Clock.objects.of(request).running().exists()
    with pytest.raises(RuleBroken):
        workflow.receive_correction(request, answer="晚了", by=None, at=at(date(2026, 10, 21)))


def consulted(kind: str = "third_party", name: str = "示范市第一建筑工程有限公司", **more):
    return workflow.consult(
        InformationRequest.objects.first() or make_request(), kind=kind, name=name, question="是否同意公开工程合同？",
        by=make_officer(), at=at(TUESDAY), **more,
    )  # fmt: skip


def test_the_days_a_third_party_takes_do_not_count():
    request = consulted()
    row = request.consultations.get()
    workflow.note_delivery(row, on=date(2026, 9, 23), by=make_officer(), at=at(date(2026, 9, 23)))
    request = workflow.note_opinion(
        row, opinion="agrees", answer="同意。", by=make_officer(), at=at(date(2026, 10, 12))
    )
    assert (request.status, request.reply_clock.due_on) == ("open", date(2026, 11, 4))


def test_silence_ends_the_wait_on_its_last_day_however_late_the_job_runs():
    request = consulted("joint_maker", "示范市自然资源局", delivered_on=TUESDAY)
    assert request.current_clock.due_on == date(2026, 10, 20)
    assert sweeps.expire_consultations(at=at(date(2026, 10, 20))) == 0
    assert sweeps.expire_consultations(at=at(date(2026, 10, 28))) == 1
    request.refresh_from_db()
    row = request.consultations.get()
    assert (row.answered_on, row.outcome) == (date(2026, 10, 20), "逾期未答复，视为同意公开")
    assert request.reply_clock.segments.order_by("seq").last().on == date(2026, 10, 20)


def test_the_limit_goes_on_when_the_last_of_several_has_answered():
    request, officer = consulted(delivered_on=TUESDAY), make_officer()
    consulted("agency", "示范市档案馆", delivered_on=TUESDAY)
    first, second = request.consultations.order_by("pk")
    request = workflow.note_opinion(
        first, opinion="agrees", answer="同意", by=officer, at=at(date(2026, 9, 28))
    )
    assert request.status == "consulting"
    request = workflow.note_opinion(
        second, opinion="agrees", answer="同意", by=officer, at=at(date(2026, 9, 29))
    )
    assert (request.status, request.reply_clock.is_paused) == ("open", False)


def test_only_the_head_extends_once_and_before_the_date():
    request, head = make_request(), make_officer(PostRole.HEAD)
    with pytest.raises(RuleBroken, match="负责人"):
        workflow.extend(
            request, days=20, reason="需要检索大量档案", by=make_officer(), at=at(date(2026, 10, 20))
        )
    with pytest.raises(RuleBroken, match="1至20"):
        workflow.extend(request, days=21, reason="需要检索大量档案", by=head, at=at(date(2026, 10, 20)))
    with pytest.raises(RuleBroken, match="届满"):
        workflow.extend(request, days=5, reason="需要检索大量档案", by=head, at=at(date(2026, 10, 23)))
    request = workflow.extend(request, days=20, reason="需要检索大量档案", by=head, at=at(date(2026, 10, 22)))
    assert request.reply_clock.due_on == date(2026, 11, 19)
    with pytest.raises(RuleBroken, match="只能延期一次"):
        workflow.extend(request, days=1, reason="再延", by=head, at=at(date(2026, 10, 23)))
    assert "foi_extension" in kinds(request)


def test_a_paid_fee_starts_the_limit_anew_the_day_after():
    request, officer = make_request(), make_officer()
    with pytest.raises(RuleBroken, match="不收费"):
        workflow.ask_fee(request, method="by_page", quantity=30, by=officer, at=at(TUESDAY))
    with pytest.raises(RuleBroken, match="应收270元"):
        workflow.ask_fee(request, method="by_page", quantity=57, agreed=260, by=officer, at=at(TUESDAY))
    request = workflow.ask_fee(request, method="by_page", quantity=57, by=officer, at=at(TUESDAY))
    assert (request.open_fee.amount, request.current_clock.due_on) == (270, date(2026, 10, 22))
    request = workflow.note_payment(
        request, on=date(2026, 10, 9), receipt_no="FS0001", by=officer, at=at(date(2026, 10, 12))
    )
    assert (request.status, request.reply_clock.due_on) == ("open", date(2026, 11, 5))


def test_an_unpaid_fee_ends_the_request():
    request = workflow.ask_fee(
        make_request(), method="by_page", quantity=57, by=make_officer(), at=at(TUESDAY)
    )
    assert sweeps.expire_payments(at=at(date(2026, 10, 22))) == 0
    assert sweeps.expire_payments(at=at(date(2026, 10, 23))) == 1
    request.refresh_from_db()
    assert (request.status, request.reply) == ("abandoned", "oth2")


ON_PAPER = {"granted": "foi_disclosure", "partial": "foi_disclosure", "denied": "foi_denial", "unable": "foi_not_held",
            "not_processed": "foi_not_processed", "other": "foi_not_processed"}  # fmt: skip


@pytest.mark.parametrize(
    "kind", [kind for kind in Reply.values if kind not in ("oth1", "oth2", "np2", "np4", "unable3")]
)
def test_each_reply_says_what_its_row_needs_on_its_own_letter_with_its_remedy(kind):
    request = make_request()
    for need in RULES[kind].needs:
        with pytest.raises(RuleBroken) as refusal:
            draft(request, kind, words(**{need: " "}), when=at(TUESDAY))
        assert refusal.value.field == need
    request = make_reply(request, kind, when=at(TUESDAY))
    assert (request.status, request.reply, request.replied_on) == ("replied", kind, TUESDAY)
    letter = request.reply_words.paper
    assert letter.kind == ON_PAPER[RULES[kind].group]
    assert ("先向" in letter.data["remedies"]) == (RULES[kind].group == ReplyGroup.DENIED)
    assert request.reply_clock.outcome


def test_a_repeated_request_points_to_the_earlier_reply_of_the_same_person():
    first = make_request()
    again, stranger = make_request(), make_request(serial=2)
    with pytest.raises(RuleBroken, match="此前已经答复"):
        make_reply(again, "np2", words(earlier=first.number), when=at(TUESDAY))
    make_reply(first, when=at(TUESDAY))
    with pytest.raises(RuleBroken, match="同一申请人"):
        make_reply(stranger, "np2", words(earlier=first.number), when=at(TUESDAY))
    again = make_reply(again, "np2", words(earlier=first.number), when=at(TUESDAY))
    assert again.reply_words.paper.data["earlier"] == first.number


@pytest.mark.parametrize("kind", ["oth1", "oth2", "np4", "unable3", "nonsense"])
def test_a_reply_that_does_not_follow_from_the_file_cannot_be_chosen(kind):
    with pytest.raises(RuleBroken) as refusal:
        draft(make_request(), kind, when=at(TUESDAY))
    assert refusal.value.field == "kind"


def test_an_agency_that_is_known_to_hold_the_information_is_named():
    request = make_reply(
        make_request(), "unable1", words(agency="示范市水务局，电话0990-6540000"), when=at(TUESDAY)
    )
    assert request.reply_words.paper.kind == "foi_not_ours"


def test_disclosure_against_a_third_party_s_wish_needs_the_public_interest_and_is_told_to_them():
    request = consulted(delivered_on=TUESDAY)
    request = workflow.note_opinion(
        request.consultations.get(),
        opinion="disagrees",
        answer="涉及商业秘密",
        by=make_officer(),
        at=at(TUESDAY),
    )
    with pytest.raises(RuleBroken) as refusal:
        draft(request, when=at(TUESDAY))
    assert refusal.value.field == "public_interest"
    request = make_reply(request, said=words(public_interest="涉及公共安全。"), when=at(TUESDAY))
    assert kinds(request)[-2:] == ["foi_disclosure", "foi_third_party"]


def test_a_withdrawn_request_is_counted_under_other_and_confirmed_in_writing():
    request = workflow.withdraw(make_request(), by=None, at=at(TUESDAY))
    assert (request.status, request.reply, kinds(request)[-1]) == ("withdrawn", "oth3", "foi_withdrawal")
    with pytest.raises(RuleBroken):
        workflow.withdraw(request, by=None, at=at(TUESDAY))


def test_a_request_for_another_organ_goes_there_with_the_date_it_had():
    elsewhere = make_department("gtj")
    draft(make_request(), when=at(TUESDAY))
    request = InformationRequest.objects.get()
    request = workflow.transfer(
        request, to=elsewhere, reason="由自然资源局制作", by=make_officer(), at=at(TUESDAY)
    )
    assert (request.department, request.reply_clock.due_on) == (elsewhere, date(2026, 10, 22))
    assert Clock.objects.of(request).running().get().department == elsewhere
    assert "foi_transferred" in told(request)
    assert not RequestReply.objects.exists()  # the draft was another office's opinion


def test_days_granted_and_days_not_counted_go_with_the_request_to_another_organ():
    request = consulted(delivered_on=TUESDAY)
    with pytest.raises(RuleBroken, match="征求意见"):
        workflow.transfer(
            request, to=make_department("gtj"), reason="由其制作", by=make_officer(), at=at(TUESDAY)
        )
    row = request.consultations.get()
    workflow.note_opinion(row, opinion="agrees", answer="同意", by=make_officer(), at=at(date(2026, 9, 28)))
    request = workflow.extend(
        request, days=10, reason="需要检索档案", by=make_officer(PostRole.HEAD), at=at(date(2026, 9, 28))
    )
    before = request.reply_clock.due_on
    assert before == reply_due(FRIDAY, current_calendar(), extended=10 + 3)  # three working days of waiting
    request = workflow.transfer(
        request, to=make_department("gtj"), reason="由其制作", by=make_officer(), at=at(date(2026, 9, 29))
    )
    assert (request.reply_clock.due_on, request.extended_days) == (before, 10)
    assert [segment.move for segment in request.reply_clock.segments.order_by("seq")] == [
        "start", "pause", "resume", "extend",
    ]  # fmt: skip
    other_head = make_officer(PostRole.HEAD, make_department("gtj"))
    with pytest.raises(RuleBroken, match="只能延期一次"):
        workflow.extend(request, days=5, reason="再延", by=other_head, at=at(date(2026, 9, 30)))
    assert make_reply(request, when=at(date(2026, 9, 30))).status == "replied"


def test_advice_is_waited_for_before_the_reply():
    request, officer, adviser = make_request(), make_officer(), make_officer(PostRole.REVIEWER)
    workflow.ask_counsel(
        request, kind="legal", of=adviser, question="是否属于过程性信息？", by=officer, at=at()
    )
    assert InformationRequest.objects.mine(adviser).get() == request
    draft(request, when=at())
    with pytest.raises(RuleBroken, match="没有答复"):
        workflow.submit_reply(request, by=officer, at=at())
    row = request.counsels.get()
    with pytest.raises(RuleBroken, match="被征询"):
        workflow.answer_counsel(row, answer="不属于", by=officer, at=at())
    workflow.answer_counsel(row, answer="不属于", by=adviser, at=at())
    assert make_reply(request, when=at()).status == "replied"


def test_nobody_outside_the_office_moves_a_request():
    request, outsider = make_request(), make_officer(PostRole.HEAD, make_department("gtj"))
    deeds = [
        lambda: workflow.ask_correction(request, items=["名称"], by=outsider, at=at()),
        lambda: workflow.extend(request, days=1, reason="忙", by=outsider, at=at()),
        lambda: workflow.draft_reply(request, kind="granted", words=words(), by=outsider, at=at()),
        lambda: workflow.ask_fee(request, method="by_page", quantity=57, by=outsider, at=at()),
        lambda: workflow.withdraw(request, by=outsider, at=at()),
        lambda: workflow.claim(request, by=outsider, at=at()),
    ]
    before = audit.history(request).count()
    for deed in deeds:
        with pytest.raises(RuleBroken):
            deed()
    assert audit.history(request).count() == before
