"""Staff see what was told to whom, masked, and tell those whom no message reached."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit import workflow as audit
from portal.notices import workflow
from portal.notices.models import FollowUp, FollowUpWay, Halt, Notice, NoticeState, OptOut
from portal.people.models import AdminRole, PostRole
from portal.refusals import RuleBroken
from tests.notices.makers import NOON, PHONE, make_code, make_notice, make_template
from tests.people.makers import make_administrator, make_clerk, make_department, make_party, make_user

pytestmark = pytest.mark.django_db
LEDGER = "admin:notices_notice_changelist"


def desk(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, name=LEDGER, **query):
    return client.get(reverse(name), query).content.decode()


def deed(row, code):
    return reverse(f"admin:notices_{row._meta.model_name}_deed", args=[row.pk, code])


def make_failed(**fields):
    fields.setdefault("department", make_department())
    notice = make_notice(**fields)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENDING, attempts=1, claimed_at=NOON)
    workflow.take_receipt(
        gateway="web", delivered=False, reference=notice.reference, code="EMPTY", detail="空号", at=NOON
    )
    return Notice.objects.get(pk=notice.pk)


def test_a_notice_is_found_by_the_phone_it_went_to_and_shown_masked():
    mine = make_notice("C1", department=make_department())
    make_notice("C2", phone="13911111111", department=make_department())
    client = desk(make_clerk())
    for typed in (PHONE, "+86 139-0000-0001", "C1", mine.reference):
        found = page(client, q=typed)
        assert "C1" in found
        assert "C2" not in found
        assert "139****0001" in found
        assert PHONE not in found.replace(typed, "")


def test_staff_see_the_notices_of_their_own_department():
    make_notice("C1", department=make_department())
    theirs = make_notice("C2", department=make_department("spj"))
    client = desk(make_clerk())
    assert "C1" in page(client)
    assert "C2" not in page(client)
    assert client.post(deed(theirs, "resend"), {"reason": "请重发"}).status_code == 404


def test_a_notice_belongs_to_the_department_of_its_subject():
    department = make_department()
    template = make_template()
    [notice, *_] = workflow.queue(
        template.code, to=make_user(), at=NOON, key="C1", subject=make_clerk().posts.get(), number="1"
    )
    assert notice.department == department


def test_the_text_of_a_code_is_shown_to_nobody():
    make_department()
    template = make_code()
    [notice] = workflow.queue(
        template.code, to=workflow.Recipient("甲", PHONE), at=NOON, key="k", digits="884422"
    )
    administrator = desk(make_administrator(AdminRole.SYSTEM))
    shown = administrator.get(reverse("admin:notices_notice_change", args=[notice.pk])).content.decode()
    assert "884422" not in shown
    assert "验证码短信，正文不显示" in shown


def test_the_page_of_a_notice_tells_what_the_gateway_said():
    notice = make_failed()
    shown = desk(make_clerk()).get(reverse("admin:notices_notice_change", args=[notice.pk])).content.decode()
    assert "空号" in shown
    assert "EMPTY" in shown


def test_a_resend_asks_for_a_reason_goes_on_record_and_closes_the_task():
    notice = make_failed()
    clerk = make_clerk()
    client = desk(clerk)
    assert client.post(deed(notice, "resend"), {"reason": " "}).status_code == 422
    assert client.post(deed(notice, "resend"), {"reason": "当事人已开机"}).status_code == 302
    again = Notice.objects.get(follows=notice)
    assert (again.version, again.state, again.text) == (2, NoticeState.WAITING, notice.text)
    assert (again.address, again.department) == (PHONE, notice.department)
    entry = audit.history(notice).get()
    assert (entry.actor, entry.facts["reason"]) == (clerk, "当事人已开机")
    assert FollowUp.objects.get().way == FollowUpWay.RESENT
    refused = client.post(deed(notice, "resend"), {"reason": "再来一次"})
    assert refused.status_code == 422
    assert "已在重发中" in refused.content.decode()
    assert Notice.objects.filter(follows=notice).count() == 1


@pytest.mark.parametrize("case", ["waiting", "in_site", "code"])
def test_what_cannot_sensibly_be_sent_again_is_refused(case):
    user = make_user()
    template = make_code() if case == "code" else make_template()
    values = {"digits": "1"} if case == "code" else {"number": "1"}
    channel = {"waiting": "sms", "in_site": "in_site", "code": "sms"}[case]
    rows = workflow.queue(template.code, to=user, at=NOON, key="k", channels=(channel,), **values)
    with pytest.raises(RuleBroken):
        workflow.resend(rows[0], reason="请重发", by=make_clerk(), at=NOON)


def test_a_resend_at_night_waits_for_the_morning():
    notice = make_failed()
    again = workflow.resend(notice, reason="请重发", by=make_clerk(), at=NOON + timedelta(hours=11))
    assert again.act_at == NOON + timedelta(hours=20)


def test_a_person_is_told_by_a_person_and_it_is_written_down():
    notice = make_failed()
    follow_up, clerk = notice.follow_up, make_clerk()
    client = desk(clerk)
    assert "待人工告知 1" in page(client)
    assert "空号" in page(client, "admin:notices_followup_changelist", open="yes")
    assert client.post(deed(follow_up, "answer"), {"way": "phone", "note": ""}).status_code == 422
    assert client.post(deed(follow_up, "answer"), {"way": "receipt", "note": "甲"}).status_code == 422
    assert client.post(deed(follow_up, "answer"), {"way": "phone", "note": "已告知本人"}).status_code == 302
    assert not FollowUp.objects.open().exists()
    assert audit.history(follow_up).get().facts["way"] == "phone"
    assert client.post(deed(follow_up, "answer"), {"way": "visit", "note": "甲"}).status_code == 422


def test_the_whole_number_is_shown_for_a_reason_that_is_on_record_first():
    follow_up = make_failed().follow_up
    client = desk(make_clerk())
    assert client.post(deed(follow_up, "reveal"), {"reason": "看"}).status_code == 422
    shown = client.post(deed(follow_up, "reveal"), {"reason": "电话告知补正事项"})
    assert PHONE in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = audit.history(follow_up.notice).get()
    assert entry.action == "notices.notice.unmasked"
    assert PHONE not in str(entry.facts)


def test_citizens_and_auditors_are_kept_out():
    make_notice(department=make_department())
    for user in (make_user(), make_administrator(AdminRole.AUDIT), make_clerk(PostRole.REVIEWER)):
        assert desk(user).get(reverse(LEDGER)).status_code in (302, 403)


def test_the_ledger_says_that_a_gateway_takes_nothing():
    Halt.objects.create(
        channel="sms", gateway="aliyun", code="isv.AMOUNT_NOT_ENOUGH", halted_at=NOON, probe_at=NOON
    )
    assert "aliyun网关已停发（isv.AMOUNT_NOT_ENOUGH" in page(desk(make_clerk()))


def test_staff_set_the_operators_number_of_a_template_and_migrating_keeps_it():
    from portal.notices.loading import sync_templates

    administrator = make_administrator(AdminRole.SYSTEM)
    sync_templates()
    template = type(make_template()).objects.get(code="sign_in_code")
    answer = desk(administrator).post(deed(template, "gateway-codes"), {"aliyun_code": "SMS_42"})
    assert answer.status_code == 302
    sync_templates()
    template.refresh_from_db()
    assert template.aliyun_code == "SMS_42"
    assert audit.history(template).get().facts["after"]["aliyun"] == "SMS_42"


def test_reminders_come_back_for_who_asks():
    workflow.take_reply(phone=PHONE, text="退订", at=NOON)
    opt_out = OptOut.objects.get()
    client = desk(make_clerk())
    assert "139****0001" in page(client, "admin:notices_optout_changelist")
    assert client.post(deed(opt_out, "revoke"), {"reason": "来电要求恢复"}).status_code == 302
    assert OptOut.objects.get().revoked_at is not None


def test_people_read_their_messages_and_nobody_elses():
    user, other = make_user(), make_user()
    make_party(user)
    template = make_template()
    for person in (user, other):
        workflow.queue(template.code, to=person, at=NOON, key="C1", number="1")
    assert Notice.objects.in_site_for(user).unread().count() == 1
    assert workflow.mark_read(user, at=NOON) == 1
    assert workflow.mark_read(user, at=NOON) == 0
    assert Notice.objects.in_site_for(other).unread().count() == 1


@pytest.mark.parametrize("count", [2, 12])
def test_the_ledger_asks_as_many_questions_for_many_as_for_few(count, django_assert_max_num_queries):
    department = make_department()
    for n in range(count):
        make_notice(f"C{n}", phone=f"1390000{n:04d}", department=department)
    client = desk(make_clerk())
    page(client)
    with django_assert_max_num_queries(24):
        assert "C1" in page(client)
