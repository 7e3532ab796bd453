"""The pages of one's own application, walked with axe as their owner sees them."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import Browser

from approvals import workflow
from approvals.models import CaseStatus
from disclosure.workflow import requests as asking
from portal.people.models import Party, User
from tests.approvals.makers import make_applicant, make_case, make_draft, make_item, make_staff, make_upload
from tests.disclosure.request_makers import make_reply, make_request
from tests.people.makers import make_department, valid_id_number
from tests.site.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def own_pages() -> tuple[Client, list[str]]:
    """A citizen signed in, and the addresses of what is theirs in every state."""
    user, party = make_applicant()
    version = make_item()
    draft = make_draft(version, user=user, party=party)
    owner = {"version": version, "user": user, "party": party}
    waiting, running = make_case(CaseStatus.SUPPLEMENT, **owner), make_case(CaseStatus.ACCEPTED, **owner)
    closed = make_case(CaseStatus.CLOSED, **owner)
    clock = running.promise_clock
    doubted = make_case(CaseStatus.CLOSED, **owner)
    handler = make_staff(doubted.department)["handler"]
    workflow.propose_reversal(doubted, ground="unqualified", facts="住址不实", by=handler, at=timezone.now())
    browser = Client()
    browser.force_login(user)
    steps = [
        f"/drafts/{draft.key}/{step}/" for step in ("form/1", "materials", "precheck", "check", "discard")
    ]
    return browser, [
        f"/guides/{version.item.code}/",
        f"/apply/{version.item.code}/",
        *steps,
        "/my/",
        "/my/messages/",
        f"/cases/{waiting.number}/",
        f"/cases/{waiting.number}/supplement/",
        f"/cases/{running.number}/",
        f"/cases/{running.number}/submitted/",
        f"/cases/{running.number}/withdraw/",
        f"/cases/{running.number}/dates/{clock.public_key}/",
        f"/cases/{closed.number}/",
        f"/cases/{doubted.number}/",
        f"/cases/{doubted.number}/statement/",
        *requests_of(user, party),
    ]


def requests_of(user: User, party: Party) -> list[str]:
    """The pages of one's requests for information: to be corrected, to be paid, answered."""
    department, now = make_department(), timezone.now()
    officer = make_staff(department)["handler"]
    waiting, paying, told, many = (
        make_request(localdate(), serial=serial, department=department, by=user, party=party, title=title)
        for serial, title in ((1, "规划许可文件"), (2, "年度预算"), (3, "配租名单"), (4, "检查记录"))
    )
    asking.ask_reasons(many, facts="本月内提出申请21件。", by=officer, at=now)
    asking.ask_correction(waiting, items=["请写明年度"], by=officer, at=now)
    asking.ask_fee(paying, method="by_page", quantity=57, by=officer, at=now)
    make_reply(told, "granted", files=[make_upload(shade=91)])
    asking.publish_reply(told, title="配租名单", text="已公开。", by=officer, at=now)
    record = asking.ask_record_correction(
        department=department, name="王小明", id_type="id_card", id_number=valid_id_number(9), phone="13800000009",
        record="配租公示", wrong="王晓明", right="王小明", evidence=make_upload(shade=92), by=user, at=now,
    )  # fmt: skip
    return [
        "/disclosure/request/",
        "/disclosure/requests/",
        "/disclosure/records/",
        "/disclosure/replies/",
        f"/disclosure/requests/{waiting.number}/",
        f"/disclosure/requests/{waiting.number}/correct/",
        f"/disclosure/requests/{waiting.number}/withdraw/",
        f"/disclosure/requests/{waiting.number}/dates/{waiting.reply_clock.public_key}/",
        f"/disclosure/requests/{many.number}/",
        f"/disclosure/requests/{many.number}/reasons/",
        f"/disclosure/requests/{paying.number}/",
        f"/disclosure/requests/{told.number}/",
        f"/disclosure/requests/{told.number}/submitted/",
        f"/disclosure/records/{record.number}/",
    ]


def test_axe_finds_nothing_on_the_way_from_guide_to_certificate(
    browser: Browser, live_server, own_pages: tuple[Client, list[str]]
):
    client, paths = own_pages
    context = browser.new_context(locale="zh-CN")
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    found = {}
    for path in paths:
        answer = page.goto(live_server.url + path)
        assert answer
        assert answer.status == 200, path
        if here := faults(page):
            found[path] = here
    context.close()
    assert not found
