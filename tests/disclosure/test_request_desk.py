"""The request desk in the workbench: queues, the request page, deeds, entry on paper, topics, remedies."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import InformationRequest, Remedy
from disclosure.reminders import remind_due_documents
from disclosure.replies import Reply
from disclosure.request_reminders import remind_due_requests
from disclosure.workflow import requests as workflow
from portal.audit import workflow as audit
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import make_upload
from tests.disclosure.request_makers import at, make_officer, make_reply, make_request
from tests.people.makers import make_department, valid_id_number

pytestmark = pytest.mark.django_db
NAME = "admin:disclosure_informationrequest"


def desk(role: str = PostRole.HANDLER, department=None) -> Client:
    client = Client()
    client.force_login(make_officer(role, department))
    return client


def today(**more) -> InformationRequest:
    return make_request(localdate(), **more)


def act(client: Client, request: InformationRequest, code: str, **answers):
    data = {f"{code}-{name}": value for name, value in answers.items()}
    return client.post(reverse(f"{NAME}_act", args=[request.pk, code]), data)


def test_a_request_goes_over_the_desk_from_claim_to_reply():
    request, client = today(), desk()
    assert request.number in client.get(reverse(f"{NAME}_pool")).content.decode()
    assert act(client, request, "claim").status_code == 302
    assert request.number in client.get(reverse(f"{NAME}_mine")).content.decode()
    page = client.get(reverse(f"{NAME}_work", args=[request.pk])).content.decode()
    assert "政府信息公开条例 第三十条" in page and "为什么是这一天" in page and request.id_number not in page
    refused = act(client, request, "draft_reply", kind="partial", content="见附件", withheld="个人信息",
                  enclosed=make_upload("许可证.png", 71))  # fmt: skip
    assert refused.status_code == 422 and "请填写理由" in refused.content.decode()
    assert "见附件" in refused.content.decode()
    kept = request.files.get(purpose="draft")  # the file chosen is not lost with the refusal
    assert [str(kept.pk)] == refused.context["forms"][0]["form"]["kept"].value()
    answers = {
        "kind": "partial",
        "content": "见附件",
        "withheld": "个人信息",
        "reasons": "涉及隐私",
        "kept": kept.pk,
    }
    assert act(client, request, "draft_reply", **answers).status_code == 302
    letter = client.get(reverse(f"{NAME}_preview", args=[request.pk]))
    assert (
        b"".join(letter.streaming_content).startswith(b"%PDF")
        and not Paper.objects.of(request).filter(kind="foi_disclosure").exists()
    )
    assert act(client, request, "submit_reply").status_code == 302
    assert act(client, request, "sign_reply", opinion="自己签发").status_code == 422
    assert client.get(f"{reverse(f'{NAME}_signing')}").context["queue"].lines == []
    signer = desk(PostRole.APPROVER)
    assert [line.row for line in signer.get(reverse(f"{NAME}_signing")).context["queue"].lines] == [request]
    assert act(signer, request, "sign_reply", opinion="同意签发。", edition="1").status_code == 302
    request.refresh_from_db()
    assert (request.status, request.files.filter(purpose="reply").count()) == ("replied", 1)
    assert "无需您办理" not in client.get(reverse(f"{NAME}_work", args=[request.pk])).content.decode()
    assert client.get(reverse(f"{NAME}_preview", args=[request.pk])).status_code == 404


def test_each_state_offers_the_deeds_that_lead_on(subtests=None):
    request, client = today(), desk(PostRole.HEAD)

    def offered() -> list[str]:
        return [
            entry["deed"].code
            for entry in client.get(reverse(f"{NAME}_work", args=[request.pk])).context["forms"]
        ]

    assert offered()[0] == "claim" and {
        "draft_reply",
        "ask_correction",
        "extend",
        "assign",
        "transfer",
    } <= set(offered())
    act(client, request, "claim")
    act(client, request, "consult", kind="third_party", name="某公司", question="是否同意？")
    assert offered()[:2] == ["note_opinion", "note_delivery"]
    row = request.consultations.get()
    act(client, request, "note_delivery", row=row.pk, on=localdate().isoformat())
    act(
        client,
        request,
        "note_opinion",
        row=row.pk,
        opinion="agrees",
        answer="同意",
        on=localdate().isoformat(),
    )
    act(client, request, "ask_fee", method="by_page", quantity="57", pay_way="银行", agreed="270")
    assert offered()[0] == "note_payment"
    act(client, request, "note_payment", on=localdate().isoformat(), receipt_no="F1")
    act(client, request, "ask_correction", items="写明年度", days="10")
    assert offered()[0] == "receive_correction"
    act(client, request, "receive_correction", on=localdate().isoformat(), answer="2025年度")
    act(client, request, "withdraw", on=localdate().isoformat())
    request.refresh_from_db()
    assert (request.status, request.reply) == ("withdrawn", "oth3")


def test_a_fee_is_asked_only_after_its_calculation_was_read():
    request, client = today(), desk(PostRole.HEAD)
    asked = {"method": "by_page", "quantity": "57", "pay_way": "到银行网点缴纳"}

    shown = act(client, request, "ask_fee", **asked)
    page = shown.content.decode()
    assert shown.status_code == 200 and "31至57页：27页×10元＝270元" in page and "应收270元" in page
    assert "到银行网点缴纳" in page and 'name="ask_fee-agreed" value="270"' in page
    assert not request.fee_notices.exists()

    other = act(client, request, "ask_fee", **asked | {"quantity": "130"}, agreed="270")
    assert other.status_code == 200 and "101至130页：30页×20元＝600元" in other.content.decode()
    counted = act(client, request, "ask_fee", **asked | {"method": "by_case", "quantity": "12"})
    assert "第12件：100元" in counted.content.decode() and "第1件，与填写的不同" in counted.content.decode()
    assert not request.fee_notices.exists()

    assert act(client, request, "ask_fee", **asked, agreed="270").status_code == 302
    assert request.fee_notices.get().amount == 270


def test_a_letter_is_entered_by_staff_and_waits_until_both_sides_confirm():
    client = desk(PostRole.CLERK)
    entry = reverse(f"{NAME}_entry")
    form = {
        "channel": "mail", "handed_in": localdate().isoformat(), "applicant_type": "natural", "name": "王小明",
        "id_type": "id_card", "id_number": valid_id_number(1), "address": "示东区湖滨路99号", "department": "zjj",
        "title": "年度预算", "way": "post", "medium": "paper", "form_key": str(uuid4()),
    }  # fmt: skip
    refused = client.post(entry, form | {"title": "", "enclosures": make_upload("来信.png", 72)})
    assert refused.status_code == 422 and "来信.png" in refused.content.decode()
    assert client.post(entry, form).status_code == 302
    request = InformationRequest.objects.get()
    assert request.files.get(purpose="enclosure").attachment.name == "来信.png"  # chosen once
    assert (request.status, request.channel) == ("unconfirmed", "mail")
    assert act(client, request, "confirm", on=localdate().isoformat()).status_code == 302
    request.refresh_from_db()
    assert request.received_on == localdate()


def test_an_office_sees_its_own_requests_and_the_disclosure_office_all():
    ours, theirs = today(), today(serial=2, department=make_department("gtj"))
    for department, shown in ((make_department(), {ours}), (make_department("zwgk"), {ours, theirs})):
        client = desk(PostRole.HANDLER, department)
        text = client.get(reverse(f"{NAME}_department")).content.decode()
        for request in (ours, theirs):
            assert (request.number in text) == (request in shown)
            answer = client.get(reverse(f"{NAME}_work", args=[request.pk]))
            assert answer.status_code == (200 if request in shown else 404)


def test_a_whole_number_is_shown_once_for_a_reason_on_record():
    request, client = today(), desk()
    assert act(client, request, "unmask", field="id_number", reason="看").status_code == 422
    text = act(client, request, "unmask", field="id_number", reason="核对身份证明").content.decode()
    assert request.id_number in text
    assert audit.history(request).last().facts == {"field": "id_number", "reason": "核对身份证明"}


def test_a_repeat_of_the_same_person_is_shown_and_another_subject_is_not():
    first = today(title="湖滨路道路改造工程规划许可文件")
    again = today(title="湖滨路道路改造工程的规划许可文件")
    other = today(title="公共租赁住房配租名单")
    page = desk().get(reverse(f"{NAME}_work", args=[again.pk]))
    assert [row.pk for row in page.context["repeats"]] == [first.pk]
    assert not InformationRequest.objects.repeats_of(other).exists()


def test_what_two_people_ask_for_is_suggested_for_publication_until_it_is_settled():
    topics = reverse(f"{NAME}_topics")
    first = today(title="湖滨路道路改造工程规划许可文件")
    today(title="湖滨路道路改造工程规划许可文件")
    client = desk()
    assert "没有两个以上申请人" in client.get(topics).content.decode()
    second = today(serial=2, title="湖滨路道路改造工程规划许可文件全文")
    page = client.get(topics)
    assert [(topic.row, topic.people) for topic in page.context["topics"]] == [(first, 2)]
    act(client, second, "settle_conversion", conversion="adopted", note="已在规划许可栏目公开")
    assert "没有两个以上申请人" in client.get(topics).content.decode()


def test_the_queue_costs_the_same_number_of_queries_however_long(django_assert_max_num_queries):
    client = desk()
    counts = []
    for serials in (range(1, 3), range(3, 12)):
        for serial in serials:
            today(serial=serial, title=f"第{serial}号文件")
        client.get(reverse(f"{NAME}_department"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse(f"{NAME}_department"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_next_page_goes_on_where_this_one_ends(monkeypatch):
    monkeypatch.setattr("portal.workdays.queues.PAGE", 2)
    numbers = [today(serial=serial, title=f"第{serial}号文件").number for serial in range(1, 6)]
    client, address, seen = desk(), reverse(f"{NAME}_department"), []
    url = address
    while url:
        queue = client.get(url).context["queue"]
        seen += [line.row.number for line in queue.lines]
        url = address + queue.page.next_url if queue.page.next_url else ""
    assert seen == numbers


def test_the_head_writes_the_remedy_of_a_reply_and_the_next_letter_carries_it():
    remedy, head = Remedy.objects.get(reply="unable1"), make_officer(PostRole.HEAD)
    assert not remedy.review_first and Remedy.objects.filter(review_first=True).count() == 8
    assert Remedy.objects.count() == len(Reply.values)
    with pytest.raises(RuleBroken, match="负责人"):
        workflow.edit_remedy(remedy, review_first=False, text="随便", by=make_officer(), at=at())
    with pytest.raises(RuleBroken, match="代号"):
        workflow.edit_remedy(remedy, review_first=False, text="向{某处}", by=head, at=at())
    client = desk(PostRole.HEAD)
    address = reverse("admin:disclosure_remedy_deed", args=[remedy.pk, "edit"])
    text = "应当先向{行政复议机关}申请行政复议。"
    assert client.post(address, {"review_first": "on", "text": text}).status_code == 302
    request = make_reply(today(), "unable1")
    assert request.reply_words.paper.data["remedies"] == "应当先向示范市人民政府申请行政复议。"
    assert audit.history(remedy).get().facts["after"] == text


def test_whose_date_comes_near_or_has_passed_is_told_once():
    head, request = make_officer(PostRole.HEAD), today()
    workflow.ask_correction(
        today(serial=2, title="预算"), items=["年度"], days=10, by=make_officer(), at=timezone.now()
    )
    last = request.reply_clock.due_on
    for _ in range(2):
        remind_due_requests(at=at(request.reply_clock.warn_on))
        remind_due_requests(at=at(last + timedelta(days=1)))
        remind_due_documents(at=at(last))
    told = Notice.objects.filter(user=head, template__code__startswith="foi_clock").order_by("pk")
    assert [notice.template.code for notice in told] == ["foi_clock_warning", "foi_clock_overdue"]
    reminders = Notice.objects.filter(template__code="foi_correction_reminder")
    assert reminders.count() <= 1


def test_who_publishes_reads_what_is_answered_and_nothing_that_is_still_worked_on():
    office = make_department("zwgk")
    publicist = make_officer(PostRole.PUBLICITY, office)
    running, answered = today(title="在办的"), make_reply(today(serial=2, title="已答复的"))
    assert list(InformationRequest.objects.visible_to(publicist)) == [answered]
    client = desk(PostRole.PUBLICITY, office)
    assert client.get(reverse(f"{NAME}_changelist"), follow=True).context["scope"] == "answered"
    assert client.get(reverse(f"{NAME}_work", args=[running.pk])).status_code == 404
    page = client.get(reverse(f"{NAME}_work", args=[answered.pk]))
    assert [entry["deed"].code for entry in page.context["forms"]] == ["publish_reply"]
    assert "查看完整信息" not in page.content.decode() and "身份证明" not in page.content.decode()
    assert act(client, answered, "publish_reply", title="已答复的", text="见附件。").status_code == 302
    assert "已答复的" in Client().get("/disclosure/replies/").content.decode()
