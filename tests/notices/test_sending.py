"""A notice leaves the house once, at a decent hour, and what the gateway said is on record."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection

from portal.notices import gateways, hours, workflow
from portal.notices.models import Channel, FollowUp, Halt, Notice, NoticeState
from portal.notices.recipients import Recipient
from portal.notices.workflow import rows
from tests.notices.makers import NOON, PHONE, make_code, make_notice, make_notices, make_template

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def fresh(notice):
    return Notice.objects.get(pk=notice.pk)


def test_the_gateway_takes_the_message_as_it_was_worded(server, protocol):
    notice = make_notice()

    assert workflow.drain(at=NOON) == {NoticeState.SENT: 1}

    [(reference, address, content)] = server.arrived
    assert (reference, address.removeprefix("+86")) == (notice.reference, PHONE)
    assert {
        "web": "【示范市政务服务】您的办件20260918000017有新进展，请登录查看。",
        "aliyun": '{"number": "20260918000017"}',
        "tencent": ["20260918000017"],
    }[protocol] == content
    notice = fresh(notice)
    assert notice.gateway_id
    assert (notice.gateway, notice.sent_at, notice.attempts) == (protocol, NOON, 1)
    assert workflow.drain(at=NOON + MINUTE) == {}


def test_a_whole_batch_is_sent_over_several_lines(server, protocol):
    make_notices(50)
    assert workflow.drain(at=NOON) == {NoticeState.SENT: 50}
    assert len(server.taken) == 50
    assert not server.doubles


def test_what_is_not_due_too_old_or_of_the_night_stays(server, speak):
    speak("web")
    notice = make_notice(at=NOON)
    assert workflow.drain(at=NOON - MINUTE) == {}
    assert workflow.drain(at=NOON + timedelta(hours=10)) == {}  # 22:00
    assert workflow.drain(at=notice.expires_at) == {}
    assert not server.taken


def test_a_code_goes_first_and_at_any_hour(server, speak):
    speak("web")
    night = NOON.replace(hour=23)
    make_notices(3)
    code = make_code()
    [urgent] = workflow.queue(code.code, to=Recipient("", PHONE), at=night, key="k", digits="123456")
    assert workflow.drain(limit=1, at=night) == {NoticeState.SENT: 1}
    assert list(server.taken) == [urgent.reference]


@pytest.mark.parametrize("fault", ["swallow", "linger", "babble"])
def test_a_gateway_that_took_it_and_fell_silent_is_asked_and_nothing_is_sent_again(server, protocol, fault):
    server.idempotent = False
    server.faults = [fault]
    notice = make_notice()

    assert workflow.drain(at=NOON) == {NoticeState.SENDING: 1}
    server.status[notice.reference] = "delivered"  # Tencent tells of reports only
    later = fresh(notice).act_at
    assert later > NOON
    assert workflow.settle_stuck(at=later - timedelta(seconds=1)) == {}
    assert workflow.settle_stuck(at=later) == {NoticeState.DELIVERED: 1}

    assert workflow.drain(at=later + MINUTE) == {}
    assert server.taken == {notice.reference: 1}
    assert server.asked[notice.reference] == 1


@pytest.mark.parametrize("speaking", ["web", "aliyun"])
def test_what_the_gateway_never_saw_is_sent_again_after_asking(server, speak, speaking):
    speak(speaking)
    server.faults = ["drop"]
    notice = make_notice()

    assert workflow.drain(at=NOON) == {NoticeState.SENDING: 1}
    later = fresh(notice).act_at
    assert workflow.settle_stuck(at=later) == {NoticeState.WAITING: 1}
    assert workflow.drain(at=later) == {NoticeState.SENT: 1}
    assert server.taken == {notice.reference: 1}
    assert fresh(notice).attempts == 2


def test_a_gateway_that_only_tells_of_reports_never_permits_a_second_send(server, speak):
    speak("tencent")
    server.faults = ["drop"]
    notice = make_notice()
    workflow.drain(at=NOON)

    at = fresh(notice).act_at
    while fresh(notice).state == NoticeState.SENDING:
        workflow.settle_stuck(at=at)
        at = fresh(notice).act_at or at

    assert fresh(notice).state == NoticeState.FAILED
    assert fresh(notice).finished_at - NOON >= hours.UNKNOWN_AFTER
    assert FollowUp.objects.open().get().notice == notice
    assert not server.taken


def test_a_refusal_is_final_and_a_person_is_told_to_tell_the_person(server, protocol):
    server.refuse_code = {
        "web": "422",
        "aliyun": "isv.MOBILE_NUMBER_ILLEGAL",
        "tencent": "FailedOperation.TemplateIncorrectOrUnapproved",
    }[protocol]
    notice = make_notice()
    assert workflow.drain(at=NOON) == {NoticeState.FAILED: 1}
    assert "不可" in FollowUp.objects.get(notice=notice).why
    assert workflow.drain(at=NOON + timedelta(days=1)) == {}


def test_an_e_mail_is_the_second_channel_and_a_person_the_last(server, speak, mailoutbox):
    speak("web")
    server.refuse_code = "422"
    notice = make_notice(email="Wang@Example.com")

    assert workflow.drain(at=NOON) == {NoticeState.FAILED: 1}
    mail = Notice.objects.get(follows=notice)
    assert (mail.channel, mail.address) == (Channel.EMAIL, "wang@example.com")
    assert not FollowUp.objects.exists()
    assert workflow.drain(at=NOON) == {NoticeState.DELIVERED: 1}
    assert mailoutbox[0].subject == "办件进展"
    assert mailoutbox[0].extra_headers["Message-ID"].startswith(f"<{mail.reference}@")


def test_an_e_mail_whose_taking_is_unknown_is_not_sent_again(mailoutbox, settings):
    template = make_template(channels=[Channel.EMAIL])
    to = Recipient("甲", email="a@example.com")
    [mail] = workflow.queue(template.code, to=to, at=NOON, key="C1", number="1")
    rows.claim_due(10, NOON, quiet=False, held=[])  # and the sender dies

    assert workflow.settle_stuck(at=NOON + timedelta(minutes=5)) == {NoticeState.FAILED: 1}
    assert not mailoutbox
    assert FollowUp.objects.open().get().notice == mail


def test_an_unreachable_gateway_is_tried_again_ever_more_rarely_and_then_given_up(server, speak):
    speak("web")
    server.shutdown()
    server.server_close()
    notice, at, waits = make_notice(), NOON, []
    while fresh(notice).state == NoticeState.WAITING:
        workflow.drain(at=at)
        if then := fresh(notice).act_at:
            waits.append(then - at)
            at = then
    assert waits == list(hours.BACK_OFF)
    assert fresh(notice).attempts == hours.MAX_ATTEMPTS
    assert FollowUp.objects.open().get().notice == notice


@pytest.mark.parametrize(
    ("speaking", "code"),
    [
        ("web", "429"),
        ("aliyun", "isv.BUSINESS_LIMIT_CONTROL"),
        ("tencent", "LimitExceeded.PhoneNumberDailyLimit"),
    ],
)
def test_a_limit_of_the_gateway_delays(server, speak, speaking, code):
    speak(speaking)
    server.refuse_code = code
    notice = make_notice()
    assert workflow.drain(at=NOON) == {NoticeState.WAITING: 1}
    assert fresh(notice).act_at == NOON + hours.LIMITED_WAIT


@pytest.mark.parametrize(
    ("speaking", "code"),
    [
        ("web", "402"),
        ("aliyun", "isv.AMOUNT_NOT_ENOUGH"),
        ("tencent", "FailedOperation.InsufficientBalanceInSmsPackage"),
    ],
)
def test_an_empty_account_halts_the_channel_and_one_message_probes_it(server, speak, speaking, code):
    speak(speaking)
    server.refuse_code = code
    make_notices(3)
    assert workflow.drain(limit=1, at=NOON) == {NoticeState.WAITING: 1}
    assert Halt.objects.get().lifted_at is None
    assert workflow.drain(at=NOON + MINUTE) == {}, "the others wait"

    server.refuse_code = ""
    probe = Halt.objects.get().probe_at
    assert workflow.drain(at=probe) == {NoticeState.SENT: 1}
    assert Halt.objects.get().lifted_at == probe
    assert workflow.drain(at=probe) == {NoticeState.SENT: 2}
    assert not FollowUp.objects.exists()
    assert not server.doubles


def test_a_wrong_secret_halts_and_loses_nothing(server, speak, settings):
    speak("aliyun")
    settings.SMS_GATEWAY_OPTIONS["key_secret"] = "wrong"
    make_notice()
    assert workflow.drain(at=NOON) == {NoticeState.WAITING: 1}
    assert server.refused_signatures == 1
    assert Halt.objects.get().code == "SignatureDoesNotMatch"


def test_a_gateway_that_is_not_configured_holds_nothing_back(settings):
    settings.SMS_GATEWAY = "portal.notices.gateways.aliyun.AliyunGateway"
    settings.SMS_GATEWAY_OPTIONS = {}
    notice = make_notice()
    with pytest.raises(TypeError, match="key_id"):
        workflow.drain(at=NOON)
    assert fresh(notice).state == NoticeState.WAITING


def test_not_more_than_fifty_of_one_template_reach_one_number_in_a_day(server, speak):
    speak("web")
    template = make_template()
    errands = [workflow.Errand(Recipient("甲", PHONE), f"K{n}", values={"number": f"{n}"}) for n in range(53)]
    workflow.queue_all(template.code, errands, at=NOON)
    assert workflow.drain(limit=30, at=NOON) == {NoticeState.SENT: 30}
    assert workflow.drain(limit=30, at=NOON) == {NoticeState.SENT: 20, NoticeState.WAITING: 3}


def test_a_slow_gateway_is_left_before_the_lease_ends(server, speak, settings):
    speak("web")
    settings.NOTICE_LEASE = 2
    settings.SMS_GATEWAY_OPTIONS["lanes"] = 1
    server.slowness = 0.4
    make_notices(5)
    tally = workflow.drain(at=NOON)
    assert tally[NoticeState.SENT] == 3
    assert tally[NoticeState.WAITING] == 2
    server.slowness = 0
    assert workflow.drain(at=NOON) == {NoticeState.SENT: 2}
    assert not server.doubles


def test_a_silent_gateway_is_asked_for_the_missing_receipt_until_it_tells(server, speak):
    speak("aliyun")
    notice = make_notice()
    workflow.drain(at=NOON)
    first = fresh(notice).act_at
    assert first == NOON + hours.FIRST_ASK
    assert workflow.settle_stuck(at=first) == {NoticeState.SENT: 1}
    server.status[notice.reference] = "failed"
    assert workflow.settle_stuck(at=fresh(notice).act_at) == {NoticeState.FAILED: 1}
    assert notice.receipts.get().delivered is False
    assert FollowUp.objects.open().get().notice == notice


def test_no_notice_ends_sent_unknown(server, speak):
    speak("web")
    notice = make_notice()
    workflow.drain(at=NOON)
    while (at := fresh(notice).act_at) is not None:
        workflow.settle_stuck(at=at)
    assert fresh(notice).state == NoticeState.FAILED
    assert fresh(notice).code == "no_receipt"
    assert FollowUp.objects.open().exists()


def test_what_waited_too_long_expires_and_a_person_takes_over(server, speak):
    speak("web")
    notice = make_notice()
    assert workflow.expire_notices(at=notice.expires_at - MINUTE) == 0
    assert workflow.expire_notices(at=notice.expires_at) == 1
    assert workflow.expire_notices(at=notice.expires_at) == 0
    assert fresh(notice).state == NoticeState.EXPIRED
    assert FollowUp.objects.get().notice == notice


def test_a_code_is_wiped_when_it_has_done_its_work_and_needs_no_person(server, speak):
    speak("web")
    template = make_code()
    at = [NOON, NOON + 2 * MINUTE, NOON + 4 * MINUTE]
    sent, refused, late = [
        workflow.queue(template.code, to=Recipient("", PHONE), at=moment, key=f"{n}", digits="1234")[0]
        for n, moment in enumerate(at)
    ]
    workflow.drain(limit=1, at=NOON)
    workflow.take_receipt(gateway="web", delivered=True, reference=sent.reference, at=NOON)
    server.refuse_code = "422"
    workflow.drain(at=at[1])
    workflow.expire_notices(at=late.expires_at)
    assert [fresh(notice).state for notice in (sent, refused, late)] == ["delivered", "failed", "expired"]
    assert [fresh(notice).text + fresh(notice).values for notice in (sent, refused, late)] == ["", "", ""]
    assert "1234" not in sent.shown_text
    assert not FollowUp.objects.exists()


def test_the_console_writes_each_reference_once(tmp_path, settings):
    settings.SMS_GATEWAY = "portal.notices.gateways.console.ConsoleGateway"
    settings.SMS_GATEWAY_OPTIONS = {"folder": str(tmp_path)}
    notice = make_notice()
    gateway = gateways.for_channel("sms")
    [claim] = rows.claim_due(10, NOON, quiet=False, held=[])
    message = claim.message(notice.template, by_template=False)
    gateway.send_all([message], until=1e12)  # the sender dies before it can record the answer
    with (tmp_path / "sms.jsonl").open("a") as file:
        file.write('{"torn')

    assert workflow.settle_stuck(at=NOON + 5 * MINUTE) == {NoticeState.DELIVERED: 1}
    type(gateway)(str(tmp_path)).send_all([message], until=1e12)  # another process, the same message
    [line] = (tmp_path / "sms.jsonl").read_text().splitlines()
    assert json.loads(line)["to"] == PHONE
    assert json.loads(line)["text"].startswith("【示范市政务服务】您的办件")


@pytest.mark.django_db(transaction=True)
@pytest.mark.engine
def test_eight_drainers_at_once_send_everything_once(server, speak):
    speak("web")
    make_notices(400)
    faults = []

    def work():
        try:
            while workflow.drain(limit=20, at=NOON):
                pass
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not faults
    assert len(server.taken) == 400
    assert not server.doubles
    assert Notice.objects.filter(state=NoticeState.SENT).count() == 400
