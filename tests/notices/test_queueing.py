"""What must be told becomes a row, once, with the change it announces."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from portal.notices import workflow
from portal.notices.models import Channel, FollowUp, Notice, NoticeState, OptOut, UnknownTemplate
from portal.notices.recipients import Recipient
from portal.notices.wording import WrongVariables
from portal.people.crypto import keyed_hash
from portal.refusals import RuleBroken
from tests.notices.makers import LOCAL, NOON, PHONE, make_code, make_notice, make_reminder, make_template
from tests.people.makers import make_enterprise, make_party, make_user

pytestmark = pytest.mark.django_db


def queue(to, *, key="C1", at=NOON, template=None, **fields):
    template = template or make_template()
    return workflow.queue(template.code, to=to, at=at, key=key, number=key, **fields)


def test_a_person_is_told_by_text_message_and_on_their_page():
    user = make_user(phone=PHONE)

    by_channel = {notice.channel: notice for notice in queue(user)}

    assert set(by_channel) == {Channel.SMS, Channel.IN_SITE}
    assert by_channel[Channel.SMS].state == NoticeState.WAITING
    assert by_channel[Channel.SMS].text == "您的办件C1有新进展，请登录查看。"
    assert by_channel[Channel.IN_SITE].state == NoticeState.DELIVERED
    assert list(Notice.objects.in_site_for(user)) == [by_channel[Channel.IN_SITE]]


def test_the_same_news_is_queued_once_however_often_it_is_asked_for():
    user = make_user()
    first = queue(user)
    again = queue(user, at=NOON + timedelta(hours=1))
    assert [n.pk for n in again] == [n.pk for n in first]
    assert Notice.objects.count() == 2


def test_a_new_version_is_new_news():
    user = make_user()
    queue(user)
    assert len(queue(user, version=2)) == 2
    assert Notice.objects.count() == 4


def test_two_people_of_one_case_are_both_told():
    queue(make_user(phone="13900000001"))
    queue(make_user(phone="13900000002"))
    assert Notice.objects.filter(channel=Channel.SMS).count() == 2


def test_the_notice_dies_with_the_change_it_announces():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_notice()
        raise ZeroDivisionError
    assert not Notice.objects.exists()


def test_an_unknown_template_and_wrong_variables_are_refused_at_once():
    template = make_template()
    with pytest.raises(UnknownTemplate):
        workflow.queue("no_such", to=Recipient("甲", PHONE), at=NOON, key="C1")
    with pytest.raises(WrongVariables):
        workflow.queue(template.code, to=Recipient("甲", PHONE), at=NOON, key="C1")
    with pytest.raises(WrongVariables):
        workflow.queue(template.code, to=Recipient("甲", PHONE), at=NOON, key="C1", number="1", more="2")


def test_number_and_text_lie_encrypted_and_are_found_by_hash():
    make_notice()
    raw = Notice.objects.extra(select={"a": "address", "t": "text"}).values("a", "t")[0]
    assert PHONE not in raw["a"]
    assert "办件" not in raw["t"]
    assert Notice.objects.to_phone("+86 139 0000 0001").get().masked_address == "139****0001"


def test_a_notice_of_the_night_waits_and_a_code_does_not():
    night = datetime(2026, 9, 18, 23, 0, tzinfo=LOCAL)
    notice = make_notice(at=night)
    code = make_code()
    [urgent] = workflow.queue(code.code, to=Recipient("", PHONE), at=night, key="x", digits="1")
    assert notice.act_at == datetime(2026, 9, 19, 8, 0, tzinfo=LOCAL)
    assert urgent.act_at == night
    assert list(Notice.objects.sendable(night)) == [urgent]


def test_an_enterprise_is_told_through_those_who_act_for_it():
    agent = make_user(phone="13900000002", name="李经办")
    enterprise = make_enterprise(agent=agent)  # its own number is a fixed line

    notices = {n.channel: n for n in queue(enterprise)}

    assert notices[Channel.SMS].address == "13900000002"
    assert notices[Channel.SMS].party == enterprise
    assert notices[Channel.IN_SITE].user == agent


def test_a_natural_person_is_told_at_the_number_of_the_case_and_on_their_page():
    user = make_user(phone="13900000003")
    party = make_party(user)
    assert {(n.channel, n.user) for n in queue(party)} == {(Channel.SMS, user), (Channel.IN_SITE, user)}


def test_someone_who_cannot_be_reached_becomes_a_task_for_a_person():
    [notice] = queue(Recipient("张三", phone="0990-6543210"))
    assert notice.state == NoticeState.FAILED
    assert FollowUp.objects.open().get().notice == notice
    queue(Recipient("张三", phone="0990-6543210"))
    assert FollowUp.objects.count() == 1


def test_who_opted_out_gets_no_reminders_and_still_every_notice():
    OptOut.objects.create(phone_hash=keyed_hash("phone", PHONE), opted_out_at=NOON)
    assert queue(Recipient("甲", PHONE), template=make_reminder()) == []
    assert len(queue(Recipient("甲", PHONE))) == 1


def test_codes_are_limited_to_one_a_minute_five_an_hour_ten_a_day():
    template, moment = make_code(), NOON

    def ask(at):
        workflow.queue(template.code, to=Recipient("", PHONE), at=at, key=at.isoformat(), digits="1")

    ask(moment)
    with pytest.raises(RuleBroken, match="1分钟内"):
        ask(moment + timedelta(seconds=59))
    for n in range(1, 5):
        ask(moment + timedelta(minutes=n * 2))
    with pytest.raises(RuleBroken, match="1小时内最多5次"):
        ask(moment + timedelta(minutes=20))
    for n in range(5):
        ask(moment + timedelta(hours=2, minutes=n * 2))
    with pytest.raises(RuleBroken, match="一天内最多10次"):
        ask(moment + timedelta(hours=5))
    ask(moment + timedelta(hours=25))


def test_many_errands_cost_no_more_statements_than_one(django_assert_max_num_queries):
    template = make_template()
    errands = [
        workflow.Errand(Recipient("甲", f"138{n:08d}"), f"K{n}", values={"number": "1"}) for n in range(500)
    ]
    with django_assert_max_num_queries(6):
        assert len(workflow.queue_all(template.code, errands, at=NOON)) == 500
