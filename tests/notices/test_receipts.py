"""A receipt counts when it is genuine, and counts once, however late it comes."""

import json
import time
from datetime import timedelta

import pytest

from portal.notices import hours, workflow
from portal.notices.gateways.signing import signed_headers
from portal.notices.models import FollowUp, FollowUpWay, Notice, NoticeState, OptOut, Receipt
from portal.notices.workflow import rows
from portal.refusals import RuleBroken
from tests.notices.conftest import PUSH_TOKEN
from tests.notices.gateway_server import SECRET, serial_of
from tests.notices.makers import NOON, PHONE, make_notice, make_reminder

pytestmark = pytest.mark.django_db


def fresh(notice):
    return Notice.objects.get(pk=notice.pk)


def pushed(client, protocol, notice, *, delivered=True, token=PUSH_TOKEN, **changes):
    """What the gateway of this protocol posts to the house, and the answer it gets."""
    if protocol == "web":
        report = {
            "reference": notice.reference,
            "id": f"id-{notice.reference}",
            "status": "delivered" if delivered else "failed",
            "at": "2026-09-18T12:00:05+08:00",
        }
        body = json.dumps({"receipts": [report | changes]}).encode()
        headers = signed_headers(SECRET, "POST", "/notices/receipts/web/", body, now=time.time())
        return client.post("/notices/receipts/web/", body, content_type="application/json", headers=headers)
    if protocol == "aliyun":
        report = {
            "phone_number": PHONE,
            "send_time": "2026-09-18 12:00:00",
            "report_time": "2026-09-18 12:00:05",
            "success": delivered,
            "err_code": "DELIVERED",
            "err_msg": "用户接收成功",
            "sms_size": "1",
            "biz_id": f"biz-{notice.reference}",
            "out_id": notice.reference,
        }
    else:
        report = {
            "user_receive_time": "2026-09-18 12:00:05",
            "nationcode": "86",
            "mobile": PHONE,
            "report_status": "SUCCESS" if delivered else "FAIL",
            "errmsg": "DELIVRD",
            "description": "用户短信送达成功",
            "sid": serial_of(notice.reference),
        }
    return client.post(
        f"/notices/receipts/{protocol}/{token}/",
        json.dumps([report | changes]),
        content_type="application/json",
    )


def test_a_receipt_makes_a_sent_notice_delivered(client, server, protocol):
    notice = make_notice()
    workflow.drain(at=NOON)

    answer = pushed(client, protocol, notice)

    assert answer.status_code == 200
    assert answer.json() in ({"code": 0, "msg": "成功"}, {"result": 0, "errmsg": "OK"}, {"taken": True})
    assert fresh(notice).state == NoticeState.DELIVERED
    assert notice.receipts.get().reported_at == NOON + timedelta(seconds=5)


def test_a_second_copy_changes_nothing(client, server, protocol):
    notice = make_notice()
    workflow.drain(at=NOON)
    pushed(client, protocol, notice)
    before = fresh(notice).finished_at
    assert pushed(client, protocol, notice).status_code == 200
    assert fresh(notice).finished_at == before
    assert Receipt.objects.count() == 1


def test_a_bad_receipt_fails_the_notice_and_a_person_is_told(client, server, protocol):
    notice = make_notice()
    workflow.drain(at=NOON)
    pushed(client, protocol, notice, delivered=False)
    assert fresh(notice).state == NoticeState.FAILED
    assert FollowUp.objects.open().get().notice == notice


def test_a_contradiction_is_recorded_and_changes_nothing(client, server, protocol):
    notice = make_notice()
    workflow.drain(at=NOON)
    pushed(client, protocol, notice)
    pushed(client, protocol, notice, delivered=False)
    assert fresh(notice).state == NoticeState.DELIVERED
    assert Receipt.objects.count() == 2


def test_a_receipt_after_the_end_of_patience_still_counts_and_closes_the_task(client, server, protocol):
    notice = make_notice()
    workflow.drain(at=NOON)
    while (at := fresh(notice).act_at) is not None:
        workflow.settle_stuck(at=at)
    assert fresh(notice).finished_at - NOON >= hours.UNKNOWN_AFTER

    pushed(client, protocol, notice)

    assert fresh(notice).state == NoticeState.DELIVERED
    assert FollowUp.objects.get().way == FollowUpWay.RECEIPT


def test_a_receipt_before_the_answer_is_not_lost_with_it(client, server, protocol):
    """The sender died between the gateway's taking the message and our recording the answer."""
    notice = make_notice()
    [claim] = rows.claim_due(10, NOON, quiet=False, held=[])
    pushed(client, protocol, notice)
    if protocol == "tencent":  # knows only its own number, which we have yet to learn
        assert fresh(notice).state == NoticeState.SENDING
        server.take(notice.reference, f"+86{PHONE}", "")
        server.status[notice.reference] = "delivered"
        Notice.objects.filter(pk=notice.pk).update(gateway="tencent", gateway_id=serial_of(notice.reference))
        workflow.settle_stuck(at=NOON + timedelta(minutes=5))
    assert fresh(notice).state == NoticeState.DELIVERED
    assert workflow.drain(at=NOON + timedelta(minutes=10)) == {}
    assert claim.attempts == 1


def test_an_early_receipt_waits_for_the_answer_that_names_it(client, server, speak):
    speak("tencent")
    notice = make_notice()
    assert pushed(client, "tencent", notice).status_code == 200
    assert workflow.drain(at=NOON) == {NoticeState.SENT: 1}
    assert fresh(notice).state == NoticeState.DELIVERED
    assert Receipt.objects.get().notice == notice


@pytest.mark.parametrize("protocol", ["aliyun", "tencent"], indirect=True)
def test_a_wrong_address_is_refused(client, server, protocol, settings):
    notice = make_notice()
    workflow.drain(at=NOON)
    assert pushed(client, protocol, notice, token="guess").status_code == 403
    settings.NOTICE_PUSH_TOKEN = ""
    assert pushed(client, protocol, notice, token="-").status_code == 403
    assert fresh(notice).state == NoticeState.SENT


def test_a_forged_signature_is_refused(client, server, speak):
    speak("web")
    notice = make_notice()
    workflow.drain(at=NOON)
    body = json.dumps({"receipts": [{"reference": notice.reference, "status": "delivered"}]}).encode()
    for secret, moment in (("guess", time.time()), (SECRET, time.time() - 600)):
        headers = signed_headers(secret, "POST", "/notices/receipts/web/", body, now=moment)
        answer = client.post("/notices/receipts/web/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 403
    assert client.post("/notices/receipts/web/", body, content_type="application/json").status_code == 403
    assert fresh(notice).state == NoticeState.SENT


def test_a_reference_we_never_gave_is_refused(client, server, speak):
    speak("aliyun")
    notice = make_notice()
    workflow.drain(at=NOON)
    forged = f"{notice.pk}-0000000000000000"
    assert pushed(client, "aliyun", notice, out_id=forged).status_code == 403
    assert fresh(notice).state == NoticeState.SENT


@pytest.mark.parametrize("protocol", ["aliyun", "tencent"], indirect=True)
def test_a_receipt_of_another_number_is_refused(client, server, protocol):
    notice = make_notice()
    workflow.drain(at=NOON)
    other = {"aliyun": {"phone_number": "13911111111"}, "tencent": {"mobile": "13911111111"}}[protocol]
    assert pushed(client, protocol, notice, **other).status_code == 403
    assert fresh(notice).state == NoticeState.SENT


def test_a_receipt_is_taken_by_post_only(client):
    assert client.get("/notices/receipts/web/").status_code == 405


@pytest.mark.parametrize("body", ["", "nonsense", "[1]", '"text"', "[[]]", "null"])
def test_a_malformed_push_is_answered_and_changes_nothing(client, speak, body):
    speak("aliyun")
    answer = client.post(f"/notices/receipts/aliyun/{PUSH_TOKEN}/", body, content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["detail"]


@pytest.mark.parametrize("word", ["T", "td", " R ", "退订", "拒收。"])
def test_a_word_of_refusal_ends_reminders(client, server, speak, word):
    speak("aliyun")
    reminder = make_notice(template=make_reminder())
    notice = make_notice(key="C2")
    answer = client.post(
        f"/notices/replies/aliyun/{PUSH_TOKEN}/",
        json.dumps([{"phone_number": PHONE, "content": word, "send_time": "2026-09-18 12:00:00"}]),
        content_type="application/json",
    )
    assert answer.status_code == 200
    assert OptOut.objects.get().masked_phone == "139****0001"
    assert fresh(reminder).state == NoticeState.EXPIRED
    assert fresh(notice).state == NoticeState.WAITING


def test_any_other_reply_is_left_alone(client, speak):
    speak("tencent")
    answer = client.post(
        f"/notices/replies/tencent/{PUSH_TOKEN}/",
        json.dumps({"mobile": PHONE, "nationcode": "86", "text": "谢谢", "sign": "示范市"}),
        content_type="application/json",
    )
    assert answer.json() == {"result": 0, "errmsg": "OK"}
    assert not OptOut.objects.exists()


def test_a_receipt_without_reference_or_number_is_refused_in_words():
    with pytest.raises(RuleBroken, match="不是本系统所发"):
        workflow.take_receipt(gateway="web", delivered=True, reference="1-x", at=NOON)
