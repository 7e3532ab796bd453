"""The citizen's pages of a request for information, without an account and with."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure import request_sweeps
from disclosure.models import HeldFile, InformationRequest, RecordCorrection, RequestReply
from disclosure.request_timeline import next_step
from disclosure.workflow import requests as workflow
from portal.papers.models import Attachment, Paper
from tests.approvals.makers import make_applicant, make_upload, png
from tests.disclosure.request_makers import make_officer, make_reply, make_request
from tests.people.makers import valid_id_number

pytestmark = pytest.mark.django_db
FORM = "/disclosure/request/"


@pytest.fixture(autouse=True)
def office():
    return make_officer()


def filled(**fields) -> dict[str, object]:
    values = {
        "applicant_type": "natural", "name": "王小明", "id_type": "id_card", "id_number": valid_id_number(1),
        "phone": "13800000001", "department": "zjj", "title": "湖滨路道路改造工程规划许可文件", "way": "web",
        "medium": "electronic", "form_key": str(uuid4()), "identity_files": make_upload("身份证.png"),
    }  # fmt: skip
    return values | fields


def today() -> InformationRequest:
    return make_request(localdate())


def test_whoever_asks_gets_number_code_date_and_receipt_without_an_account(client):
    page = client.get(FORM).content.decode()
    assert "用途" in page and 'name="purpose"' not in page and "第四十七条" in page and "第五十一条" in page
    answer = client.post(FORM, filled(), follow=True)
    made = InformationRequest.objects.get()
    text = answer.content.decode()
    assert made.number in text and made.query_code in text and "为什么是这一天" in text
    receipt = Paper.objects.of(made).get()
    paper = client.get(f"/disclosure/requests/{made.number}/papers/{receipt.key}/")
    assert b"".join(paper).startswith(b"%PDF")
    assert Client().get(f"/disclosure/requests/{made.number}/").status_code == 404


def test_a_refused_form_loses_nothing_not_even_the_files(client):
    form = filled(title="", id_number="110105194912310021")
    answer = client.post(FORM, form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "王小明" in text and "身份证.png" in text and form["form_key"] in text
    del form["identity_files"]
    again = client.post(FORM, form | {"title": "规划许可文件", "id_number": valid_id_number(1)})
    assert again.status_code == 302
    assert InformationRequest.objects.get().files.get().attachment.name == "身份证.png"
    assert not HeldFile.objects.exists()


def test_an_uploaded_file_can_be_taken_back_and_a_wrong_one_is_named_at_its_field(client):
    form = filled(title="")
    client.post(FORM, form)
    row = HeldFile.objects.get()
    del form["identity_files"]
    text = client.post(FORM, form | {"remove": str(row.pk)}).content.decode()
    assert not HeldFile.objects.exists() and "身份证.png" not in text
    wrong = SimpleUploadedFile("a.exe", b"MZ\x90\x00" * 20)
    answer = client.post(FORM, form | {"title": "文件", "identity_files": wrong})
    assert answer.status_code == 422 and "identity_files" in answer.context["form"].errors


def test_files_of_a_form_nobody_hands_in_are_gone_after_a_day(client):
    client.post(FORM, filled(title=""))
    assert request_sweeps.drop_stale_files(at=timezone.now() + timedelta(hours=23)) == 0
    assert request_sweeps.drop_stale_files(at=timezone.now() + timedelta(hours=25)) == 1
    assert not Attachment.objects.exists()


def test_who_has_an_account_gives_no_identity_again(client):
    user, party = make_applicant()
    type(party).objects.filter(pk=party.pk).update(registry_verified=True)
    client.force_login(user)
    assert "id_number" not in client.get(FORM).context["form"].fields
    form = {name: value for name, value in filled(party=party.pk).items() if not name.startswith("id")}
    assert client.post(FORM, form).status_code == 302
    made = InformationRequest.objects.get()
    assert (made.applicant_user, made.party, made.id_hash) == (user, party, party.id_hash)
    assert made.number in client.get("/my/").content.decode()


def test_number_and_code_open_the_page_and_a_wrong_code_does_not(client):
    made = today()
    assert (
        client.post("/disclosure/requests/", {"number": made.number, "code": "00000000"}).status_code == 422
    )
    answer = client.post(
        "/disclosure/requests/", {"number": made.number, "code": made.query_code}, follow=True
    )
    assert "我们将在这一天前答复您" in answer.content.decode()
    assert (
        client.get(f"/disclosure/requests/{made.number}/dates/{made.reply_clock.public_key}/").status_code
        == 200
    )


def follow(client, made) -> None:
    client.post("/disclosure/requests/", {"number": made.number, "code": made.query_code})


def test_a_correction_is_answered_by_number_and_code_alone(client):
    made = workflow.ask_correction(today(), items=["请写明工程名称"], by=make_officer(), at=timezone.now())
    follow(client, made)
    address = f"/disclosure/requests/{made.number}/correct/"
    assert "请写明工程名称" in client.get(address).content.decode()
    assert client.post(address, {"answer": ""}).status_code == 422
    upload = SimpleUploadedFile("说明.png", png(33), content_type="image/png")
    assert client.post(address, {"answer": "湖滨路二期", "materials": upload}).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.files.filter(purpose="correction").count()) == ("open", 1)


def test_a_withdrawal_is_asked_once_and_leaves_a_letter(client):
    made = today()
    follow(client, made)
    client.post(f"/disclosure/requests/{made.number}/withdraw/", {"reason": "已经找到"})
    text = client.get(f"/disclosure/requests/{made.number}/").content.decode()
    assert "已按您的要求撤回" in text and "撤回确认书" in text


def test_the_applicant_reads_neither_staff_names_nor_what_others_wrote(client):
    officer = make_officer()
    made = workflow.consult(
        today(), kind="third_party", name="示范市第一建筑工程有限公司", question="是否同意公开？",
        delivered_on=localdate(), by=officer, at=timezone.now(),
    )  # fmt: skip
    workflow.note_opinion(
        made.consultations.get(), opinion="disagrees", answer="涉及商业秘密", by=officer, at=timezone.now()
    )
    follow(client, made)
    text = client.get(f"/disclosure/requests/{made.number}/").content.decode()
    assert "征求第三方意见" in text
    for hidden in (str(officer), "示范市第一建筑工程有限公司", "涉及商业秘密", "征询书"):
        assert hidden not in text
    letter = Paper.objects.of(made).get(kind="foi_consult")
    assert client.get(f"/disclosure/requests/{made.number}/papers/{letter.key}/").status_code == 404


def test_what_comes_next_is_a_button_beside_the_words_that_name_it(client):
    answered, given_up = today(), make_request(localdate(), serial=2)
    make_reply(answered)
    workflow.withdraw(given_up, reason="已经得到", by=None, at=timezone.now())
    unpaid = workflow.ask_fee(
        make_request(localdate(), serial=3),
        method="by_page",
        quantity=57,
        by=make_officer(),
        at=timezone.now(),
    )

    def now(made: InformationRequest) -> str:
        follow(client, made)
        page = client.get(f"/disclosure/requests/{made.number}/").content.decode()
        return re.search(r'<section class="next".*?</section>', page, re.DOTALL)[0]

    letter = Paper.objects.of(answered).get(kind="foi_disclosure")
    assert f'/papers/{letter.key}/">查看告知书</a>' in now(answered)
    notice = Paper.objects.of(unpaid).get(kind="foi_fee")
    assert f'/papers/{notice.key}/">查看收费通知</a>' in now(unpaid)
    assert f'href="{FORM}">重新申请</a>' in now(given_up)


@pytest.mark.parametrize(
    ("status", "words"), [("unconfirmed", "对此致歉"), ("correction", "期限已过"), ("payment", "期限已过")]
)
def test_a_date_that_has_passed_is_not_spoken_of_as_one_to_come(status, words):
    found = workflow.ask_correction(
        today(), items=["请写明年度"], days=10, by=make_officer(), at=timezone.now()
    )
    found.status = status
    sentence, due_on = next_step(found, found.current_clock.due_on + timedelta(days=1))
    assert words in sentence and due_on == found.current_clock.due_on
    assert words not in next_step(found, due_on)[0]


def test_what_is_disclosed_can_be_fetched_and_what_was_handed_in_cannot_by_code(client):
    made = today()
    make_reply(made, files=[make_upload("许可证.png", 44)])
    follow(client, made)
    keys = {row.purpose: row.attachment.key for row in made.files.select_related("attachment")}
    assert b"".join(client.get(f"/disclosure/requests/{made.number}/files/{keys['reply']}/")) == png(44)
    assert client.get(f"/disclosure/requests/{made.number}/files/{keys['identity']}/").status_code == 404


def test_a_published_reply_shows_only_the_words_chosen_for_it(client):
    made = make_reply(today())
    assert "还没有公布的答复" in client.get("/disclosure/replies/").content.decode()
    for field, wrong in (("text", "王小明申请"), ("title", "电话13800000001")):
        with pytest.raises(Exception, match=r"姓名|号码"):
            workflow.publish_reply(
                made,
                **({"title": "规划许可", "text": "已公开"} | {field: wrong}),
                by=make_officer(),
                at=timezone.now(),
            )
    workflow.publish_reply(
        made, title="湖滨路规划许可", text="已公开。", by=make_officer(), at=timezone.now()
    )
    text = client.get("/disclosure/replies/").content.decode()
    assert "湖滨路规划许可" in text and made.name not in text and made.number not in text


def test_published_replies_cost_the_same_number_of_queries_however_many(client, django_assert_num_queries):
    make_officer()
    for serial in range(1, 8):
        made = make_request(localdate(), serial=serial, title=f"第{serial}号文件全文")
        make_reply(made)
    RequestReply.objects.all()[:1].get()
    for count in (1, 7):
        shown = RequestReply.objects.filter(pk__in=RequestReply.objects.order_by("pk").values("pk")[:count])
        shown.update(published_at=timezone.now(), published_title="标题", published_text="内容")
        with django_assert_num_queries(1):
            client.get("/disclosure/replies/")


def test_a_wrong_record_is_reported_with_evidence_and_settled(client):
    form = {
        "department": "zjj", "name": "王小明", "id_type": "id_card", "id_number": valid_id_number(1),
        "phone": "13800000001", "record": "公租房配租公示", "wrong": "姓名为王晓明", "right": "姓名为王小明",
        "form_key": str(uuid4()),
    }  # fmt: skip
    assert "evidence" in client.post("/disclosure/records/", form).context["form"].errors
    refused = client.post(
        "/disclosure/records/", form | {"wrong": "", "evidence": make_upload("户口簿.png", 55)}
    )
    assert refused.status_code == 422 and "户口簿.png" in refused.content.decode()
    answer = client.post("/disclosure/records/", form, follow=True)  # the file is still there
    row = RecordCorrection.objects.get()
    assert row.query_code in answer.content.decode()
    workflow.settle_record_correction(
        row, state="corrected", answer="已在公示中更正。", by=make_officer(), at=timezone.now()
    )
    assert "已在公示中更正" in client.get(f"/disclosure/records/{row.number}/").content.decode()
