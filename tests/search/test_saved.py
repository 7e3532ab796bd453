"""Subscriptions: told once of each new thing, ended by whoever has the address."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from portal.notices.models import Notice
from portal.refusals import RuleBroken
from portal.search import workflow as search
from portal.search.models import SavedSearch
from portal.search.questions import Question
from tests.people.makers import make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAVED = reverse("search:saved")


def put(ident: int, title: str, topic: str = "综合政务") -> None:
    search.put("document", ident, title=title, body="", url=f"/d/{ident}/", on=NOON.date(), topic=topic)


def asked(q: str, **narrowed: str) -> Question:
    return Question.read({"q": q, **narrowed})


def told(user) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("channel", "text"))


def test_a_subscriber_is_told_once_of_each_new_thing_that_answers():
    citizen = make_user("wang", email="wang@example.cn")
    put(1, "燃气管理办法")
    saved = search.subscribe(asked("燃气", topic="综合政务"), by_email=True, by=citizen, at=NOON)
    put(2, "燃气经营通知")
    put(3, "燃气经营通知（教育）", topic="科技、教育")
    put(4, "供水通知")

    assert search.tell_all(at=NOON + HOUR) == 1
    assert search.tell_all(at=NOON + HOUR) == 0
    assert [channel for channel, _ in told(citizen)] == ["email", "in_site"]
    assert "1条新内容，如“燃气经营通知”" in told(citizen)[0][1]
    assert str(saved.key) in told(citizen)[0][1]

    put(2, "燃气经营通知（修订）")  # renewed, withdrawn and put again: no news
    search.remove("document", 2)
    put(2, "燃气经营通知")
    put(5, "燃气安全检查")
    assert search.tell_all(at=NOON + 2 * DAY) == 1
    assert search.tell_all(at=NOON + 3 * DAY) == 0
    assert len(told(citizen)) == 4
    assert "燃气安全检查" in told(citizen)[-1][1]


def test_a_row_put_before_yesterday_is_no_news_and_costs_nothing(django_assert_num_queries):
    citizen = make_user("wang")
    search.subscribe(asked("燃气"), by=citizen, at=NOON)
    put(1, "燃气管理办法")
    search.tell_all(at=NOON + HOUR)
    search.tell_all(at=NOON + DAY)
    with django_assert_num_queries(7):  # highest, the mark of today with its savepoint, the floor, old marks
        search.tell_all(at=NOON + 2 * DAY)


def test_what_cannot_be_sent_is_not_promised_and_what_cannot_be_looked_for_not_kept():
    citizen = make_user("wang", email="")
    for question, ways, refusal in (
        (asked("燃气"), {"by_email": True}, "还没有登记电子邮箱"),
        (asked("气"), {}, "一个字不能检索"),
    ):
        with pytest.raises(RuleBroken, match=refusal):
            search.subscribe(question, **ways, by=citizen, at=NOON)
    with pytest.raises(RuleBroken, match="只对公众账号"):
        search.subscribe(asked("燃气"), by=make_user("staff", kind="staff"), at=NOON)
    for n in range(20):
        search.subscribe(asked(f"燃气{n}"), by=citizen, at=NOON)
    with pytest.raises(RuleBroken, match="最多订阅20个"):
        search.subscribe(asked("供水"), by=citizen, at=NOON)


def test_a_citizen_subscribes_from_the_results_and_ends_it_by_the_address_in_the_message(client):
    citizen = make_user("wang")
    client.force_login(citizen)
    page = client.get(reverse("search:search"), {"q": "燃气"}).content.decode()
    assert "订阅这次搜索" in page

    for _ in range(2):
        assert client.post(SAVED, {"q": "燃气", "year": "2026", "by_sms": "on"}).status_code == 302
    saved = SavedSearch.objects.get()
    assert (saved.question, saved.query, saved.by_sms) == ("燃气", "year=2026", True)
    listed = client.get(SAVED).content.decode()
    assert "年份：2026年" in listed
    assert "站内消息、短信" in listed
    refused = client.post(SAVED, {"q": "燃"})
    assert (refused.status_code, "一个字不能检索" in refused.content.decode()) == (422, True)

    client.logout()
    address = reverse("search:subscription", args=[saved.key])
    assert "取消这项订阅" in client.get(address).content.decode()
    client.post(address)
    assert "已经取消" in client.get(address).content.decode()
    put(9, "燃气通知")
    assert search.tell_all(at=NOON + HOUR) == 0
