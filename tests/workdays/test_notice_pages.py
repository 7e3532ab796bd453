"""The staff pages: paste, look, publish; and who may."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from portal.people.models import PostRole
from portal.workdays import workflow as clocks
from portal.workdays.models import CalendarNotice, Clock, current_calendar
from tests.people.makers import make_clerk, make_user
from tests.workdays.test_redating import NOTICE_2027, NOW, make_notice, make_spring_clock

pytestmark = pytest.mark.django_db
PASTE = reverse("admin:workdays_calendarnotice_add")


@pytest.fixture
def head(client):
    person = make_clerk(PostRole.HEAD)
    client.force_login(person)
    return person


def page_of(notice, action="change"):
    return reverse(f"admin:workdays_calendarnotice_{action}", args=[notice.pk])


def test_a_pasted_notice_is_shown_with_every_date_it_moves_before_it_is_published(client, head):
    make_spring_clock(handler=head)

    answer = client.post(PASTE, {"text": NOTICE_2027, "kind": "year"}, follow=True)

    page = answer.content.decode()
    assert "国办发明电〔2026〕8号" in page and "尚未发布" in page
    assert "到期日变动 1 个" in page
    assert "2027-02-15" in page and "<b>2027-02-18</b>" in page
    assert "2027-02-20" in page and "星期六，休息日（暂按周末推算）" in page
    assert current_calendar().is_provisional(date(2027, 3, 1))


def test_publishing_puts_the_calendar_in_force_and_the_job_shows_what_moved(client, head):
    make_spring_clock()
    notice = make_notice()

    answer = client.post(page_of(notice, "publish"), follow=True)
    assert "正在重算" in answer.content.decode()
    assert current_calendar().is_workday(date(2027, 2, 20))

    clocks.redate(notice, at=NOW)
    clocks.tell_moved(at=NOW)
    page = client.get(page_of(notice)).content.decode()
    assert "1个时限的到期日变动" in page and "2027-02-18" in page
    assert Clock.objects.get().due_on == date(2027, 2, 18)


def test_publishing_twice_is_answered_kindly_and_changes_nothing(client, head):
    notice = make_notice()
    client.post(page_of(notice, "publish"))
    published_at = CalendarNotice.objects.get(pk=notice.pk).published_at
    again = client.post(page_of(notice, "publish"), follow=True)
    assert "不能重复发布" in again.content.decode()
    assert CalendarNotice.objects.get(pk=notice.pk).published_at == published_at


def test_every_fault_of_a_paste_stands_at_the_field_and_nothing_typed_is_lost(client, head):
    wrong = NOTICE_2027.replace("共8天", "共9天").replace("2月20日（周六）", "2月20日（周五）")
    answer = client.post(PASTE, {"text": wrong, "kind": "year", "url": "https://www.gov.cn/a.htm"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "春节：写作共9天，按起止日期是8天。" in page
    assert "春节：2027年2月20日写作周五，实际是星期六，请核对。" in page
    assert "https://www.gov.cn/a.htm" in page and "劳动节" in page
    assert not CalendarNotice.objects.filter(published_at=None).exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": ""}, "请粘贴通知原文。"),
        ({"text": NOTICE_2027.replace("2027年部分", "2031年部分")}, "2031年1月1日写作周五，实际是星期三"),
        ({"text": "一、纪念日：9月3日放假。", "kind": "amendment"}, "请连同标题一起粘贴，或者填写年份"),
        ({"text": NOTICE_2027, "kind": "whatever"}, "请选择通知种类。"),
        ({"text": NOTICE_2027, "year": "二七"}, "年份应为四位数字。"),
        ({"text": NOTICE_2027, "url": "not a url"}, "请填写完整网址"),
        ({"text": NOTICE_2027, "doc_no": "国办发明电〔2025〕7号"}, "国办发明电〔2025〕7号已经发布过"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_stores_nothing(client, head, fields, message):
    answer = client.post(PASTE, {"kind": "year"} | fields)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not CalendarNotice.objects.filter(published_at=None).exists()


def test_an_unpublished_notice_can_be_dropped(client, head):
    notice = make_notice()
    answer = client.post(page_of(notice, "discard"), follow=True)
    assert "日历没有变动" in answer.content.decode()
    assert not CalendarNotice.objects.filter(pk=notice.pk).exists()


def test_only_those_with_the_right_paste_and_publish(client):
    notice = make_notice()
    client.force_login(make_clerk(PostRole.HANDLER))
    assert client.get(page_of(notice)).status_code == 200
    assert "发布通知并重算时限" not in client.get(page_of(notice)).content.decode()
    assert client.get(PASTE).status_code == 403
    assert client.post(page_of(notice, "publish")).status_code == 403
    assert client.post(page_of(notice, "discard")).status_code == 403
    client.force_login(make_user())
    assert client.post(page_of(notice, "publish")).status_code in (302, 403)
    assert not CalendarNotice.objects.get(pk=notice.pk).is_published


def test_a_get_never_publishes(client, head):
    assert client.get(page_of(make_notice(), "publish")).status_code == 405


@pytest.mark.parametrize("model", ["calendarday", "calendarnotice", "shadowrun"])
def test_the_lists_open(client, head, model):
    clocks.recompute_all(day=date(2026, 11, 20), at=NOW)
    page = client.get(reverse(f"admin:workdays_{model}_changelist"), follow=True)
    assert page.status_code == 200


def test_the_calendar_opens_on_this_year(client, head):
    page = client.get(reverse("admin:workdays_calendarday_changelist"), follow=True)
    assert page.redirect_chain == [(f"?day__year={localdate().year}", 302)]
    assert len(page.context["cl"].result_list) == 50
