"""axe on what the walk of bare addresses does not reach: answers, explanations and the staff pages."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from portal.people.models import PostRole
from portal.workdays import workflow as clocks
from tests.axe import violations
from tests.people.makers import make_clerk
from tests.workdays.makers import make_clock
from tests.workdays.test_redating import make_notice, make_spring_clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def faults(page):
    found = []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{one['id']} at {width}: {one['nodes'][0]['html'][:120]}" for one in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"scrolls sideways at {width}")
    return found


def test_axe_finds_nothing_on_answers_explanations_and_staff_pages(live_server, browser, rf):
    make_spring_clock()
    notice, client = make_notice(), Client()
    client.force_login(make_clerk(PostRole.HEAD))
    told = clocks.explain(make_clock(), make_clock().started_on)
    why = render_to_string(
        "workdays/why.html", {"explanation": told, "subject": "施工许可"}, request=rf.get("/")
    )
    context = browser.new_context()
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([session])
    page = context.new_page()
    for path in (
        "/tools/deadline/?start=2026-09-18&days=20",
        "/tools/deadline/?start=x&days=20",
        "/api/v1/docs",
        reverse("admin:workdays_calendarnotice_add"),
        reverse("admin:workdays_calendarnotice_change", args=[notice.pk]),
    ):
        page.goto(live_server.url + path)
        assert faults(page) == [], path
    page.goto(live_server.url + "/tools/deadline/")
    page.set_content(why)
    assert faults(page) == []
    context.close()
