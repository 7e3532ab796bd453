"""公开查阅点: where people read on paper, and how many came."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import ReadingDay
from disclosure.workflow import points
from portal.audit.models import Entry
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.disclosure.makers import at, make_point, make_publisher, make_staff
from tests.people.makers import make_clerk

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 9)


def count(point, day=TODAY, visits=12, queries=5, by=None):
    return points.count_day(point, day=day, visits=visits, queries=queries, by=by, at=at(TODAY))


def test_a_day_entered_twice_keeps_the_later_numbers_and_the_record_of_both():
    point = make_point()

    count(point, visits=12)
    count(point, visits=21)

    assert [(row.visits, row.queries) for row in point.days.all()] == [(21, 5)]
    entries = Entry.objects.filter(action="disclosure.point.counted").order_by("pk")
    assert [entry.facts["visits"] for entry in entries] == [12, 21]
    assert entries[1].facts["before"] == {"visits": 12, "queries": 5}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"day": TODAY - timedelta(days=400)}, "day"),
        ({"visits": -1}, "visits"),
        ({"queries": 100_001}, "queries"),
    ],
)
def test_a_number_nobody_believes_is_refused_at_its_field(wrong, field):
    with pytest.raises(RuleBroken) as refusal:
        count(make_point(), **wrong)
    assert refusal.value.field == field
    assert not ReadingDay.objects.exists()


def test_only_the_department_of_the_point_and_the_office_count_its_visitors():
    point = make_point()
    own, away = make_staff(PostRole.CLERK), make_staff(PostRole.CLERK, make_publisher("czj"))
    office = make_clerk(PostRole.PUBLICITY, make_publisher("zwgk"))

    count(point, by=own)
    count(point, by=office)
    for other in (away, make_staff(PostRole.REVIEWER)):
        with pytest.raises(RuleBroken):
            count(point, by=other)


def test_the_page_tells_where_and_when_and_how_many_came_this_year(client, django_assert_num_queries):
    point = make_point(equipment="电脑4台、打印机1台")
    today = localdate()
    for day, visits in ((today, 3), (date(today.year - 1, 6, 1), 700)):
        ReadingDay.objects.create(point=point, day=day, visits=visits, queries=2, entered_at=timezone.now())
    make_point("已停用的查阅室", is_active=False)

    page = client.get(reverse("disclosure:points")).content.decode()

    for words in (
        "示范市图书馆政府信息查阅处",
        "文化路1号一楼",
        "每日9:00—17:00",
        "电脑4台",
        "接待3人次，查阅2次",
    ):
        assert words in page
    assert "已停用" not in page
    for number in range(4):
        make_point(f"查阅点{number}")
    with django_assert_num_queries(1):
        client.get(reverse("disclosure:points"))


def test_the_office_opens_a_point_and_a_clerk_enters_the_day(client):
    office = make_clerk(PostRole.PUBLICITY, make_publisher("zwgk"))
    client.force_login(office)
    form = {
        "name": "示范市档案馆查阅中心", "kind": "archive", "department": make_publisher().pk, "address": "档案路3号",
        "phone": "0990-6540001", "hours": "工作日", "position": "1", "is_active": "on",
        "days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = client.post(reverse("admin:disclosure_readingpoint_add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    point = points.ReadingPoint.objects.get()
    assert Entry.objects.filter(action="disclosure.point.opened").exists()

    client.force_login(make_staff(PostRole.CLERK))
    deed = reverse("admin:disclosure_readingpoint_deed", args=[point.pk, "count"])
    wrong = client.post(deed, {"day": localdate() + timedelta(days=1), "visits": "3", "queries": "1"})
    assert wrong.status_code == 422 and "日期不能晚于今天" in wrong.content.decode()
    assert client.post(deed, {"day": localdate(), "visits": "3", "queries": "1"}).status_code == 302
    assert point.days.get().visits == 3
