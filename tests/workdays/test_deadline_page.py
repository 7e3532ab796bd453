"""The public calculator, as a page and as an interface."""

from datetime import date

import pytest

from portal.site.api import api
from portal.workdays import workflow as clocks
from portal.workdays.models import Ground
from tests.workdays.makers import LICENSING_ACT_45, at, make_clock

pytestmark = pytest.mark.django_db
ASKED = {"start": "2026-09-18", "days": "20", "unit": "working"}


def test_the_interface_answers_with_the_date_and_every_day(client):
    answer = client.get("/api/v1/deadlines", ASKED).json()
    assert answer["due_on"] == "2026-10-22"
    assert answer["provisional"] is False
    assert sum(day["counts"] for day in answer["days"]) == 20
    assert answer["days"][2] == {
        "date": "2026-09-20",
        "counts": True,
        "number": 1,
        "why": "星期日，国庆节调休上班（国办发明电〔2025〕7号）",
    }


def test_a_date_in_an_unpublished_year_says_so(client):
    answer = client.get("/api/v1/deadlines", {"start": "2026-12-20", "days": "20"}).json()
    assert answer["provisional"] is True
    assert answer["note"].startswith("2027年放假安排尚未公布")


def test_counting_backwards_gives_the_last_day_to_act(client):
    asked = {"start": "2026-10-31", "days": "30", "unit": "calendar", "direction": "backward"}
    assert client.get("/api/v1/deadlines", asked).json()["due_on"] == "2026-10-01"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"start": None}, "start", "缺少参数start。"),
        ({"days": None}, "days", "缺少参数days。"),
        ({"start": "2026-9-1"}, "start", "start应为“年-月-日”格式的日期，例如 2026-09-18。"),
        ({"start": "1790000000"}, "start", "start应为“年-月-日”格式的日期，例如 2026-09-18。"),
        ({"start": "2026-02-30"}, "start", "start不是存在的日期。"),
        ({"days": "二十"}, "days", "days应为整数。"),
        ({"days": "1.5"}, "days", "days应为整数。"),
        ({"days": "-1"}, "days", "days不能小于0。"),
        ({"days": "401"}, "days", "days不能大于400。"),
        ({"days": "9" * 5000}, "days", "days超出允许的范围。"),
        ({"unit": "weeks"}, "unit", "unit只能是working、calendar或fixed。"),
        (
            {"start": "2031-01-01"},
            "start",
            "2031年1月1日超出工作日历的范围：现有2023年1月1日至2027年12月31日的安排。",
        ),
        (
            {"start": "2027-12-20"},
            "days",
            "从2027年12月20日起算20个工作日超出工作日历的范围：现有2023年1月1日至2027年12月31日的安排。",
        ),
    ],
)
def test_a_missing_or_malformed_parameter_is_named_in_chinese(client, change, field, message):
    asked = {name: value for name, value in (ASKED | change).items() if value is not None}
    answer = client.get("/api/v1/deadlines", asked)
    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"field": field, "message": message}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": ""}, "请填写起算日期。"),
        ({"start": "2026-02-30"}, "请按“年-月-日”填写一个存在的日期"),
        ({"days": "二十"}, "天数应为整数"),
        ({"days": "401"}, "天数不能超过400。"),
        ({"unit": "weeks"}, "请选择工作日或自然日。"),
        ({"direction": "sideways"}, "请选择往后数或倒推。"),
        ({"start": "2031-01-01"}, "2031年1月1日超出工作日历的范围"),
        ({"start": "2027-12-20"}, "从2027年12月20日起算20个工作日超出"),
    ],
)
def test_the_page_says_at_the_field_what_to_mend(client, change, message):
    page = client.get("/tools/deadline/", ASKED | change)
    assert page.status_code == 422
    assert [message in str(errors) for errors in page.context["form"].errors.values()] == [True]
    assert message in page.content.decode()


def test_the_interface_is_described_for_machines_and_for_people(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert "422" in {str(code) for code in schema["paths"]["/api/v1/deadlines"]["get"]["responses"]}
    page = client.get("/api/v1/docs").content.decode()
    assert "计算期限" in page and "start=2026-09-18&amp;days=20" in page
    assert api.title == schema["info"]["title"]


def test_the_page_shows_each_day_under_its_month(client):
    page = client.get("/tools/deadline/", ASKED).content.decode()
    assert "2026年10月22日" in page and "2026年9月</h3>" in page
    assert page.count("days__day--counted") == 20
    assert page.count("到期日</strong>") == 1


def test_the_empty_page_offers_today_and_explains_the_rules(client):
    page = client.get("/tools/deadline/")
    assert page.status_code == 200
    assert "怎样数" in page.content.decode()


def test_the_answer_takes_the_same_queries_however_long_it_is(client, django_assert_num_queries):
    client.get("/tools/deadline/", ASKED)
    for days in ("5", "250"):
        with django_assert_num_queries(1):
            client.get("/tools/deadline/", ASKED | {"days": days})


def test_why_this_date_tells_pauses_and_the_steps_of_the_clock(rf):
    from django.template.loader import render_to_string

    clock = make_clock(date(2026, 9, 18), 20)
    tuesday, monday = date(2026, 9, 22), date(2026, 10, 12)
    clock = clocks.pause(
        clock, on=tuesday, ground=Ground.EXPERT_REVIEW, basis=LICENSING_ACT_45, by=None, at=at(tuesday)
    )
    clock = clocks.resume(clock, on=monday, by=None, at=at(monday))
    told = clocks.explain(clock, monday)
    page = render_to_string(
        "workdays/why.html", {"explanation": told, "subject": "办件20260918000017"}, request=rf.get("/")
    )
    assert "专家评审期间不计（《中华人民共和国行政许可法》第四十五条）" in page
    assert page.count("days__day--paused") == 20
    assert "重新" not in page and "恢复" in page
    assert "2026年11月4日" in page
